// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../../src/base/errors'
import { keeperTokenEndpoint, keeperTokenEndpointIn } from '../../../src/token-endpoint/keeper'
import { createBrowser } from '../support/browser'
import { settle } from '../support/clock'
import { HOUR_MS, liveGrant } from '../support/grants'
import { thrownBy, watch } from '../support/outcome'
import { partitionWith, refreshingFrame } from '../support/refresh'

const URL_ = 'https://keeper.example/token'
const exchange = {
  clientId: 'client-1',
  code: 'code-1',
  codeVerifier: 'v'.repeat(43),
  redirectUri: 'https://power-up.example/callback.html',
}
const given = {
  access_token: 'access-1',
  token_type: 'Bearer',
  expires_in: 3_600,
  scope: 'read:board:trello',
}
const judged = {
  kind: 'tokens',
  accessToken: 'access-1',
  expiresInMs: HOUR_MS,
  scopes: ['read:board:trello'],
}

const ENDED = { obtainedAt: 0, expiresAt: 0 }

/** A ticket with this end, numbered. */
function ticketUntil(exp: number, number: number): string {
  return `e30.${Buffer.from(JSON.stringify({ exp: exp / 1_000, number })).toString('base64url')}.x`
}

interface SetUp {
  answer?: () => Response | Promise<Response>
  jwt?: (number: number) => unknown
  organization?: string
}

function setUp({ answer = () => Response.json(given), jwt, organization = 'workspace-1' }: SetUp = {}) {
  const { clock, frame } = createBrowser()
  const sent: { url: string; ticket: string; body: Record<string, string>; init: RequestInit }[] = []
  const asked: unknown[][] = []
  const fake = frame({
    fetch: async (url: string | Request, init: RequestInit = {}) => {
      const ticket = new Headers(init.headers).get('authorization') ?? ''
      sent.push({ url: String(url), ticket, body: JSON.parse(String(init.body ?? '{}')), init })
      return answer()
    },
  })
  const t = {
    getContext: () => ({ organization, member: 'member-1' }),
    jwt(...args: unknown[]) {
      asked.push([this === t, ...args])
      const number = asked.length
      return Promise.resolve(jwt ? jwt(number) : ticketUntil(clock.now() + 900_000, number))
    },
  }
  const endpoint = keeperTokenEndpointIn(fake.platform, URL_)(t)
  return { clock, sent, asked, endpoint, frame: fake, t }
}

describe('a keeper', () => {
  it('gets the code with a ticket, the workspace and nothing that names the page', async () => {
    const { endpoint, sent } = setUp()
    expect(await endpoint.exchange(exchange)).toEqual(judged)
    expect(sent).toMatchObject([
      {
        url: URL_,
        ticket: expect.stringMatching(/^Bearer e30\./),
        body: {
          grant_type: 'authorization_code',
          client_id: 'client-1',
          code: 'code-1',
          code_verifier: 'v'.repeat(43),
          redirect_uri: exchange.redirectUri,
          workspace: 'workspace-1',
        },
        init: { method: 'POST', credentials: 'omit', cache: 'no-store', redirect: 'manual' },
      },
    ])
  })

  it('is asked for a new access token with the one that the frame has', async () => {
    const { endpoint, sent } = setUp()
    expect(await endpoint.refresh({ clientId: 'client-1', accessToken: 'access-0' })).toEqual(judged)
    expect(sent[0]?.body).toEqual({
      grant_type: 'refresh_token',
      client_id: 'client-1',
      access_token: 'access-0',
      workspace: 'workspace-1',
    })
  })

  it('never gets a refresh token, and the frame keeps no refresh token of its', async () => {
    const { endpoint, sent } = setUp({
      answer: () => Response.json({ ...given, refresh_token: 'refresh-1' }),
    })
    expect(endpoint).toMatchObject({ holdsRefreshToken: true, way: 'keeper', url: URL_ })
    expect(await endpoint.refresh({ clientId: 'client-1', refreshToken: 'left over' })).toEqual(judged)
    expect(JSON.stringify(sent)).not.toContain('left over')
  })

  it('is told no workspace where the board has none', async () => {
    const { endpoint, sent } = setUp({ organization: '' })
    await endpoint.refresh({ clientId: 'client-1' })
    expect(sent[0]?.body).toEqual({ grant_type: 'refresh_token', client_id: 'client-1' })
  })

  it('gives the verdict', async () => {
    const answer = () => Response.json({ error: 'invalid_grant' }, { status: 400 })
    const { endpoint } = setUp({ answer })
    expect(await endpoint.refresh({ clientId: 'client-1' })).toMatchObject({ kind: 'dead' })
    expect(await endpoint.exchange(exchange)).toMatchObject({ kind: 'dead' })
  })

  it('may be busy, or out of reach', async () => {
    const busy = () => Response.json({ error: 'x' }, { status: 503, headers: { 'retry-after': '7' } })
    expect(await setUp({ answer: busy }).endpoint.refresh({ clientId: 'client-1' })).toMatchObject({
      kind: 'retryable',
      retryAfterMs: 7_000,
    })
    const { endpoint, clock } = setUp({ answer: () => Promise.reject(new TypeError('offline')) })
    const outcome = watch(endpoint.refresh({ clientId: 'client-1' }))
    await clock.advance(1_000)
    expect(outcome.value).toMatchObject({ kind: 'unreadable' })
    expect(await endpoint.isReachable?.()).toBe(false)
  })

  it('that repeats what it was sent has no say in the words of the error', async () => {
    const { endpoint, sent } = setUp({
      answer: () => {
        const { ticket = '', body = {} } = sent[0] ?? {}
        const words = [ticket, body.code, body.code_verifier].join(' ')
        return Response.json({ error: 'odd', error_description: words }, { status: 400 })
      },
    })
    const answer = JSON.stringify(await endpoint.exchange(exchange))
    for (const secret of ['code-1', 'v'.repeat(43), sent[0]?.ticket.split(' ')[1] ?? '?']) {
      expect(answer).not.toContain(secret)
    }
  })
})

describe('the ticket', () => {
  it('is not in the cause where what is between the page and the network keeps the request in its error', async () => {
    const { endpoint, sent, clock } = setUp({
      answer: () => {
        throw Object.assign(new TypeError('Failed'), { config: { headers: [sent.at(-1)?.ticket] } })
      },
    })
    const outcome = watch(endpoint.exchange(exchange))
    await clock.advance(50)
    const { cause } = { cause: undefined, ...outcome.value }
    expect(cause).toMatchObject({ message: 'TypeError: Failed' })
    expect(JSON.stringify(cause)).not.toContain('e30.')
  })

  it('is asked for when a sign-in is prepared, so that the exchange need not ask', async () => {
    const { endpoint, asked, sent } = setUp()
    endpoint.prepare?.()
    await settle()
    expect(asked).toEqual([[true, {}]])
    void endpoint.exchange(exchange)
    expect(sent).toHaveLength(1)
    expect(asked).toHaveLength(1)
  })

  it('is not asked for before anybody signs in', () => {
    expect(setUp().asked).toEqual([])
  })

  it('is asked for once by all who prepare', async () => {
    const { endpoint, asked } = setUp()
    endpoint.prepare?.()
    endpoint.prepare?.()
    await settle()
    endpoint.prepare?.()
    expect(asked).toHaveLength(1)
  })

  it('serves for five minutes, then another one is asked for', async () => {
    const { endpoint, asked, sent, clock } = setUp()
    await endpoint.refresh({ clientId: 'client-1' })
    await clock.advance(299_999)
    await endpoint.refresh({ clientId: 'client-1' })
    expect(asked).toHaveLength(1)
    await clock.advance(1)
    await endpoint.refresh({ clientId: 'client-1' })
    expect(asked).toHaveLength(2)
    expect(new Set(sent.map(({ ticket }) => ticket)).size).toBe(2)
  })

  it('that Trello made long ago serves until its own end', async () => {
    const { endpoint, asked, clock } = setUp({ jwt: (number) => ticketUntil(clock.now() + 61_000, number) })
    await endpoint.refresh({ clientId: 'client-1' })
    await clock.advance(60_999)
    await endpoint.refresh({ clientId: 'client-1' })
    expect(asked).toHaveLength(1)
    await clock.advance(1)
    await endpoint.refresh({ clientId: 'client-1' })
    expect(asked).toHaveLength(2)
  })

  it('in no form that the frame knows is sent as it is', async () => {
    const { endpoint, sent } = setUp({ jwt: () => 'opaque' })
    await endpoint.refresh({ clientId: 'client-1' })
    expect(sent[0]?.ticket).toBe('Bearer opaque')
  })

  /** A keeper that refuses the ticket of the second request. */
  function refusingOnce() {
    const self = setUp({
      answer: () =>
        self.sent.length === 2
          ? Response.json({ error: 'invalid_ticket' }, { status: 401 })
          : Response.json(given),
    })
    return self
  }

  it('that is refused is replaced once, since the keeper has done nothing', async () => {
    const { endpoint, sent, asked } = refusingOnce()
    await endpoint.refresh({ clientId: 'client-1' })
    expect(await endpoint.exchange(exchange)).toEqual(judged)
    expect(sent).toHaveLength(3)
    expect(asked).toHaveLength(2)
  })

  it('that is refused at a refresh is replaced at the next', async () => {
    const { endpoint, sent, asked } = refusingOnce()
    await endpoint.refresh({ clientId: 'client-1' })
    expect(await endpoint.refresh({ clientId: 'client-1' })).toMatchObject({ kind: 'retryable', status: 401 })
    expect(await endpoint.refresh({ clientId: 'client-1' })).toEqual(judged)
    expect([sent.length, asked.length]).toEqual([3, 2])
  })

  it('that is refused although it is new ends in an answer that may be better later', async () => {
    const answer = () => Response.json({ error: 'invalid_ticket' }, { status: 401 })
    const { endpoint, sent } = setUp({ answer })
    expect(await endpoint.exchange(exchange)).toMatchObject({ kind: 'retryable', status: 401 })
    expect(sent).toHaveLength(1)
  })

  it.each<[string, () => unknown, object]>([
    ['fails', () => Promise.reject(new Error('InvalidContext')), { onlyHere: true }],
    ['is empty', () => '', { serverDescription: 'Error: t.jwt() gave no ticket.' }],
    ['is no text', () => null, { serverDescription: 'Error: t.jwt() gave no ticket.' }],
  ])('that %s sends nothing', async (_what, jwt, facts) => {
    const { endpoint, sent } = setUp({ jwt })
    expect(await endpoint.exchange(exchange)).toMatchObject({ kind: 'retryable', ...facts })
    endpoint.prepare?.()
    expect(sent).toEqual([])
  })

  it('is asked for once in an hour of a hidden tab, where nobody answers before it is shown', async () => {
    const { endpoint, asked, clock, frame } = setUp({ jwt: () => new Promise(() => undefined) })
    frame.isVisible = false
    for (let minute = 0; minute < 60; minute++) {
      const outcome = watch(endpoint.refresh({ clientId: 'client-1' }))
      await clock.advance(60_000)
      expect(outcome.value).toMatchObject({ kind: 'retryable' })
    }
    expect(asked).toHaveLength(1)
    frame.isVisible = true
    void endpoint.refresh({ clientId: 'client-1' })
    expect(asked).toHaveLength(2)
  })

  it('is waited for by a code until a hidden tab is shown again', async () => {
    const waiting: ((ticket: string) => void)[] = []
    const { endpoint, sent, clock, frame } = setUp({
      jwt: () => (frame.isVisible ? 'e30.e30.x' : new Promise((resolve) => waiting.push(resolve))),
    })
    frame.isVisible = false
    endpoint.prepare?.()
    const outcome = watch(endpoint.exchange(exchange))
    await clock.advance(60_000)
    expect([outcome.status, sent]).toEqual(['pending', []])
    frame.isVisible = true
    frame.wake()
    await clock.advance(100)
    expect(outcome.value).toEqual(judged)
    expect(sent).toHaveLength(1)
    expect([frame.listeners.wake, clock.timers()]).toEqual([0, 0])
  })

  it('that does not come is waited for three seconds', async () => {
    const { endpoint, sent, clock } = setUp({ jwt: () => new Promise(() => undefined) })
    const outcome = watch(endpoint.refresh({ clientId: 'client-1' }))
    await clock.advance(3_000)
    expect(outcome.value).toMatchObject({ kind: 'retryable' })
    expect(sent).toEqual([])
  })
})

it('a call at a keeper that takes no ticket sends three requests', async () => {
  const { endpoint, sent, clock } = setUp({
    answer: () => Response.json({ error: 'invalid_ticket' }, { status: 401 }),
  })
  endpoint.prepare?.()
  await settle()
  const partition = partitionWith(
    liveGrant({ way: 'keeper', tokenSet: { ...ENDED, accessToken: 'access-0' } }),
  )
  const outcome = watch(refreshingFrame(partition, endpoint).token())
  for (let ms = 0; ms < 12_000; ms += 100) {
    await partition.clock.advance(100)
    await clock.advance(100)
  }
  expect(outcome.error).toMatchObject({ code: 'tokenEndpointUnavailable', serverError: 'invalid_ticket' })
  expect(sent).toHaveLength(3)
})

describe('a configuration that can not work', () => {
  it.each([['http://keeper.example/token'], ['token'], ['']])('"%s" is refused at once', (url) => {
    expect(thrownBy(() => keeperTokenEndpoint(url))).toMatchObject({ code: 'invalidTokenEndpoint' })
  })

  it('needs a t, and one that gives tickets', () => {
    expect(thrownBy(() => keeperTokenEndpoint(URL_)(undefined))).toMatchObject({ code: 'noTrelloContext' })
    const error = thrownBy(() => keeperTokenEndpoint(URL_)({ getContext: () => ({}) }))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error).toMatchObject({ code: 'invalidTokenEndpoint', message: expect.stringContaining('jwt()') })
  })
})
