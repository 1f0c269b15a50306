import { createKeeper, grantKey, memoryGrants } from 'powerup-oauth/server'
import { createTokenProxy } from 'powerup-oauth/token-proxy'

const ORIGIN = 'https://power-up.example'
const REDIRECT_URI = `${ORIGIN}/callback.html`
const SECRET = 'the-secret-of-all-workers'
const KEY = grantKey({ workspace: 'workspace', member: 'member' })
const CODE_VERIFIER = 'v'.repeat(43)

/**
 * The steps that a keeper and a token proxy go through, in their order. All is made here, as in a module of a server, and
 * nothing is asked before a step runs.
 */
export function createTour(trello) {
  const options = {
    clientId: 'client',
    clientSecret: 'the secret',
    redirectUri: REDIRECT_URI,
    allowedOrigins: [ORIGIN],
    tokenEndpoint: `${trello}/oauth/token`,
  }
  const keeper = createKeeper({
    ...options,
    store: memoryGrants(),
    powerUpId: 'power-up',
    apiOrigins: [trello],
  })
  const { handler } = keeper
  const client = keeper.client(KEY)
  const broker = keeper.broker({ secret: SECRET })
  const proxy = createTokenProxy(options)
  const ask = async (path) => (await fetch(`${trello}/test/${path}`)).text()

  return {
    exchange: async () => {
      const { status } = await keeper.exchange(KEY, { code: 'the first code', codeVerifier: CODE_VERIFIER })
      equal(status, 'authorized')
    },
    call: async () => equal((await client.api.get('/members/me')).id, 'member'),
    fetch: async () => equal((await client.fetch('/1/members/me')).status, 200),
    refuseToken: async () => void (await ask('refuse-token')),
    tenCallsWithOneRefresh: async () => {
      const before = await ask('token-requests')
      const calls = Array.from({ length: 10 }, () => client.api.get('/members/me'))
      for (const { id } of await Promise.all(calls)) equal(id, 'member')
      equal((await ask('token-requests')) - before, 1)
    },
    broker: async () => {
      const url = `https://keeper.example/broker?key=${encodeURIComponent(KEY)}`
      const response = await broker(new Request(url, { headers: { Authorization: `Bearer ${SECRET}` } }))
      equal(typeof (await bodyOf(response)).access_token, 'string')
    },
    handler: async () => {
      const body = { workspace: 'workspace', resource: 'ari:cloud:trello::workspace/workspace' }
      const response = await handler(exchangeRequest('the second code', body, await ask('ticket')))
      const { access_token, refresh_token } = await bodyOf(response)
      equal([typeof access_token, refresh_token].join(), 'string,')
    },
    proxy: async () => {
      const { refresh_token } = await bodyOf(await proxy(exchangeRequest('the third code')))
      equal(typeof refresh_token, 'string')
    },
    tick: async () => void (await keeper.tick()),
    signOut: async () => {
      await client.signOut()
      equal((await client.readState()).status, 'notAuthorized')
    },
  }
}

/** Takes one step after the other, as the functions of one program. */
export async function takeTour(trello) {
  for (const [name, step] of Object.entries(createTour(trello))) {
    await step().catch((cause) => {
      throw new Error(`The step ${name} failed`, { cause })
    })
  }
}

/** A request of a frame with a code. */
function exchangeRequest(code, more, ticket) {
  const headers = { Origin: ORIGIN, 'Content-Type': 'application/json' }
  const body = { grant_type: 'authorization_code', client_id: 'client', redirect_uri: REDIRECT_URI }
  return new Request('https://keeper.example/token', {
    method: 'POST',
    headers: ticket ? { ...headers, Authorization: `Bearer ${ticket}` } : headers,
    body: JSON.stringify({ ...body, code, code_verifier: CODE_VERIFIER, ...more }),
  })
}

async function bodyOf(response) {
  const text = await response.text()
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${text}`)
  return JSON.parse(text)
}

function equal(found, wanted) {
  if (found !== wanted) throw new Error(`${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`)
}
