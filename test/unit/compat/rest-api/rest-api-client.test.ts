// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { restApiClient } from '../../../../src/compat/rest-api/rest-api-client'
import { restApiErrorClasses } from '../../../../src/compat/rest-api/rest-api-error'
import { PAGE_ORIGIN } from '../../support/browser'
import { options } from '../../support/client'
import { START, settle, until } from '../../support/clock'
import { expiredGrant, HOUR_MS, liveGrant, storedEntry, tokenSet } from '../../support/grants'
import { errorOf, thrownBy, watch } from '../../support/outcome'
import { later, scriptedEndpoint, tokens } from '../../support/token-endpoint'
import { APP_KEY, frameOf, grantKeyOf, restApiSetUp } from '../support/rest-api'
import { oldRestApiError } from '../support/trello-power-up'

const { AuthDeniedError } = restApiErrorClasses

let warned: ReturnType<typeof vi.spyOn>
beforeEach(() => {
  warned = vi.spyOn(console, 'warn').mockReturnValue()
})
afterEach(() => warned.mockRestore())

const authorizedEntry = storedEntry({ record: liveGrant({ scopes: options.scopes }) })

describe('the object of t.getRestApi()', () => {
  it('has the fields of the old client, and no then()', async () => {
    const { restApi } = restApiSetUp({ appAuthor: 'me' })
    expect(restApi).toMatchObject({
      appKey: APP_KEY,
      appName: 'My Power-Up',
      appAuthor: 'me',
      apiOrigin: 'https://api.trello.com',
      authOrigin: 'https://trello.com',
      tokenStorageKey: 'trello_token',
    })
    expect([restApi.apiBase(), restApi.authBase()]).toEqual([
      'https://api.trello.com/1',
      'https://trello.com/1',
    ])
    expect(await restApi).toBe(restApi)
    expect(restApi.init()).toBe(undefined)
    expect(restApi.checkForToken()).toBe(null)
    expect(await restApi.fetchAndStoreToken()).toBe(null)
    expect(await restApi.storeToken('mine')).toBe('mine')
  })

  it('takes the old options for its origins, else the first of apiOrigins', () => {
    const origins = { apiOrigin: 'https://a.example', authOrigin: 'https://b.example' }
    expect(restApiSetUp(origins).restApi.apiBase()).toBe('https://a.example/1')
    const { restApi } = restApiSetUp({
      apiOrigins: ['https://local.example'],
      ...origins,
      apiOrigin: undefined as never,
    })
    expect(restApi.apiBase()).toBe('https://local.example/1')
  })

  it.each([
    [{ clientId: undefined }, 'invalidClientId'],
    [{ redirectUri: 'callback.html' }, 'invalidRedirectUri'],
    [{ scopes: undefined, scope: 'read,write' }, 'invalidScopes'],
  ])('refuses %j at once, as the old client did', (more, code) => {
    expect(thrownBy(() => restApiSetUp(more as never))).toMatchObject({
      name: 'restApi::ApiNotConfiguredError',
      code,
      cause: { name: 'ConfigurationError' },
    })
    expect(thrownBy(() => restApiClient(frameOf(), undefined as never))).toMatchObject({
      name: 'restApi::ApiNotConfiguredError',
    })
  })
})

describe('our client without a t', () => {
  it('rejects, and throws nothing', async () => {
    const trello = { restApiError: oldRestApiError() }
    const { restApi } = restApiSetUp({}, { t: null, trello })
    const calls = [restApi.isAuthorized, restApi.getToken, restApi.authorize, restApi.clearToken]
    for (const call of calls) {
      const error = await errorOf(call())
      expect(error).toMatchObject({ name: 'restApi::AuthNotReadyError' })
      expect(error).toBeInstanceOf(trello.restApiError.AuthNotReadyError)
    }
    expect(() => restApi.client).toThrow(/inside a capability/)
    const contexts = [
      () => null as never,
      () => {
        throw new Error('too late')
      },
    ]
    for (const getContext of contexts) {
      restApi.t = { getContext }
      expect(await errorOf(restApi.getToken())).toMatchObject({ name: 'restApi::AuthNotReadyError' })
    }
  })

  it('is not the same as a t without a context', () => {
    const t = { getContext: () => null as never }
    expect(thrownBy(() => restApiSetUp({}, { t }))).toMatchObject({ name: 'restApi::AuthNotReadyError' })
  })
})

describe('isAuthorized and getToken', () => {
  it('tell of the grant for the t of that moment', async () => {
    const { restApi, storage } = restApiSetUp({}, { t: null })
    storage.values.set(grantKeyOf({ organization: 'w-1', member: 'm' }), authorizedEntry)
    restApi.t = frameOf({ organization: 'w-1', member: 'm' })
    const [mine, token] = [restApi.isAuthorized(), restApi.getToken()]
    restApi.t = frameOf({ organization: 'w-2', member: 'm' })
    const [others, none] = [restApi.isAuthorized(), restApi.getToken()]
    expect([await mine, await token, await others, await none]).toEqual([true, 'access-0', false, undefined])
  })

  it.each([
    ['expired', storedEntry({ record: expiredGrant() })],
    ['missing', undefined],
    ['damaged', { version: 1, record: 7 }],
  ])('do not reject for a grant that is %s', async (_what, entry) => {
    const { restApi, storage, key } = restApiSetUp()
    if (entry) storage.values.set(key, entry)
    expect([await restApi.isAuthorized(), await restApi.getToken()]).toEqual([false, undefined])
  })

  it('do not reject while the token endpoint is down, and the grant stays', async () => {
    const endpoint = scriptedEndpoint({ kind: 'retryable' })
    const { restApi, storage, key, clock } = restApiSetUp({ tokenEndpoint: endpoint })
    const over = tokenSet({ obtainedAt: START - HOUR_MS, expiresAt: START })
    storage.values.set(key, storedEntry({ record: liveGrant({ tokenSet: over }) }))
    const token = watch(restApi.getToken())
    await clock.advance(12_000)
    expect(token).toEqual({ status: 'resolved', value: undefined })
    expect(await restApi.isAuthorized()).toBe(true)
  })

  it('answer the connector in the time that Trello gives', async () => {
    const endpoint = scriptedEndpoint(later<never>().promise)
    const { restApi, storage, key } = restApiSetUp({ tokenEndpoint: endpoint }, { answerWithinMs: 20 })
    const over = tokenSet({ obtainedAt: START - HOUR_MS, expiresAt: START })
    storage.values.set(key, storedEntry({ record: liveGrant({ tokenSet: over }) }))
    expect(await restApi.getToken()).toBe(undefined)
    expect(await restApi.isAuthorized()).toBe(true)
  })
})

describe('authorize', () => {
  it('opens the window in the click, asks for the scopes of the options, and resolves with the token', async () => {
    const endpoint = scriptedEndpoint(tokens(1))
    const { restApi, frame, storage, key } = restApiSetUp({ tokenEndpoint: endpoint })
    const outcome = watch(
      restApi.authorize({ scope: 'read,write', expiration: 'never', name: 'x', returnUrl: 'y' }),
    )
    expect(frame.windows).toHaveLength(1)
    await until(() => frame.window().url().origin === 'https://auth.example')
    const { searchParams } = frame.window().url()
    expect(searchParams.get('scope')).toBe('read:board:trello read:member:trello offline_access')
    respondTo(frame)
    await until(() => outcome.status !== 'pending')
    expect(outcome.value).toBe('access-1')
    expect(storage.values.get(key)).toMatchObject({ record: { status: 'live' } })
  })

  it('resolves at once where there is a grant, and leaves no window open', async () => {
    const { restApi, frame, storage, key } = restApiSetUp()
    storage.values.set(key, authorizedEntry)
    expect(await restApi.authorize()).toBe('access-0')
    expect(frame.windows.filter(({ closed }) => !closed)).toEqual([])
    expect(await restApi.authorize()).toBe('access-0')
    expect(frame.windows.length).toBeLessThan(2)
  })

  it('asks for more after clearToken, and for what the call names', async () => {
    const { restApi, frame, storage, key } = restApiSetUp({ tokenEndpoint: scriptedEndpoint(tokens(1)) })
    storage.values.set(key, authorizedEntry)
    expect(await restApi.isAuthorized()).toBe(true)
    await restApi.clearToken()
    expect(await restApi.isAuthorized()).toBe(false)
    await settle()
    void restApi.authorize({ scopes: ['write:board:trello'] }).catch(() => undefined)
    await until(() => frame.window().url().origin === 'https://auth.example')
    expect(frame.window().url().searchParams.get('scope')).toContain('write:board:trello')
  })

  it('rejects with AuthDeniedError for all three styles of handlers', async () => {
    const trello = { restApiError: oldRestApiError() }
    const { restApi, frame } = restApiSetUp({}, { trello })
    frame.isPopupBlocked = true
    const { AuthDeniedError, AuthNotReadyError } = trello.restApiError
    const wrong = vi.fn()
    const handled = restApi
      .authorize()
      .then(wrong)
      .catch(AuthNotReadyError, wrong)
      .catch(AuthDeniedError, (error) => error)
    const error = await handled
    expect(error).toBeInstanceOf(AuthDeniedError)
    expect(error).toMatchObject({
      name: 'restApi::AuthDeniedError',
      code: 'popupBlocked',
      cause: { name: 'AuthorizationError' },
    })
    expect(wrong).not.toHaveBeenCalled()
    await expect(restApi.authorize()).rejects.toBeInstanceOf(AuthDeniedError)
  })

  it('says each code once in the console, for code that swallows it', async () => {
    const { restApi, frame } = restApiSetUp()
    frame.isPopupBlocked = true
    for (let count = 0; count < 3; count++) await restApi.authorize().catch(() => undefined)
    expect(warned.mock.calls).toEqual([[expect.stringContaining('authorize() ended with popupBlocked')]])
  })

  it('names the code of the cause, too, and no secret', async () => {
    const { restApi, frame } = restApiSetUp({
      tokenEndpoint: scriptedEndpoint({ kind: 'clientRejected', serverError: 'invalid_client' }),
    })
    await restApi.isAuthorized()
    await settle()
    const outcome = watch(restApi.authorize())
    await until(() => frame.windows.length > 0 && frame.window().url().origin === 'https://auth.example')
    respondTo(frame)
    await until(() => outcome.status !== 'pending')
    expect(warned.mock.calls.join()).toContain('exchangeFailed (clientRejected)')
    expect(warned.mock.calls.join()).not.toContain('code-1')
  })

  it('rejects with AuthDeniedError where there is a grant and no token at the moment', async () => {
    const endpoint = scriptedEndpoint({ kind: 'retryable' })
    const { restApi, storage, key, clock } = restApiSetUp({ tokenEndpoint: endpoint })
    const over = tokenSet({ obtainedAt: START - HOUR_MS, expiresAt: START })
    storage.values.set(key, storedEntry({ record: liveGrant({ scopes: options.scopes, tokenSet: over }) }))
    await restApi.isAuthorized()
    const handled = watch(restApi.authorize().catch(AuthDeniedError, (error) => error))
    await clock.advance(12_000)
    expect(handled.value).toMatchObject({
      name: 'restApi::AuthDeniedError',
      code: 'tokenEndpointUnavailable',
      cause: { retryable: true },
    })
    expect(await restApi.isAuthorized()).toBe(true)
  })

  it.each([
    [{ member: 'm' }, 'noWorkspace'],
    [{ organization: 'w', member: 'notLoggedIn' }, 'notLoggedIn'],
  ])('names the reason that blocks it for %j', async (context, code) => {
    const { restApi } = restApiSetUp({}, { t: frameOf(context) })
    expect(await errorOf(restApi.authorize())).toMatchObject({ name: 'restApi::AuthDeniedError', code })
  })

  it('ignores a click event as its argument', () => {
    const { restApi, frame } = restApiSetUp()
    const { authorize } = restApi
    void authorize(new Event('click') as never).catch(() => undefined)
    expect(frame.windows).toHaveLength(1)
  })

  it('takes null as its argument', () => {
    const { restApi, frame } = restApiSetUp()
    void Reflect.apply(restApi.authorize, undefined, [null]).catch(() => undefined)
    expect(frame.windows).toHaveLength(1)
  })
})

function respondTo(frame: ReturnType<typeof restApiSetUp>['frame']): void {
  const state = frame.window().url().searchParams.get('state')
  const data = { powerUpOAuth: 1, type: 'response', parameters: `state=${state}&code=code-1` }
  frame.deliver({ source: frame.window(), origin: PAGE_ORIGIN, data })
}
