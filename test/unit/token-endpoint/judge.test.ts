// @vitest-environment node
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FINAL_ANSWERS, judgeAnswer } from '../../../src/token-endpoint/judge'
import { HOUR_MS } from '../support/grants'

const NOW = Date.UTC(2027, 0, 1, 12)
const good = { access_token: 'access-1', token_type: 'Bearer', expires_in: 3600 }

function judge(
  answer: { status?: number; body?: unknown; text?: string; retryAfter?: string | null },
  secrets: readonly string[] = [],
) {
  const { status = 400, body, text = JSON.stringify(body ?? {}), retryAfter = null } = answer
  return judgeAnswer({ status, retryAfter, body: text }, secrets, NOW)
}

describe('a success', () => {
  it('brings tokens, lifetime and scopes', () => {
    const body = { ...good, refresh_token: 'refresh-1', scope: 'read:board:trello  offline_access' }
    expect(judge({ status: 200, body })).toEqual({
      kind: 'tokens',
      accessToken: 'access-1',
      refreshToken: 'refresh-1',
      expiresInMs: HOUR_MS,
      scopes: ['read:board:trello', 'offline_access'],
    })
  })

  it('may lack refresh_token and scope: then the old ones stay', () => {
    expect(judge({ status: 200, body: good })).toEqual({
      kind: 'tokens',
      accessToken: 'access-1',
      expiresInMs: HOUR_MS,
    })
  })

  it.each<[string, unknown]>([
    ['by a comma', 'a,b'],
    ['by a comma and a space', 'a, b'],
    ['by a line break', 'a\nb'],
    ['as a list', ['a', 'b']],
  ])('may name its scopes %s', (_how, scope) => {
    expect(judge({ status: 200, body: { ...good, scope } })).toMatchObject({ scopes: ['a', 'b'] })
  })

  it.each(['', ' ', null, 7, [], [7], {}])(
    'whose scope is %j has none to tell: RFC 6749 knows no empty one',
    (scope) => {
      expect(judge({ status: 200, body: { ...good, scope } })).not.toHaveProperty('scopes')
    },
  )

  it.each([undefined, null, 0, -5, 'soon', Number.POSITIVE_INFINITY])(
    'whose expires_in is %s is taken to last an hour',
    (expires_in) => {
      const { expires_in: _, ...others } = good
      const body = { ...others, expires_in }
      expect(judge({ status: 200, body })).toMatchObject({ kind: 'tokens', expiresInMs: HOUR_MS })
    },
  )

  it.each([31_536_000, 315_360_000, 2 ** 53, 1e300])(
    'whose expires_in is %d lasts 365 days: its end is a date',
    (expires_in) => {
      const answer = judge({ status: 200, body: { ...good, expires_in } })
      expect(answer).toMatchObject({ kind: 'tokens', expiresInMs: 365 * 24 * HOUR_MS })
    },
  )

  it('may write expires_in as a string', () => {
    const body = { ...good, expires_in: '60' }
    expect(judge({ status: 200, body })).toMatchObject({ expiresInMs: 60_000 })
  })

  it.each([undefined, null, '', ' ', 'bearer', 'BEARER', 'Bearer '])(
    'whose token_type is %j is one: the old refresh token is spent',
    (token_type) => {
      const { token_type: _, ...others } = good
      expect(judge({ status: 200, body: { ...others, token_type } }).kind).toBe('tokens')
    },
  )

  it.each([200, 201, 299])('has status %d', (status) => {
    expect(judge({ status, body: good }).kind).toBe('tokens')
  })

  it.each<[string, number, unknown]>([
    ['another status', 400, good],
    ['a redirect', 302, good],
    ['a choice', 300, good],
    ['an opaque status', 0, good],
    ['a token of another type', 200, { ...good, token_type: 'DPoP' }],
    ['no access_token', 200, { token_type: 'Bearer', refresh_token: 'r' }],
    ['an empty access_token', 200, { ...good, access_token: '' }],
    ['an access_token that is no string', 200, { ...good, access_token: { value: 'a' } }],
    ['an access_token in two lines', 200, { ...good, access_token: 'access\n1' }],
    ['an access_token that ends its line', 200, { ...good, access_token: 'access-1\n' }],
    ['an access_token in letters that no header takes', 200, { ...good, access_token: 'доступ-1' }],
    ['an access_token in two words', 200, { ...good, access_token: 'access 1' }],
    ['a list', 200, [good]],
    ['null', 200, null],
    ['a text', 200, 'access-1'],
  ])('it is not with %s', (_case, status, body) => {
    expect(judge({ status, text: JSON.stringify(body) })).toEqual({ kind: 'retryable', status })
  })
})

describe('a final answer, whatever the status', () => {
  const statuses = [200, 400, 401, 403, 404, 429, 500, 503]
  const cases: [string, object, 'dead' | 'clientRejected'][] = [
    ['invalid_grant', { error: 'invalid_grant' }, 'dead'],
    ['invalid_grant with words', { error: 'invalid_grant', error_description: 'Unknown code' }, 'dead'],
    [
      'unauthorized_client about the refresh token',
      { error: 'unauthorized_client', error_description: 'refresh_token is invalid' },
      'dead',
    ],
    [
      'invalid_request about the refresh token',
      { error: 'invalid_request', error_description: 'Unknown or invalid refresh token.' },
      'dead',
    ],
    ['unauthorized_client', { error: 'unauthorized_client' }, 'clientRejected'],
    [
      'unauthorized_client about something else',
      { error: 'unauthorized_client', error_description: 'Grant type not allowed for the client' },
      'clientRejected',
    ],
    ['invalid_client', { error: 'invalid_client', error_description: 'Unknown client' }, 'clientRejected'],
  ]

  it.each(cases)('%s', (_case, body, kind) => {
    const answers = statuses.map((status) => judge({ status, body }))
    expect(answers.map((answer) => answer.kind)).toEqual(statuses.map(() => kind))
    expect(answers[3]).toMatchObject({ status: 403, serverError: expect.stringMatching(/^\w+$/) })
  })

  it.each([
    'refresh_token is invalid',
    'The refresh token is invalid.',
    'Unknown or invalid refresh token.',
    'Invalid refresh token',
    'invalid refresh_token',
    'Invalid, expired or revoked refresh token',
    'expired/revoked refresh token',
    'Refresh token expired',
    'The refresh token has expired',
    'The provided refresh token has been revoked',
    'The refresh token you provided is either invalid or expired',
    "The 'refresh_token' is invalid",
    'the_given_refresh_token_is_unknown_or_invalid',
    'Refresh token (rt_…) was revoked',
    'refresh token is no longer valid',
    'RefreshToken is not valid',
    "The refresh token isn't valid.",
    'The refresh token could not be found.',
    'This refresh token has been invalidated.',
    "The refresh token 'abc' is invalid.",
    'Refresh token not found',
    'The refresh token does not exist',
    'refresh_token: unknown',
    'refresh  token\n is __ invalid',
    'Refresh token not found in our records',
    'Refresh token not found in Postgres',
    'The refresh token is invalid for this client',
    'Invalid refresh token: it was issued to another client',
  ])('says of the refresh token that it is dead: %s', (error_description) => {
    for (const error of ['unauthorized_client', 'invalid_request']) {
      expect(judge({ status: 403, body: { error, error_description } })).toMatchObject({ kind: 'dead' })
    }
  })

  it.each([
    "Grant type 'refresh_token' not allowed for the client.",
    'Missing required parameter: refresh_token',
    'refresh_token is required',
    'The refresh_token parameter is missing or invalid',
    'missing or invalid refresh token',
    'Invalid parameter: refresh_token',
    'Parameter refresh_token is unknown',
    'Unknown grant refresh_token',
    'Invalid grant_type: refresh_token',
    "The grant 'refresh_token' is unknown",
    'Of the grants refresh token is unknown',
    'refresh_token is invalid for this grant type',
    'refresh_token is invalid for this granttype',
    'refresh_token is invalid: the client is not authorised',
    'refresh_token is invalid: the client is not authorized',
    'Unknown grant type "refresh_token"',
    'invalid refresh token grant',
    'The client may not use refresh tokens',
    'Invalid refresh tokens policy',
    'The client secret has expired; refresh token not issued',
    'Refresh token rotation is invalid',
    'The refresh token could not be processed because the client is unknown',
    'The refresh token is not expired',
    'refresh_token is not supported: unknown refresh token',
    'Refresh tokens are disabled: invalid refresh token',
    'refresh_token not found in request',
    'The refresh token could not be found in the POST body.',
    'refresh_token does not exist in the request body',
    'Invalid refresh token lifetime for this client',
    'Unknown refresh_token_type',
    'invalid refresh-token-grant',
    'The client has an invalid refresh token policy',
    'Invalid refresh token settings',
    'refresh_token: invalid scope',
    'The refresh token has invalid scopes',
    'refresh_token: unknown client',
    'Token has been revoked.',
    'The token is invalid',
    'refresh_token',
    '',
  ])('speaks of something else than a dead refresh token: %s', (error_description) => {
    expect(judge({ body: { error: 'unauthorized_client', error_description } }).kind).toBe('clientRejected')
    expect(judge({ body: { error: 'invalid_request', error_description } }).kind).toBe('retryable')
  })

  it('is found at once in a description that repeats itself for a megabyte', () => {
    const error_description = 'invalid, '.repeat(100_000)
    const before = performance.now()
    expect(judge({ body: { error: 'unauthorized_client', error_description } }).kind).toBe('clientRejected')
    // It took more than a minute.
    expect(performance.now() - before).toBeLessThan(5_000)
  })

  it('carries the words of the server', () => {
    const body = { error: 'unauthorized_client', error_description: 'refresh_token is invalid' }
    expect(judge({ status: 403, body })).toEqual({
      kind: 'dead',
      status: 403,
      serverError: 'unauthorized_client',
      serverDescription: 'refresh_token is invalid',
    })
  })
})

describe('everything else is retryable', () => {
  it.each<[string, Parameters<typeof judge>[0]]>([
    ['invalid_request about something else', { body: { error: 'invalid_request', error_description: 'x' } }],
    ['invalid_request without words', { body: { error: 'invalid_request' } }],
    ['an error that nobody knows', { body: { error: 'temporarily_unavailable' } }],
    ['a known error in another spelling', { body: { error: 'INVALID_GRANT' } }],
    ['a known error in the wrong place', { body: { message: 'invalid_grant' } }],
    ['an error that is no string', { body: { error: { code: 'invalid_grant' } } }],
    ['JSON without an error', { status: 403, body: {} }],
    ['HTML', { status: 502, text: '<html>invalid_grant</html>' }],
    ['HTML with a 200', { status: 200, text: '<html></html>' }],
    ['JSON that was cut off', { status: 200, text: '{"access_token":"a' }],
    ['nothing', { status: 500, text: '' }],
    ['a time-out', { status: 408, text: '' }],
    ['a rate limit', { status: 429, text: 'Too many requests' }],
    ['a redirect', { status: 302, text: '' }],
  ])('%s', (_case, answer) => {
    expect(judge(answer)).toMatchObject({ kind: 'retryable', status: answer.status ?? 400 })
  })

  it('so that no answer but those of the table ends a grant', () => {
    const known = FINAL_ANSWERS.map(({ error }) => error)
    const error = fc.string().filter((word) => !known.includes(word))
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), error, fc.string(), (status, error, words) => {
        const body = { error, error_description: `${words} refresh_token invalid_grant` }
        expect(judge({ status, body }).kind).toBe('retryable')
      }),
    )
  })
})

describe('the words of a gateway', () => {
  it.each<[unknown, object]>([
    [{ code: 401, message: 'Unauthorized' }, { serverDescription: 'Unauthorized' }],
    [{ code: 'blocked' }, { serverError: 'blocked' }],
    [{ error: { code: 'blocked', message: 'No' } }, { serverError: 'blocked', serverDescription: 'No' }],
    [
      { error: 'x', message: 'No' },
      { serverError: 'x', serverDescription: 'No' },
    ],
    [
      { error: 'x', error_description: 'Yes', message: 'No' },
      { serverError: 'x', serverDescription: 'Yes' },
    ],
    [{ error: ['x'], message: 7 }, {}],
    [
      { error: '', error_description: '', code: 'blocked', message: 'No' },
      { serverError: 'blocked', serverDescription: 'No' },
    ],
    [{ error: { code: 'invalid_grant' } }, { serverError: 'invalid_grant' }],
    [{ code: 'invalid_grant', message: 'refresh token is invalid' }, { serverError: 'invalid_grant' }],
  ])('%j is kept, and is no verdict', (body, words) => {
    expect(judge({ status: 403, body })).toMatchObject({ kind: 'retryable', status: 403, ...words })
  })
})

describe('Retry-After', () => {
  it('is told where it says something', () => {
    const waiting = { kind: 'retryable', status: 503, retryAfterMs: 7_000 }
    expect(judge({ status: 503, retryAfter: '7' })).toEqual(waiting)
    expect(judge({ status: 503, retryAfter: 'soon' })).toStrictEqual({ kind: 'retryable', status: 503 })
  })
})

describe("the server's words", () => {
  it('lose the secrets that they repeat', () => {
    const body = { error: 'invalid_grant', error_description: 'Code c0de is spent; c0de! verifier v3r, 🔑ü' }
    const answer = judge({ body }, ['c0de', 'v3r', '', '🔑ü'])
    expect(answer).toMatchObject({ serverDescription: 'Code … is spent; …! verifier …, …' })
  })

  it('lose them also as an echo of the request shows them', () => {
    const printable = fc.string({
      unit: fc.integer({ min: 0x20, max: 0x7e }).map((c) => String.fromCharCode(c)),
    })
    const secret = printable.filter((text) => text.length >= 8)
    fc.assert(
      fc.property(secret, (text) => {
        const uri = encodeURIComponent(text)
        const form = String(new URLSearchParams({ refresh_token: text }))
        const lowerCase = uri.replace(/%../g, (code) => code.toLowerCase())
        const error_description = ['', text, uri, lowerCase, form, ''].join('<>')
        const answer = judge({ body: { error: 'x', error_description } }, [text])
        expect(answer).toMatchObject({ serverDescription: '<>…<>…<>…<>refresh_token=…<>' })
      }),
    )
  })

  it.each([[['abc', 'abcde12345']], [['abcde12345', '', 'abc']]])(
    'lose the whole of a secret that holds another: %j',
    (secrets) => {
      const answer = judge({ body: { error: 'x', error_description: 'abcde12345, abc' } }, secrets)
      expect(answer).toMatchObject({ serverDescription: '…, …' })
    },
  )

  it('lose them from the error code too', () => {
    expect(judge({ body: { error: 'bad_c0de' } }, ['c0de'])).toMatchObject({ serverError: 'bad_…' })
  })

  it('are cut where they go on and on', () => {
    const answer = judge({ body: { error: 'invalid_grant', error_description: 'x'.repeat(10_000) } })
    expect('serverDescription' in answer && answer.serverDescription).toHaveLength(200)
  })
})
