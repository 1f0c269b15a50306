import { afterEach, describe, expect, it, vi } from 'vitest'
import type { RestApiClient } from '../../../../src/compat/rest-api/rest-api-client'
import { options } from '../../support/client'
import { liveGrant, storedEntry } from '../../support/grants'
import { type Bluebird, bluebirds } from '../support/bluebird'
import { memoryStorage } from '../support/memory-storage'
import { oldErrors, oldRestApi } from '../support/old-rest-api'
import { APP_KEY, frameOf, grantKeyOf, restApiSetUp } from '../support/rest-api'

type Situation = 'connected' | 'not connected' | 'without a t'
type Members = Pick<
  RestApiClient,
  'authorize' | 'isAuthorized' | 'getToken' | 'clearToken' | 'storeToken'
> & {
  [Name in 'appKey' | 'appName' | 'appAuthor' | 'apiOrigin' | 'authOrigin' | 'tokenStorageKey']: unknown
} & { init(): unknown; apiBase(): unknown; authBase(): unknown } & {
  checkForToken(): unknown
  fetchAndStoreToken(): unknown
}
type Call = (restApi: Members) => unknown

const [[, trellosPromise] = ['', Promise as Bluebird]] = bluebirds

afterEach(() => vi.restoreAllMocks())

/** Each member, with what it gives in each situation. `TOKEN` is the old token, or a fresh access token. */
const table: [string, Call, Record<Situation, unknown>][] = [
  ['appKey', ({ appKey }) => appKey, always({ gives: APP_KEY })],
  ['appName', ({ appName }) => appName, always({ gives: 'My Power-Up' })],
  ['appAuthor', ({ appAuthor }) => appAuthor, always({ gives: 'me' })],
  ['apiOrigin', ({ apiOrigin }) => apiOrigin, always({ gives: 'https://api.trello.com' })],
  ['authOrigin', ({ authOrigin }) => authOrigin, always({ gives: 'https://trello.com' })],
  ['tokenStorageKey', ({ tokenStorageKey }) => tokenStorageKey, always({ gives: 'trello_token' })],
  ['init()', (restApi) => restApi.init(), always({ gives: undefined })],
  ['apiBase()', (restApi) => restApi.apiBase(), always({ gives: 'https://api.trello.com/1' })],
  ['authBase()', (restApi) => restApi.authBase(), always({ gives: 'https://trello.com/1' })],
  ['checkForToken()', (restApi) => restApi.checkForToken(), always({ gives: null })],
  ['fetchAndStoreToken()', (restApi) => restApi.fetchAndStoreToken(), always({ resolves: null })],
  [
    'getToken()',
    (restApi) => restApi.getToken(),
    {
      connected: { resolves: 'TOKEN' },
      'not connected': { resolves: undefined },
      'without a t': { rejects: 'restApi::AuthNotReadyError' },
    },
  ],
  [
    'isAuthorized()',
    (restApi) => restApi.isAuthorized(),
    {
      connected: { resolves: true },
      'not connected': { resolves: false },
      'without a t': { rejects: 'restApi::AuthNotReadyError' },
    },
  ],
  [
    'authorize() that is refused',
    (restApi) => restApi.authorize({ scope: 'read,write', expiration: 'never' }),
    {
      connected: { resolves: 'TOKEN' },
      'not connected': { rejects: 'restApi::AuthDeniedError' },
      'without a t': { rejects: 'restApi::AuthNotReadyError' },
    },
  ],
  [
    'clearToken()',
    (restApi) => restApi.clearToken(),
    {
      connected: { resolves: undefined },
      'not connected': { resolves: undefined },
      'without a t': { rejects: 'restApi::AuthNotReadyError' },
    },
  ],
  [
    'clearToken(), then isAuthorized() and getToken()',
    async (restApi) => {
      await restApi.clearToken()
      return [await restApi.isAuthorized(), await restApi.getToken()]
    },
    {
      connected: { resolves: [false, undefined] },
      'not connected': { resolves: [false, undefined] },
      'without a t': { rejects: 'restApi::AuthNotReadyError' },
    },
  ],
  [
    'getToken() compared with undefined',
    (restApi) => restApi.getToken().then((token) => token !== undefined),
    {
      connected: { resolves: true },
      'not connected': { resolves: false },
      'without a t': { rejects: 'restApi::AuthNotReadyError' },
    },
  ],
  [
    'catch with the class',
    (restApi) => restApi.authorize().catch(oldErrors.AuthDeniedError, () => 'handled'),
    {
      connected: { resolves: 'TOKEN' },
      'not connected': { resolves: 'handled' },
      'without a t': { rejects: 'restApi::AuthNotReadyError' },
    },
  ],
]

/** The members that are not there, or do something else, and why. */
const differences = {
  'clearToken() without a t': 'rejects, where the old client throws',
  'storeToken()': 'gives the token back and keeps nothing: a grant comes from authorize() only',
  'checkForToken() and fetchAndStoreToken() with a token of the return page':
    'there is no return page that leaves one',
  'makeWebCall(), registerMessageHandler(), popupConfig(), showAuthPopup(), checkAndStoreToken()':
    'the inside of the old client',
}

describe.each(table)('%s', (member, call, expected) => {
  it.each(Object.entries(expected))('is the same as of old, %s', async (situation, outcome) => {
    vi.spyOn(console, 'warn').mockReturnValue()
    const isThrown = member.startsWith('clearToken()') && situation === 'without a t'
    const old = isThrown && member === 'clearToken()' ? { throws: 'restApi::AuthNotReadyError' } : outcome
    expect(await outcomeOf(call, oldIn(situation as Situation))).toEqual(old)
    expect(await outcomeOf(call, newIn(situation as Situation))).toEqual(outcome)
  })
})

it('differs from the old client where the list says so, and nowhere else', async () => {
  const [theirs, ours] = [oldIn('not connected'), newIn('not connected')]
  const missing = Object.keys(theirs).filter((name) => !(name in ours))
  expect(missing).toEqual([])
  expect(await ours.storeToken('mine')).toBe('mine')
  expect(await ours.getToken()).toBe(undefined)
  expect(Object.keys(differences)).toHaveLength(4)
})

it.each(bluebirds)("gives promises of %s where Trello's script has them", async (_name, Bluebird) => {
  const ours = newIn('connected', Bluebird)
  const { authorize, isAuthorized, getToken, clearToken, storeToken, fetchAndStoreToken } = ours
  const calls = [isAuthorized, getToken, authorize, () => storeToken('x'), fetchAndStoreToken, clearToken]
  for (const call of calls) {
    const promise = call()
    expect(promise).toBeInstanceOf(Bluebird)
    await promise
  }
})

function always(outcome: unknown): Record<Situation, unknown> {
  return { connected: outcome, 'not connected': outcome, 'without a t': outcome }
}

async function outcomeOf(call: Call, restApi: Members): Promise<object> {
  let result: unknown
  try {
    result = call(restApi)
  } catch (error) {
    return { throws: (error as Error).name }
  }
  if (!isPromise(result)) return { gives: result }
  // At once: a Bluebird that is awaited finds no handler in time, and complains.
  return result.then(
    (value) => ({ resolves: value === 'old-token' || value === 'access-0' ? 'TOKEN' : value }),
    (error) => ({ rejects: (error as Error).name }),
  )
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value
}

function oldIn(situation: Situation): Members {
  const pluginData = new Map<string, unknown>()
  if (situation === 'connected') pluginData.set('member/private/trello_token', 'old-token')
  const frame = {
    ...frameOf(undefined, pluginData),
    set: async (...given: string[]) => void pluginData.set(given.slice(0, 3).join('/'), given[3]),
  }
  return oldRestApi({
    t: situation === 'without a t' ? undefined : frame,
    appKey: APP_KEY,
    appName: 'My Power-Up',
    appAuthor: 'me',
    localStorage: memoryStorage(),
    promises: trellosPromise,
    askInWindow: async () => undefined,
  }) as unknown as Members
}

function newIn(situation: Situation, ofTrello: Bluebird = trellosPromise): Members {
  const { restApi, frame, storage } = restApiSetUp(
    { appAuthor: 'me' },
    {
      trello: { restApiError: oldErrors, Promise: ofTrello },
      ...(situation === 'without a t' && { t: null }),
    },
  )
  frame.isPopupBlocked = situation === 'not connected'
  const key = grantKeyOf({ organization: 'workspace-1', member: 'member-1' })
  if (situation === 'connected')
    storage.values.set(key, storedEntry({ record: liveGrant({ scopes: options.scopes }) }))
  return restApi
}
