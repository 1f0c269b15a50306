import pg from 'pg'
import { createKeeper } from '../../src/server'
import { postgresGrants } from '../../src/server-postgres'

/** As docs/server.md says. */
export async function open({ postgresPort, clientId, clientSecret, tokenEndpoint, apiOrigin, redirectUri }) {
  const pool = new pg.Pool({ host: '127.0.0.1', port: postgresPort, user: 'postgres', database: 'postgres' })
  const store = postgresGrants(pool, { table: 'keeper_grants' })
  const keeper = createKeeper({
    clientId,
    clientSecret,
    tokenEndpoint,
    apiOrigins: [apiOrigin],
    redirectUri,
    store,
  })
  return {
    prepare: () => store.migrate(),
    exchange: (key, { code, verifier }) => keeper.exchange(key, { code, codeVerifier: verifier }),
    call: (key) => keeper.client(key).api.get('/1/members/me'),
    close: () => pool.end(),
  }
}
