// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'
import { answerOf } from '../../../src/token-endpoint/answer'
import { isThere, type TokenAnswer } from '../../../src/token-endpoint/token-endpoint'
import { HOUR_MS } from '../support/grants'
import { scriptedEndpoint, tokens } from '../support/token-endpoint'

const secrets = ['code-1', undefined]

/** Passes on what an endpoint in plain JavaScript may answer. */
function answered(answer: unknown): Promise<TokenAnswer> {
  return answerOf(async () => answer as TokenAnswer, secrets)
}

describe('an endpoint of any make', () => {
  it('is asked in the current task, and its answer is passed on', async () => {
    const ask = vi.fn(async () => tokens(1))
    const answer = answerOf(ask, secrets)
    expect(ask).toHaveBeenCalledTimes(1)
    expect(await answer).toEqual(tokens(1))
  })

  it.each([
    undefined,
    null,
    'tokens',
    7,
    [],
    {},
    { kind: 'success' },
    { kind: undefined },
    { kind: ['tokens'], accessToken: 'a' },
    () => 'tokens',
  ])('that answers %j has said nothing usable, and its author hears so', async (answer) => {
    const serverDescription = expect.stringContaining('without a known `kind`')
    expect(await answered(answer)).toEqual({ kind: 'retryable', serverDescription })
  })

  it.each([undefined, null, '', 'two words', 'доступ', 'line\n', 'tab\t', '\u0000', 7, {}, ['a']])(
    'that calls %j an access token has said nothing usable, and its author hears so',
    async (accessToken) => {
      const serverDescription = expect.stringContaining('without a printable `accessToken`')
      expect(await answered({ ...tokens(1), accessToken })).toEqual({ kind: 'retryable', serverDescription })
    },
  )

  it.each([undefined, null, Number.NaN, 0, -1, Number.POSITIVE_INFINITY, 'soon', '', true, [60_000], {}])(
    'that gives the lifetime %j means an hour',
    async (expiresInMs) => {
      expect(await answered({ ...tokens(1), expiresInMs })).toEqual(tokens(1, { expiresInMs: HOUR_MS }))
    },
  )

  it('may give the lifetime as a text', async () => {
    expect(await answered({ ...tokens(1), expiresInMs: '5' })).toMatchObject({ expiresInMs: 5 })
  })

  it.each([undefined, null, '', 7, {}])('that calls %j a refresh token gave none', async (refreshToken) => {
    const { accessToken, expiresInMs } = { accessToken: 'access-1', expiresInMs: 5 }
    expect(await answered({ kind: 'tokens', accessToken, expiresInMs, refreshToken })).toEqual({
      kind: 'tokens',
      accessToken,
      expiresInMs,
    })
  })

  it.each([undefined, null, 'read:board:trello', [], ['a', ''], ['a', 7]])(
    'that calls %j scopes named none',
    async (scopes) => {
      expect(await answered({ ...tokens(1), scopes })).toEqual(tokens(1))
    },
  )

  it('names its scopes in a list of its own', async () => {
    const scopes = ['read:board:trello']
    const answer = await answered({ ...tokens(1), scopes })
    scopes.push('changed later')
    expect(answer).toEqual(tokens(1, { scopes: ['read:board:trello'] }))
  })

  it.each(['dead', 'clientRejected', 'retryable'])('says with %s only what makes sense', async (kind) => {
    const facts = { status: 403, serverError: 'x', serverDescription: 'y' }
    expect(await answered({ kind, ...facts, accessToken: 'a', more: 1 })).toEqual({ kind, ...facts })
    const odd = { status: '403', serverError: 7, serverDescription: '', retryAfterMs: '5', onlyHere: 'yes' }
    expect(await answered({ kind, ...odd })).toEqual({ kind })
    expect(await answered({ kind, status: Number.NaN })).toEqual({ kind })
  })

  it.each([
    [5_000, 5_000],
    [-5, -5],
    [0, 0],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    ['5', undefined],
    [null, undefined],
  ])('that asks to be left alone for %j ms has said %j', async (retryAfterMs, understood) => {
    const answer = await answered({ kind: 'retryable', retryAfterMs })
    expect(answer.kind === 'retryable' && answer.retryAfterMs).toBe(understood)
  })

  it('may say that only this frame cannot ask', async () => {
    const answer = { kind: 'retryable', onlyHere: true }
    expect(await answered(answer)).toEqual(answer)
  })

  it.each([true, false])('may say of the policy of the page: %j', async (blockedByPolicy) => {
    const answer = { kind: 'unreadable', blockedByPolicy }
    expect(await answered(answer)).toEqual(answer)
  })

  it('that is no function cannot be read', async () => {
    const ask = undefined as unknown as () => Promise<TokenAnswer>
    expect(await answerOf(ask, secrets)).toMatchObject({ kind: 'unreadable', cause: expect.any(TypeError) })
  })

  it('whose answer throws when it is read cannot be read', async () => {
    const cause = new Error('no')
    const answer = Object.defineProperty({}, 'kind', {
      get: () => {
        throw cause
      },
    })
    expect(await answered(answer)).toEqual({ kind: 'unreadable', cause })
  })
})

describe("an endpoint's words", () => {
  it.each<TokenAnswer>([
    { kind: 'retryable', status: 503, serverError: 'code-1', serverDescription: 'bad code code-1' },
    { kind: 'dead', serverError: 'code-1', serverDescription: 'bad code code-1' },
    { kind: 'clientRejected', serverError: 'code-1', serverDescription: 'bad code code-1' },
  ])('hold no secret: $kind', async (answer) => {
    const words = { serverError: '…', serverDescription: 'bad code …' }
    expect(await answered(answer)).toEqual({ ...answer, ...words })
  })

  it.each([
    ['rejects', () => Promise.reject(new Error('bad code code-1'))],
    [
      'throws at once',
      () => {
        throw new Error('bad code code-1')
      },
    ],
    [
      'says so',
      async (): Promise<TokenAnswer> => ({ kind: 'unreadable', cause: new Error('bad code code-1') }),
    ],
  ])('hold no secret where it %s', async (_case, ask) => {
    const answer = await answerOf(ask, secrets)
    expect(answer).toEqual({ kind: 'unreadable', cause: new Error('Error: bad code …') })
  })

  it.each<[string, () => unknown]>([
    ['a member', () => Object.assign(new Error('no'), { config: { data: 'code=code-1' } })],
    ['its cause', () => new Error('no', { cause: new Error('code-1') })],
    ['its stack', () => Object.assign(new Error('no'), { stack: 'at code-1' })],
    ['a cause in a cause', () => new Error('no', { cause: new Error('no', { cause: 'code-1' }) })],
    ['no text', () => Object.assign(Object.create(null), { code: 'code-1' })],
  ])('hold no secret where %s of the error does', async (_case, make) => {
    const answer = await answerOf(() => Promise.reject(make()), secrets)
    expect(answer).toMatchObject({ kind: 'unreadable', cause: expect.any(Error) })
    const { message, stack, cause, ...more } = (answer as { cause: Error }).cause
    expect([message, cause, JSON.stringify(more)].join()).not.toContain('code-1')
    expect(stack).not.toContain('at code-1')
  })

  it('are left out where they cannot be looked through', async () => {
    const circular: Error & { self?: unknown } = new Error('no')
    circular.self = circular
    const answer = await answerOf(() => Promise.reject(circular), secrets)
    expect(answer).toEqual({ kind: 'unreadable', cause: new Error('Error: no') })
    expect((answer as { cause: unknown }).cause).not.toBe(circular)
  })

  it.each([
    new TypeError('Failed to fetch'),
    new Error('no', { cause: 'offline' }),
    'offline',
    undefined,
    null,
  ])('are passed on as the cause where they hold no secret: %s', async (cause) => {
    const answer = await answerOf(() => Promise.reject(cause), secrets)
    expect(answer.kind === 'unreadable' && answer.cause).toBe(cause)
  })
})

describe('the server behind an endpoint', () => {
  it('is there if the endpoint says so, and not where that fails', async () => {
    const endpoint = scriptedEndpoint()
    endpoint.isThere = true
    expect(await isThere(endpoint)).toBe(true)
    const { isReachable: _, ...silent } = endpoint
    expect(await isThere(silent)).toBe(false)
    const faulty = () => {
      throw new Error('x')
    }
    expect(await isThere({ ...endpoint, isReachable: faulty })).toBe(false)
  })
})
