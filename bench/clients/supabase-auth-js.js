import { GoTrueClient } from '@supabase/auth-js'

// It speaks to Supabase's own server alone: each token request is put into the words of RFC 6749 here.

const STORAGE_KEY = 'supabase-bench'

export const open = ({ auth, clientId }) =>
  new GoTrueClient({
    url: `${auth}/oauth`,
    storageKey: STORAGE_KEY,
    storage: localStorage,
    autoRefreshToken: false,
    detectSessionInUrl: false,
    fetch: async (url, { body }) => {
      const { refresh_token } = JSON.parse(body)
      const form = { grant_type: 'refresh_token', client_id: clientId, refresh_token }
      const response = await fetch(String(url).split('?')[0], {
        method: 'POST',
        body: new URLSearchParams(form),
      })
      if (!response.ok) return response
      return Response.json({ ...(await response.json()), user: { id: 'member' } })
    },
  })

/** It has no popup: the page itself goes to the provider. */
export const login = (client) => client.signInWithOAuth({ provider: 'trello' })

export const isAuthorized = async (client) => (await client.getSession()).data.session !== null

export async function token(client) {
  const { data, error } = await client.getSession()
  if (error) throw error
  return data.session.access_token
}

export async function call(client, url) {
  return fetch(url, { headers: { Authorization: `Bearer ${await token(client)}` } })
}

export async function seed(_config, { entry, expiresAt }) {
  const { accessToken, refreshToken } = entry.record.tokenSet
  const session = {
    access_token: accessToken,
    refresh_token: refreshToken,
    token_type: 'bearer',
    expires_in: 3_600,
    expires_at: Math.floor(expiresAt / 1_000),
    user: { id: 'member' },
  }
  localStorage.setItem(STORAGE_KEY, JSON.stringify(session))
}
