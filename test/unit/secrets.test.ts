// @vitest-environment node
import { HttpResponse, http } from 'msw'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type ClientSetUp, clientSetUp } from './support/client'
import { until } from './support/clock'
import { server } from './support/network'
import { errorOf, watch } from './support/outcome'

// With characters that a form and a URL encode, each in its way.
const CODE = "secret+co/de=~'"
const SENT_CODE = encodeURIComponent(CODE)
const auth = 'https://auth.example'
const api = 'https://api.trello.com'

/** All that anybody could read afterwards: errors, events, states, channel messages, console lines. */
let seen: unknown[]
/** What must not be in it. */
let secrets: Set<string>

beforeEach(() => {
  seen = []
  secrets = new Set([CODE])
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...words) => void seen.push(...words))
  }
})

afterEach(() => {
  vi.restoreAllMocks()
})

/** Everything in a value that a log could show: also what is not enumerable, and causes. */
function wordsOf(value: unknown, known = new Set<unknown>()): string {
  if (typeof value !== 'object' || value === null) return String(value)
  if (known.has(value)) return ''
  known.add(value)
  const own = Reflect.ownKeys(value).map((name) => wordsOf(Reflect.get(value, name), known))
  return [value instanceof Error ? `${value} ${value.stack}` : '', ...own].join('\n')
}

function expectNoSecrets({ events, said, frame, client }: ClientSetUp) {
  const words = wordsOf([
    seen,
    events,
    said,
    frame.reported,
    client.state,
    frame.windows.map((w) => w.received),
  ])
  expect(secrets.size).toBeGreaterThan(1)
  for (const secret of secrets) {
    const inForm = String(new URLSearchParams({ secret })).slice('secret='.length)
    for (const form of [secret, encodeURIComponent(secret), inForm]) expect(words).not.toContain(form)
  }
  return words
}

type Answer = (request: URLSearchParams) => Response

/** A token endpoint that hands out tokens, or answers as the test says, with all that it was sent in its words. */
function tokenEndpoint(answers: Answer[]) {
  let count = 0
  server.use(
    http.post(`${auth}/token`, async ({ request }) => {
      const body = new URLSearchParams(JSON.parse(await request.text()))
      for (const name of ['code', 'code_verifier', 'refresh_token']) {
        const secret = body.get(name)
        if (secret) secrets.add(secret)
      }
      return (answers.shift() ?? success(++count))(body)
    }),
    http.get(`${auth}/token`, () => HttpResponse.text('here')),
    http.post(`${auth}/revoke`, () => HttpResponse.json({ error: 'no' }, { status: 400 })),
  )
}

function success(number: number): Answer {
  return () => {
    const [access_token, refresh_token] = [`secret/access+${number}==`, `secret/refresh+${number}==`]
    secrets.add(access_token).add(refresh_token)
    return HttpResponse.json({ access_token, refresh_token, expires_in: 60, token_type: 'Bearer' })
  }
}

function echo(error: string, status: number): Answer {
  return (request) => HttpResponse.json({ error, error_description: `refresh token? ${request}` }, { status })
}

const failures: [string, Answer][] = [
  ['a verdict', echo('invalid_grant', 400)],
  ['a verdict in other words', echo('unauthorized_client', 403)],
  ['a rejected client', echo('invalid_client', 401)],
  ['a failing server', echo('server_error', 503)],
  [
    'an error code that is a secret',
    (request) => echo(request.get('code') ?? String(request.get('refresh_token')), 400)(request),
  ],
  ['HTML', (request) => HttpResponse.html(`<p>${request}</p>`, { status: 502 })],
  ['tokens of another type', () => HttpResponse.json({ access_token: 'secret-access-1', token_type: 'mac' })],
  ['no network', () => HttpResponse.error()],
]

function open() {
  return clientSetUp(
    {
      tokenEndpoint: `${auth}/token`,
      revocationEndpoint: `${auth}/revoke`,
      scopes: ['read:board:trello'],
    },
    { fetch: (input: string | Request, init?: RequestInit) => fetch(input, init) },
  )
}

/** Presses the button, and answers with these parameters once the consent page is there. */
async function signIn(
  { client, clock, frame, respond, storage }: ClientSetUp,
  parameters = `code=${SENT_CODE}`,
) {
  const outcome = watch(client.authorize())
  await until(() => frame.window().url().origin === auth)
  const state = String(frame.window().url().searchParams.get('state'))
  await until(() => JSON.stringify([...storage.values]).includes(state))
  respond(parameters)
  // A request that failed is looked at for a moment: the policy of the page may be to blame.
  while (outcome.status === 'pending') await clock.advance(50)
  if (outcome.error) seen.push(outcome.error)
  return outcome
}

it.each(failures)('%s in a code exchange shows no secret', async (_case, answer) => {
  tokenEndpoint([answer])
  const setUp = open()
  expect(await signIn(setUp)).toMatchObject({ status: 'rejected', error: { code: 'exchangeFailed' } })
  expect(expectNoSecrets(setUp)).toContain('exchangeFailed')
})

it.each([
  `code=${SENT_CODE}&iss=https://evil.example`,
  `error=${SENT_CODE}%20x`,
  `error=no&error_description=${SENT_CODE}`,
])('the response %s shows no secret', async (parameters) => {
  tokenEndpoint([])
  const setUp = open()
  secrets.add('the state is none')
  expect((await signIn(setUp, parameters)).status).toBe('rejected')
  expectNoSecrets(setUp)
})

it.each(failures)('%s in a refresh shows no secret, nor does a refused call', async (_case, answer) => {
  tokenEndpoint([success(1), answer, answer, answer])
  server.use(http.get(`${api}/1/x`, () => HttpResponse.text('invalid token', { status: 401 })))
  const setUp = open()
  expect((await signIn(setUp)).status).toBe('resolved')
  const calls = [watch(setUp.client.api.get('/1/x')), watch(setUp.client.fetch('https://evil.example/'))]
  while (calls.some(({ status }) => status === 'pending')) await setUp.clock.advance(100)
  expect(calls.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  seen.push(...calls.map(({ error }) => error))
  await setUp.clock.advance(120_000)
  await setUp.client.getAccessToken().catch((error: unknown) => seen.push(error))
  expectNoSecrets(setUp)
})

it('an API that fails, and a sign-out whose revocation fails, show no secret', async () => {
  tokenEndpoint([])
  const setUp = open()
  await signIn(setUp)
  server.use(http.get(`${api}/1/x`, () => HttpResponse.text('no', { status: 500 })))
  seen.push(await errorOf(setUp.client.api.get('/1/x')))
  server.use(http.get(`${api}/1/x`, () => HttpResponse.error()))
  seen.push(await errorOf(setUp.client.api.get('/1/x')))
  setUp.storage.writes = 'fail'
  seen.push(await errorOf(setUp.client.signOut()))
  setUp.storage.writes = 'work'
  await setUp.clock.advance(5_000)
  expect(expectNoSecrets(setUp)).toContain('storageUnavailable')
})
