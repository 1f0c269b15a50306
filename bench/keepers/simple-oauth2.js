import pg from 'pg'
import { AuthorizationCode } from 'simple-oauth2'

/** As its README says: the token is kept as JSON, read before a call, and refreshed and kept again if it has expired. */
export async function open({ postgresPort, clientId, clientSecret, tokenEndpoint, apiOrigin, redirectUri }) {
  const pool = new pg.Pool({ host: '127.0.0.1', port: postgresPort, user: 'postgres', database: 'postgres' })
  const { origin, pathname } = new URL(tokenEndpoint)
  const client = new AuthorizationCode({
    client: { id: clientId, secret: clientSecret },
    auth: { tokenHost: origin, tokenPath: pathname },
    options: { authorizationMethod: 'body' },
  })
  const persist = (key, token) =>
    pool.query(
      'INSERT INTO simple_tokens VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET token = excluded.token',
      [key, JSON.stringify(token)],
    )
  return {
    prepare: () => pool.query('CREATE TABLE IF NOT EXISTS simple_tokens (key TEXT PRIMARY KEY, token TEXT)'),
    exchange: async (key, { code, verifier }) => {
      const token = await client.getToken({ code, redirect_uri: redirectUri, code_verifier: verifier })
      await persist(key, token)
    },
    call: async (key) => {
      const { rows } = await pool.query('SELECT token FROM simple_tokens WHERE key = $1', [key])
      let token = client.createToken(JSON.parse(rows[0].token))
      if (token.expired()) {
        token = await token.refresh()
        await persist(key, token)
      }
      return callApi(apiOrigin, token.token.access_token)
    },
    close: () => pool.end(),
  }
}

async function callApi(apiOrigin, accessToken) {
  const headers = { authorization: `Bearer ${accessToken}` }
  const response = await fetch(`${apiOrigin}/1/members/me`, { headers })
  if (!response.ok) throw new Error(`The API answered ${response.status}.`)
  return response.json()
}
