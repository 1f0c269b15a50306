// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { GrantEntry } from '../../../src/grant/grant'
import { createLocks } from '../../../src/grant/lock'
import { createSignIns } from '../../../src/sign-in/in-progress'
import type { TokenAnswer } from '../../../src/token-endpoint/token-endpoint'
import { PAGE_ORIGIN } from '../support/browser'
import { START, settle } from '../support/clock'
import { liveGrant, storedEntry } from '../support/grants'
import { errorOf, watch } from '../support/outcome'
import { readyToSignIn, signingInFrame } from '../support/sign-in'
import { createPartition } from '../support/store'
import { later, scriptedEndpoint, tokens } from '../support/token-endpoint'
import { createWindow } from '../support/window'

const more = { scopes: ['write:board:trello'] }

describe('a click', () => {
  it('opens the final URL at once where the request is prepared', async () => {
    const { authorize, frame } = await readyToSignIn()
    void authorize()
    expect(frame.windows.map(({ urls }) => urls)).toEqual([
      [expect.stringMatching(/^https:\/\/auth\.example\/authorize\?state=state-of-id-\d+$/)],
    ])
  })

  it('opens a blank window at once where it is not, and navigates it', async () => {
    const { authorize, frame } = signingInFrame(createPartition(), scriptedEndpoint(tokens(1)))
    void authorize()
    expect(frame.windows.map(({ urls }) => urls)).toEqual([['about:blank']])
    await settle()
    expect(frame.window().url().origin).toBe('https://auth.example')
  })

  it('opens a blank window for scopes that were not prepared', async () => {
    const { authorize, frame } = await readyToSignIn()
    void authorize(more)
    expect(frame.window().urls).toEqual(['about:blank'])
  })

  it('opens none where the grant holds all of it already', async () => {
    const { authorize, frame } = await readyToSignIn({ record: liveGrant() })
    await authorize()
    expect(frame.windows).toEqual([])
  })

  it('closes its window where the grant turns out to hold all of it', async () => {
    const partition = createPartition()
    partition.plant(storedEntry({ record: liveGrant() }))
    const { authorize, frame, events } = signingInFrame(partition, scriptedEndpoint())
    await authorize()
    expect(frame.windows.map(({ closed }) => closed)).toEqual([true])
    expect(events.at(-1)).toEqual({ type: 'authorizationEnded', outcome: 'authorized' })
  })

  it('that throws, on a server or by a blocker, is popupBlocked, and the next click is free', async () => {
    const { authorize, frame, signIns } = await readyToSignIn()
    const { openWindow } = frame.platform
    frame.platform.openWindow = () => {
      throw new Error('a blocker')
    }
    expect(await errorOf(authorize())).toMatchObject({ code: 'popupBlocked' })
    expect(signIns.current()).toBeUndefined()
    frame.platform.openWindow = openWindow
    void authorize()
    expect(frame.windows).toHaveLength(1)
  })

  it('that opens nothing is popupBlocked', async () => {
    const { authorize, frame, events, signIns } = await readyToSignIn()
    frame.isPopupBlocked = true
    expect(await errorOf(authorize())).toMatchObject({ code: 'popupBlocked' })
    expect(events).toEqual([{ type: 'authorizationEnded', outcome: 'popupBlocked' }])
    expect(signIns.current()).toBeUndefined()
  })
})

describe('a listener that presses the button as it hears of the sign-in', () => {
  it('joins it, and its window is begun once', async () => {
    const joined: Promise<void>[] = []
    const partition = createPartition()
    const { platform } = partition.frame()
    const signIns = createSignIns(platform, createLocks(platform), () => {
      if (signIns.current() && joined.length === 0) joined.push(self.authorize())
    })
    const self = signingInFrame(partition, scriptedEndpoint(tokens(1)), { signIns })
    await self.store.read()
    await self.prepare()
    joined.push(self.authorize())
    await settle()
    self.respond()
    await Promise.all(joined)
    expect(self.frame.windows.map(({ urls }) => urls.length)).toEqual([1])
    expect(self.events.map(({ type }) => type)).toEqual(['authorizationStarted', 'authorizationEnded'])
  })
})

describe('a window that the click opened before the flow was loaded', () => {
  it('goes on to the prepared request, and no other is opened', async () => {
    const { authorize, frame } = await readyToSignIn()
    const window = createWindow('about:blank')
    void authorize({}, window)
    expect(window.url().origin).toBe('https://auth.example')
    expect([frame.windows.length, window.closed]).toEqual([0, false])
  })

  it('is closed where nothing is to be asked for, or another window is open for it', async () => {
    const granted = await readyToSignIn({ record: liveGrant() })
    const unused = createWindow('about:blank')
    await granted.authorize({}, unused)
    expect(unused.closed).toBe(true)
    const { authorize, frame } = await readyToSignIn()
    void authorize()
    const second = createWindow('about:blank')
    void authorize({}, second)
    expect([second.closed, frame.window().closed, frame.window().focused]).toEqual([true, false, 1])
  })

  it('takes the place of one that is gone', async () => {
    const { authorize, frame } = await readyToSignIn()
    void authorize().catch(() => undefined)
    frame.window().close()
    const second = createWindow('about:blank')
    void authorize({}, second).catch(() => undefined)
    expect([second.closed, frame.windows.length]).toEqual([false, 1])
  })
})

describe('a sign-in', () => {
  it('stores the grant and its window is closed', async () => {
    const { authorize, frame, respond, partition, endpoint, events } = await readyToSignIn()
    const outcome = watch(authorize())
    await settle()
    const state = frame.window().url().searchParams.get('state')
    await partition.clock.advance(30_000)
    respond()
    await settle()
    expect(outcome.status).toBe('resolved')
    expect(frame.window().closed).toBe(true)
    expect(endpoint.exchanges).toMatchObject([{ clientId: 'client-1', code: 'code-1' }])
    expect(endpoint.exchanges[0]?.codeVerifier).toBe(state?.replace('state', 'verifier'))
    expect(partition.stored()).toMatchObject({
      attempts: [],
      record: { status: 'live', workspace: 'workspace-1', tokenSet: { accessToken: 'access-1' } },
    })
    expect(events.at(-1)).toEqual({ type: 'authorizationEnded', outcome: 'authorized' })
    await partition.clock.advance(10 * 60_000)
    expect([partition.clock.timers(), frame.listeners.message]).toEqual([0, 0])
  })

  it('acknowledges its response before anything is awaited', async () => {
    const { authorize, frame, respond } = await readyToSignIn()
    void authorize()
    await settle()
    respond()
    const state = frame.window().url().searchParams.get('state')
    expect(frame.window().received).toEqual([
      { message: { powerUpOAuth: 1, type: 'received', state }, targetOrigin: PAGE_ORIGIN },
    ])
  })

  it('keeps its attempt in the storage meanwhile, opened', async () => {
    const { authorize, partition } = await readyToSignIn()
    void authorize()
    await settle()
    const { attempts } = partition.stored() as GrantEntry
    expect(attempts.map(({ openedAt }) => openedAt)).toEqual([START])
  })

  it('takes no notice of a foreign state, origin or window', async () => {
    const { authorize, say, frame, endpoint } = await readyToSignIn()
    const outcome = watch(authorize())
    await settle()
    const parameters = `state=${frame.window().url().searchParams.get('state')}&code=stolen`
    say({ type: 'response', parameters: 'state=foreign&code=c' })
    say({ type: 'response', parameters: 'code=c' })
    say({ type: 'response', parameters }, createWindow(''))
    const data = { powerUpOAuth: 1, type: 'response', parameters }
    frame.deliver({ source: frame.window(), origin: 'https://evil.example', data })
    await settle()
    expect(outcome.status).toBe('pending')
    expect(frame.window().received).toEqual([])
    expect(endpoint.exchanges).toEqual([])
  })

  it.each([
    ['error=access_denied', 'accessDenied'],
    ['error=invalid_scope', 'serverRefused'],
    ['code=c&iss=https://evil.example', 'invalidResponse'],
    ['nothing=useful', 'invalidResponse'],
  ])('that is answered with %s ends in %s; the old grant stays', async (parameters, code) => {
    const record = liveGrant()
    const { authorize, respond, partition, endpoint, frame, events } = await readyToSignIn({ record })
    const outcome = watch(authorize(more))
    await settle()
    respond(parameters)
    await settle()
    expect(outcome.error).toMatchObject({ name: 'AuthorizationError', code })
    expect(partition.stored()).toMatchObject({ attempts: expect.any(Array), record })
    expect(endpoint.exchanges).toEqual([])
    expect(frame.window().closed).toBe(true)
    expect(events.at(-1)).toEqual({ type: 'authorizationEnded', outcome: code })
  })

  it('of another account ends in accountMismatch: its tokens are given up, the old grant stays', async () => {
    const record = liveGrant()
    const other = { kind: 'account', id: 'member-2' } as const
    const whose = { member: 'member-1', readAccount: async () => other }
    const { authorize, respond, partition, revoked } = await readyToSignIn({ record }, whose)
    const outcome = watch(authorize(more))
    await settle()
    respond()
    await settle()
    expect(outcome.error).toMatchObject({ code: 'accountMismatch' })
    expect(partition.stored()).toMatchObject({ record })
    expect(revoked.map(({ tokenSet }) => tokenSet.accessToken)).toEqual(['access-1'])
  })

  it('can be had again after it failed', async () => {
    const { authorize, respond, endpoint, prepare } = await readyToSignIn()
    endpoint.answers = [{ kind: 'retryable', status: 503 }, tokens(2)]
    const first = watch(authorize())
    await settle()
    respond()
    await settle()
    expect(first.error).toMatchObject({ code: 'exchangeFailed', retryable: true })
    await prepare()
    const second = watch(authorize())
    await settle()
    respond('code=code-2')
    await settle()
    expect(second.status).toBe('resolved')
  })

  it('whose exchange hangs is let go after 12 s, and its late success counts', async () => {
    const { authorize, respond, endpoint, partition, store } = await readyToSignIn()
    const answer = later<TokenAnswer>()
    endpoint.answers = [answer.promise]
    const outcome = watch(authorize())
    await settle()
    respond()
    await partition.clock.advance(12_000)
    expect(outcome.error).toMatchObject({ code: 'exchangeFailed', retryable: true })
    answer.resolve(tokens(1))
    await settle()
    expect(store.view().record).toMatchObject({ tokenSet: { accessToken: 'access-1' } })
  })
})

describe('a storage that fails', () => {
  it('ends no sign-in: the grant lives in memory', async () => {
    const { authorize, respond, partition, store } = await readyToSignIn()
    partition.storage.writes = 'fail'
    const outcome = watch(authorize())
    await settle()
    respond()
    await settle()
    expect(outcome.status).toBe('resolved')
    expect(store.view()).toMatchObject({ persistent: false, record: { status: 'live' } })
  })
})
