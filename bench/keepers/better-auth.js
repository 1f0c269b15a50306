import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { genericOAuth } from 'better-auth/plugins'
import pg from 'pg'

/**
 * With its plugin for any OAuth server, and `auth.api.getAccessToken` on the server. It exchanges codes in the callback route
 * of its own sign-in only, so tokens are put into its account by its own adapter.
 */
export async function open({
  postgresPort,
  clientId,
  clientSecret,
  tokenEndpoint,
  authorizationEndpoint,
  apiOrigin,
}) {
  const pool = new pg.Pool({ host: '127.0.0.1', port: postgresPort, user: 'postgres', database: 'postgres' })
  const provider = {
    providerId: 'trello',
    clientId,
    clientSecret,
    authorizationUrl: authorizationEndpoint,
    tokenUrl: tokenEndpoint,
    authentication: 'post',
    pkce: true,
  }
  const auth = betterAuth({
    baseURL: 'http://127.0.0.1',
    secret: 'a secret of the benchmark, 32 letters and more',
    database: pool,
    plugins: [genericOAuth({ config: [provider] })],
    telemetry: { enabled: false },
  })
  const { internalAdapter } = await auth.$context
  return {
    prepare: async () => (await getMigrations(auth.options)).runMigrations(),
    keep: async (key, { accessToken, refreshToken, expiresAt }) => {
      const user = await internalAdapter.createUser({
        email: `${key}@power-up.example`,
        name: key,
        emailVerified: true,
      })
      const account = { userId: user.id, providerId: 'trello', accountId: key, accessToken, refreshToken }
      await internalAdapter.createAccount({ ...account, accessTokenExpiresAt: new Date(expiresAt) })
    },
    call: async (key) => {
      const found = await internalAdapter.findUserByEmail(`${key}@power-up.example`, {
        includeAccounts: true,
      })
      const [account] = found.accounts
      const body = { accountId: account.id, userId: found.user.id }
      const { accessToken } = await auth.api.getAccessToken({ body })
      const headers = { authorization: `Bearer ${accessToken}` }
      const response = await fetch(`${apiOrigin}/1/members/me`, { headers })
      if (!response.ok) throw new Error(`The API answered ${response.status}.`)
      return response.json()
    },
    close: () => pool.end(),
  }
}
