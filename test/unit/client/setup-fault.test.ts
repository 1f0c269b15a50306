// @vitest-environment node
import { describe, expect, it } from 'vitest'
import {
  AuthorizationError,
  ConfigurationError,
  NotAuthorizedError,
  TokenEndpointError,
} from '../../../src/base/errors'
import { createSetupFaults } from '../../../src/client/setup-fault'
import { createBrowser } from '../support/browser'

function setUp() {
  const frame = createBrowser().frame()
  const { tell } = createSetupFaults(frame.platform)
  return { tell, logged: frame.logged }
}

describe('a fault of the set-up', () => {
  it.each<[string, unknown, RegExp]>([
    [
      'missing CORS',
      new TokenEndpointError('tokenEndpointUnreadable'),
      /^powerup-oauth: tokenEndpointUnreadable: .+CORS/,
    ],
    ['a policy', new TokenEndpointError('blockedByPolicy'), /^powerup-oauth: blockedByPolicy: .+connect-src/],
    [
      'a piece that did not load, with its address',
      new TokenEndpointError('notLoaded', {
        cause: new TypeError('Failed to fetch https://power-up.example/flows.js'),
      }),
      /^powerup-oauth: notLoaded: .+ Failed to fetch https:\/\/power-up\.example\/flows\.js$/,
    ],
    ['a rejected client', new TokenEndpointError('clientRejected'), /clientRejected/],
    [
      'a scope that is refused',
      new AuthorizationError('serverRefused', { serverError: 'invalid_scope' }),
      /^powerup-oauth: serverRefused: .+invalid_scope/,
    ],
    [
      'a wrong argument',
      new AuthorizationError('invalidRequest', {
        cause: new ConfigurationError('invalidScopes', 'scopes must be an array.'),
      }),
      /^powerup-oauth: invalidRequest: .+ scopes must be an array\.$/,
    ],
    [
      'the cause of an exchange that failed',
      new AuthorizationError('exchangeFailed', { cause: new TokenEndpointError('blockedByPolicy') }),
      /^powerup-oauth: blockedByPolicy: /,
    ],
  ])('%s is said in the console, once', (_what, error, line) => {
    const { tell, logged } = setUp()
    tell(error)
    tell(error)
    expect(logged).toEqual([expect.stringMatching(line)])
  })

  it('is said once for each thing that the server refuses', () => {
    const { tell, logged } = setUp()
    for (const serverError of ['invalid_scope', 'invalid_target', 'invalid_scope']) {
      tell(new AuthorizationError('serverRefused', { serverError }))
    }
    expect(logged).toHaveLength(2)
  })

  it('is found once where an error is its own cause', () => {
    const { tell, logged } = setUp()
    const error = new TokenEndpointError('blockedByPolicy')
    error.cause = error
    tell(error)
    expect(logged).toHaveLength(1)
  })

  it.each<[string, unknown]>([
    ['a person closed the window', new AuthorizationError('popupClosed')],
    ['a person said no', new AuthorizationError('accessDenied')],
    ['the network is down', new TokenEndpointError('tokenEndpointUnavailable')],
    ['there is no grant', new NotAuthorizedError()],
    ['a call was aborted', new DOMException('no', 'AbortError')],
    ['something else was thrown', 'no'],
  ])('is not seen where %s', (_what, error) => {
    const { tell, logged } = setUp()
    tell(error)
    expect(logged).toEqual([])
  })
})
