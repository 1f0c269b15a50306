import { describe, expect, it } from 'vitest'
import { ApiError } from '../../../src/base/api-error'
import {
  AuthorizationError,
  type AuthorizationErrorCode,
  NetworkError,
  NotAuthorizedError,
  TokenEndpointError,
  TokenExpiredError,
} from '../../../src/base/errors'
import type { AuthState } from '../../../src/grant/auth-state'
import { isRefused, nameOf, scopesToAskFor, situationOf } from '../../../src/prompt/situation'

const connected = { status: 'authorized', scopes: ['a'], missingScopes: [], persistent: true } as const
const lacking = { ...connected, missingScopes: ['b'] } as const
const never: AuthState = { status: 'notAuthorized', persistent: true }
const ended = (reason: 'expired' | 'revoked' | 'rotationLost', more = {}): AuthState => ({
  status: 'tokenExpired',
  reason,
  since: 0,
  scopes: ['a'],
  ...more,
})

const quiet = { error: undefined, callError: undefined, isInProgress: false, isOffline: false }

describe('what the prompt is about', () => {
  it.each<[string, AuthState, string | undefined]>([
    ['before the first read', { status: 'restoring' }, undefined],
    ['when connected', connected, undefined],
    ['when a configured scope is missing', lacking, 'missingScopes'],
    ['when never connected', never, 'connect'],
    ['after a sign-in that was not seen to end', { ...never, signIn: 'unfinished' }, 'unfinished'],
    ['with an old token', { ...never, legacy: true }, 'legacy'],
    ['on a board without a workspace', { ...never, blockedBy: 'noWorkspace' }, 'noWorkspace'],
    ['for a visitor', { ...never, blockedBy: 'notLoggedIn' }, 'notLoggedIn'],
    ['without storage', { ...never, persistent: false }, 'storageUnavailable'],
    ['when it expired', ended('expired'), 'expired'],
    ['when it was revoked', ended('revoked'), 'revoked'],
    ['when a rotation was lost', ended('rotationLost'), 'rotationLost'],
    ['when it expired and a sign-in was begun', ended('expired', { signIn: 'unfinished' }), 'unfinished'],
  ])('%s is what the state says', (_when, state, situation) => {
    expect(situationOf(state, quiet)).toBe(situation)
  })

  it.each<[string, AuthState]>([
    ['in another frame', { ...never, signIn: 'elsewhere' }],
    ['in this page, for another prompt or button', { ...never, signIn: 'here' }],
    ['for a grant that has ended', ended('expired', { signIn: 'elsewhere' })],
    ['for more scopes', { ...lacking, signIn: 'elsewhere' }],
  ])('a sign-in that is waited for %s is left to whoever waits', (_where, state) => {
    expect(situationOf(state, quiet)).toBe('elsewhere')
    expect(situationOf(state, { ...quiet, isInProgress: true })).toBe('inProgress')
  })

  it.each(['popupClosed', 'timedOut'] as const)(
    'a callback page that does not answer is named where a sign-in ended as %s',
    (code) => {
      const error = new AuthorizationError(code, { cause: new AuthorizationError('notLoaded') })
      expect(situationOf({ ...never, signIn: 'unfinished' }, { ...quiet, error })).toBe('failed')
      expect(nameOf(error)).toBe('notLoaded')
    },
  )

  it('a sign-in elsewhere is no news to a person who is connected', () => {
    expect(situationOf({ ...connected, signIn: 'elsewhere' }, quiet)).toBeUndefined()
  })

  it.each<[string, ConstructorParameters<typeof TokenEndpointError>, string]>([
    ['is not reached', ['tokenEndpointUnavailable'], 'offline'],
    ['fails', ['tokenEndpointUnavailable', { status: 503 }], 'unavailable'],
    ['asks to wait', ['tokenEndpointUnavailable', { status: 429 }], 'unavailable'],
    ['is forbidden by the page', ['blockedByPolicy'], 'failed'],
    ['rejects the client', ['clientRejected', { status: 401 }], 'failed'],
    ['refuses in words that nobody knows', ['tokenEndpointUnavailable', { status: 403 }], 'failed'],
  ])('a token endpoint that %s is told from the others', (_what, [code, details], situation) => {
    expect(situationOf(never, { ...quiet, error: new TokenEndpointError(code, details) })).toBe(situation)
  })

  it.each<[string, ConstructorParameters<typeof TokenEndpointError>, boolean]>([
    ['refuses in words', ['tokenEndpointUnavailable', { status: 403 }], true],
    ['rejects the client', ['clientRejected'], true],
    ['cannot be read', ['tokenEndpointUnreadable'], true],
    ['is forbidden by the page', ['blockedByPolicy'], true],
    ['asks to wait', ['tokenEndpointUnavailable', { status: 429 }], false],
    ['was too slow', ['tokenEndpointUnavailable', { status: 408 }], false],
    ['fails', ['tokenEndpointUnavailable', { status: 500 }], false],
    ['is not reached', ['tokenEndpointUnavailable'], false],
    ['is not reached for the third time', ['tokenEndpointUnavailable', { offerConsent: true }], true],
    ['fails for the third time', ['tokenEndpointUnavailable', { status: 500, offerConsent: true }], true],
  ])(
    'a connected person whose token endpoint %s is offered a new consent: %o',
    (_what, [code, details], isOffered) => {
      const error = new TokenEndpointError(code, details)
      expect(isRefused(error)).toBe(isOffered)
      const said = situationOf(connected, {
        ...quiet,
        error,
        callError: isRefused(error) ? error : undefined,
      })
      expect(said !== undefined).toBe(isOffered)
    },
  )

  it.each<[AuthorizationErrorCode, string]>([
    ['popupBlocked', 'popupBlocked'],
    ['popupClosed', 'expired'],
    ['accessDenied', 'accessDenied'],
    ['superseded', 'expired'],
    ['timedOut', 'failed'],
    ['aborted', 'expired'],
    ['invalidResponse', 'failed'],
    ['accountMismatch', 'accountMismatch'],
    ['noWorkspace', 'noWorkspace'],
    ['notLoggedIn', 'notLoggedIn'],
    ['serverRefused', 'failed'],
    ['exchangeFailed', 'failed'],
  ])('after %s is %s', (code, situation) => {
    expect(situationOf(ended('expired'), { ...quiet, error: new AuthorizationError(code) })).toBe(situation)
  })

  it.each<[string, unknown, string]>([
    ['an unreachable token endpoint', exchangeFailed('tokenEndpointUnavailable'), 'offline'],
    ['a storage that fails', exchangeFailed('storageUnavailable'), 'storageUnavailable'],
    ['a client that is rejected', exchangeFailed('clientRejected'), 'failed'],
    ['a call without an answer', new NetworkError({ method: 'GET', path: '/1/members/me' }), 'offline'],
    ['a call without a grant', new NotAuthorizedError(), 'connect'],
    ['an expiry', new TokenExpiredError('expired'), 'connect'],
    ['a call that was called off', new DOMException('The user aborted a request.', 'AbortError'), 'connect'],
    [
      'a grant that was dropped',
      new NotAuthorizedError({ cause: new AuthorizationError('accountMismatch') }),
      'accountMismatch',
    ],
    ['an error of somebody else', new Error('no'), 'failed'],
    ['something thrown that is no error', 'no', 'failed'],
    ['a code of nobody’s', { code: 'constructor' }, 'failed'],
    [
      'a token endpoint that cannot be read at the exchange',
      exchangeFailed('tokenEndpointUnreadable'),
      'failed',
    ],
  ])('after %s is told by the error', (_what, error, situation) => {
    expect(situationOf(never, { ...quiet, error })).toBe(situation)
  })

  it('is a sign-in as long as one goes on', () => {
    const during = { ...quiet, isInProgress: true, error: new AuthorizationError('accessDenied') }
    for (const state of [never, lacking, ended('revoked')]) {
      expect(situationOf(state, during)).toBe('inProgress')
    }
    expect(situationOf(connected, during)).toBeUndefined()
  })

  it('is the network when there is none, unless a sign-in would open no window anyway', () => {
    const offline = { ...quiet, isOffline: true }
    expect(situationOf(never, offline)).toBe('offline')
    expect(situationOf(lacking, offline)).toBe('offline')
    expect(situationOf(connected, offline)).toBeUndefined()
    expect(situationOf({ ...never, blockedBy: 'noWorkspace' }, offline)).toBe('noWorkspace')
  })

  it('is no sign-in to finish right after one was called off', () => {
    const aborted = { ...quiet, error: new AuthorizationError('aborted') }
    expect(situationOf({ ...never, signIn: 'unfinished' }, aborted)).toBe('connect')
    expect(situationOf(ended('revoked', { signIn: 'unfinished' }), aborted)).toBe('revoked')
  })

  it('is a window that was lost only as long as it can be picked up', () => {
    const closed = { ...quiet, error: new AuthorizationError('popupClosed') }
    expect(situationOf({ ...never, signIn: 'unfinished' }, closed)).toBe('unfinished')
    expect(situationOf(never, closed)).toBe('connect')
    // A state with a grant doesn't tell.
    expect(situationOf(lacking, closed)).toBe('unfinished')
  })

  it('is more permissions as long as a call lacks one, although all that was configured is there', () => {
    const handedOver = { ...quiet, error: missingScope(), callError: missingScope() }
    expect(situationOf(connected, handedOver)).toBe('missingScopes')
    expect(situationOf({ ...connected, scopes: ['a', 'c'] }, handedOver)).toBeUndefined()
    const pressed = { ...handedOver, error: undefined, isInProgress: true }
    expect(situationOf(connected, pressed)).toBe('inProgress')
    const denied = { ...handedOver, error: new AuthorizationError('accessDenied') }
    expect(situationOf(connected, denied)).toBe('accessDenied')
    expect(situationOf(connected, { ...quiet, error: new Error('no') })).toBeUndefined()
  })

  it('is to connect again where a grant gives no token, whatever became of the sign-in so far', () => {
    const callError = new TokenEndpointError('tokenEndpointUnreadable')
    expect(situationOf(connected, { ...quiet, error: callError, callError })).toBe('rotationLost')
    const failed = { ...quiet, error: exchangeFailed('tokenEndpointUnreadable'), callError }
    expect(situationOf(connected, failed)).toBe('failed')
    const aborted = { ...quiet, error: new AuthorizationError('aborted'), callError }
    expect(situationOf(connected, aborted)).toBe('rotationLost')
  })
})

describe('the scopes to ask for', () => {
  it('are those that a call lacked and that are not granted by now', () => {
    expect(scopesToAskFor(never, missingScope())).toEqual(['c'])
    expect(scopesToAskFor(connected, missingScope())).toEqual(['c'])
    expect(scopesToAskFor({ ...connected, scopes: ['c'] }, missingScope())).toEqual([])
  })

  it.each([undefined, null, 'text', new Error('no'), { requiredScopes: 'c' }, { requiredScopes: [1] }])(
    'are none for %s',
    (error) => {
      expect(scopesToAskFor(connected, error)).toEqual([])
    },
  )
})

function exchangeFailed(code: ConstructorParameters<typeof TokenEndpointError>[0]): AuthorizationError {
  return new AuthorizationError('exchangeFailed', { cause: new TokenEndpointError(code) })
}

function missingScope(): ApiError {
  const place = { status: 401, method: 'GET', path: '/1/boards/1' }
  return new ApiError('missingScope', { ...place, requiredScopes: ['c'] })
}

describe('the name of an error', () => {
  it.each<[string, unknown, string]>([
    ['its code', new AuthorizationError('timedOut'), 'timedOut'],
    [
      'the code that is to blame for an exchange',
      new AuthorizationError('exchangeFailed', { cause: new TokenEndpointError('blockedByPolicy') }),
      'blockedByPolicy',
    ],
    [
      'what the server called it',
      new AuthorizationError('serverRefused', { serverError: 'invalid_scope' }),
      'serverRefused, invalid_scope',
    ],
    ['an exchange without a cause', new AuthorizationError('exchangeFailed'), 'exchangeFailed'],
    ['the name of what has no code', new TypeError('no'), 'TypeError'],
    ['a word for what is no error', undefined, 'unknown'],
  ])('is %s', (_what, error, name) => {
    expect(nameOf(error)).toBe(name)
  })

  it('is the code of an error that is its own cause', () => {
    const error = Object.assign(new Error('mine'), { code: 'mine' })
    error.cause = error
    expect(nameOf(error)).toBe('mine')
  })
})
