// @vitest-environment node
import { createContext, runInContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { ApiError } from '../../../src/base/api-error'
import { isPowerUpOAuthError } from '../../../src/base/error-guard'
import {
  AuthorizationError,
  type AuthorizationErrorCode,
  ConfigurationError,
  NetworkError,
  NotAuthorizedError,
  PowerUpOAuthError,
  TokenEndpointError,
  type TokenEndpointErrorCode,
  TokenExpiredError,
} from '../../../src/base/errors'

const place = { method: 'GET', path: '/1/members/me' }

describe('every error', () => {
  it.each([
    ['AuthorizationError', new AuthorizationError('popupClosed'), 'popupClosed', false],
    ['NotAuthorizedError', new NotAuthorizedError(), 'notAuthorized', false],
    ['TokenExpiredError', new TokenExpiredError('revoked'), 'tokenExpired', false],
    ['TokenEndpointError', new TokenEndpointError('clientRejected'), 'clientRejected', false],
    ['ApiError', new ApiError('http', { ...place, status: 404 }), 'http', false],
    ['NetworkError', new NetworkError(place), 'network', true],
    ['ConfigurationError', new ConfigurationError('invalidClientId', 'Set it.'), 'invalidClientId', false],
  ])('%s has a name, a code, a word on retrying and a message', (name, error, code, retryable) => {
    expect(error).toBeInstanceOf(Error)
    expect(error).toBeInstanceOf(PowerUpOAuthError)
    expect({ name: error.name, code: error.code, retryable: error.retryable }).toEqual({
      name,
      code,
      retryable,
    })
    expect(error.message).not.toBe('')
    expect(String(error)).toBe(`${name}: ${error.message}`)
  })

  it('has a cause only where something caused it', () => {
    const cause = new TypeError('Failed to fetch')
    expect(new NetworkError({ ...place, cause }).cause).toBe(cause)
    expect('cause' in new NetworkError(place)).toBe(false)
    expect(new NotAuthorizedError({ cause }).cause).toBe(cause)
    expect(new ConfigurationError('invalidScopes', 'x', { cause }).cause).toBe(cause)
  })

  it.each([undefined, null, { a: 1 }])('takes no %o for a cause: that is an error', (cause) => {
    for (const error of [
      new AuthorizationError('exchangeFailed', { cause }),
      new NotAuthorizedError({ cause }),
      new TokenExpiredError('revoked', { cause }),
      new TokenEndpointError('tokenEndpointUnavailable', { cause }),
      new ApiError('http', { ...place, status: 404, cause }),
      new NetworkError({ ...place, cause }),
      new ConfigurationError('invalidScopes', 'x', { cause }),
    ])
      expect('cause' in error).toBe(false)
  })

  it('takes an error of another frame for a cause, and makes one of a text', () => {
    const cause: unknown = runInContext("new TypeError('x')", createContext({}))
    expect(new NetworkError({ ...place, cause }).cause).toBe(cause)
    expect(new NetworkError({ ...place, cause: 'down' }).cause).toEqual(new Error('down'))
  })
})

it.each(['text', 0, 503, Symbol('s')])('a cause that was thrown as %s is an error all the same', (thrown) => {
  const { cause } = new TokenEndpointError('storageUnavailable', { cause: thrown })
  expect(cause).toBeInstanceOf(Error)
  expect(cause).toHaveProperty('message', String(thrown))
})

describe('AuthorizationError', () => {
  const hints: Record<AuthorizationErrorCode, RegExp> = {
    popupBlocked: /click handler, before any await/,
    popupClosed: /next authorize\(\) picks it up/,
    accessDenied: /Offer the button again/,
    superseded: /result of that call/,
    timedOut: /Offer the button again/,
    aborted: /signal or by signOut/,
    invalidResponse: /Begin again/,
    accountMismatch: /choose the same account/,
    noWorkspace: /Move the board into one/,
    notLoggedIn: /log in first/,
    invalidRequest: /`cause` says which/,
    notLoaded: /Try again/,
    serverRefused: /Unless it has trouble of its own, check clientId, redirectUri and scopes/,
    exchangeFailed: /`cause` says why/,
  }

  it.each(Object.entries(hints))('%s says what to do', (code, hint) => {
    expect(new AuthorizationError(code as AuthorizationErrorCode).message).toMatch(hint)
  })

  it("carries the server's own code where there is one", () => {
    const error = new AuthorizationError('serverRefused', { serverError: 'invalid_scope' })
    expect(error.serverError).toBe('invalid_scope')
    expect(error.message).toContain('(invalid_scope)')
    expect(new AuthorizationError('timedOut').serverError).toBeUndefined()
  })

  it('may be retried when the exchange failed for a reason that passes', () => {
    const passing = new TokenEndpointError('tokenEndpointUnavailable')
    expect(new AuthorizationError('exchangeFailed', { cause: passing }).retryable).toBe(true)
    const lasting = new TokenEndpointError('clientRejected')
    expect(new AuthorizationError('exchangeFailed', { cause: lasting }).retryable).toBe(false)
    expect(new AuthorizationError('exchangeFailed').retryable).toBe(false)
    expect(new AuthorizationError('popupClosed', { cause: passing }).retryable).toBe(false)
    expect(new AuthorizationError('notLoaded').retryable).toBe(true)
  })
})

describe('TokenExpiredError', () => {
  it.each(['expired', 'revoked', 'rotationLost'] as const)('names the reason %s', (reason) => {
    const error = new TokenExpiredError(reason)
    expect(error.reason).toBe(reason)
    expect('cause' in error).toBe(false)
    expect(error.message).toContain(`(${reason})`)
    expect(error.message).toMatch(/Reconnect button/)
  })
})

describe('TokenEndpointError', () => {
  it.each<[TokenEndpointErrorCode, boolean, RegExp]>([
    ['tokenEndpointUnavailable', true, /try again later/],
    ['storageUnavailable', true, /try again later/],
    [
      'tokenEndpointUnreadable',
      true,
      /Set `tokenEndpoint` to a proxy.+or a keeper.+or go through the Trello page/,
    ],
    ['blockedByPolicy', false, /`connect-src`: https:\/\/auth\.atlassian\.com/],
    ['notLoaded', true, /put all files of the build on the host/],
    ['clientRejected', false, /Check clientId and the client type/],
  ])('%s is retryable: %s, and says what to do', (code, retryable, hint) => {
    const error = new TokenEndpointError(code)
    expect(error.retryable).toBe(retryable)
    expect(error.message).toMatch(hint)
    expect(error.message).not.toMatch(/undefined|\(\)/)
  })

  it('tells the status, the wait and the words of the server', () => {
    const error = new TokenEndpointError('tokenEndpointUnavailable', {
      status: 429,
      retryAfterMs: 9_000,
      serverError: 'slow_down',
      serverDescription: 'Ask less often.',
    })
    expect(error).toMatchObject({ status: 429, retryAfterMs: 9_000, serverError: 'slow_down' })
    expect(error.serverDescription).toBe('Ask less often.')
    expect(error.message).toContain('(HTTP 429, slow_down: Ask less often.)')
  })
})

describe('ApiError', () => {
  it('holds the answer: status, method, path, body and rate limit', () => {
    const rateLimit = { key: { remaining: 3 } }
    const error = new ApiError('http', { ...place, status: 404, body: { a: 1 }, rateLimit })
    expect(error).toMatchObject({ ...place, status: 404, body: { a: 1 }, rateLimit })
    expect(error.message).toBe('GET /1/members/me was answered with 404.')
  })

  it('takes a message of its own, and never quotes the body', () => {
    const error = new ApiError('http', { ...place, status: 200, body: 'BODY', message: 'No JSON.' })
    expect(error.message).toBe('GET /1/members/me was answered with 200. No JSON.')
  })

  it('may be retried after a rate limit and after a failure of the server', () => {
    expect(new ApiError('rateLimited', { ...place, status: 429 }).retryable).toBe(true)
    expect(new ApiError('http', { ...place, status: 500 }).retryable).toBe(true)
    expect(new ApiError('http', { ...place, status: 499 }).retryable).toBe(false)
  })
})

describe('isPowerUpOAuthError', () => {
  it('knows the errors of this library, also those of another copy or frame', () => {
    expect(isPowerUpOAuthError(new NotAuthorizedError())).toBe(true)
    const foreign: unknown = runInContext(
      "Object.assign(new Error('x'), { name: 'ApiError', code: 'http', retryable: false })",
      createContext({}),
    )
    expect(foreign).not.toBeInstanceOf(Error)
    expect(isPowerUpOAuthError(foreign)).toBe(true)
  })

  it.each([
    undefined,
    null,
    'ApiError',
    new Error('x'),
    { name: 'ApiError' },
    { name: 'ApiError', code: 1, retryable: false },
    { name: 'ApiError', code: 'http', retryable: 'no' },
    { name: 'AxiosError', code: 'http', retryable: false },
    { name: Object.create(null), code: 'http', retryable: false },
    { name: ['ApiError'], code: 'http', retryable: false },
  ])('denies %o', (value) => {
    expect(isPowerUpOAuthError(value)).toBe(false)
  })

  it('never throws, also for what can not be read', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    expect(isPowerUpOAuthError(proxy)).toBe(false)
  })
})
