// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { GrantEntry } from '../../../src/grant/grant'
import type { TokenAnswer } from '../../../src/token-endpoint/token-endpoint'
import { settle } from '../support/clock'
import { liveGrant } from '../support/grants'
import { watch } from '../support/outcome'
import { readyToSignIn, signingInFrame } from '../support/sign-in'
import { later, tokens } from '../support/token-endpoint'

const more = { scopes: ['write:board:trello'] }

async function signingIn(...parameters: Parameters<typeof readyToSignIn>) {
  const self = await readyToSignIn(...parameters)
  const outcome = watch(self.authorize())
  await settle()
  return { ...self, outcome, window: self.frame.window() }
}

describe('a second call', () => {
  it('that asks for no more brings the window to the front and gets the same result', async () => {
    const { authorize, outcome, frame, window, respond, endpoint } = await signingIn()
    const second = watch(authorize())
    expect([frame.windows.length, window.focused]).toEqual([1, 1])
    respond()
    await settle()
    expect([outcome.status, second.status]).toEqual(['resolved', 'resolved'])
    expect(endpoint.exchanges).toHaveLength(1)
  })

  it('begins anew where the window has gone, and both get the new result', async () => {
    const { authorize, outcome, frame, window, say, respond, partition } = await signingIn()
    window.closed = true
    const second = watch(authorize())
    expect(frame.windows).toHaveLength(2)
    say({ type: 'ready' })
    say({ type: 'kept', responses: [] })
    await partition.clock.advance(4_000)
    expect(outcome.status).toBe('pending')
    respond()
    await settle()
    expect([outcome.status, second.status]).toEqual(['resolved', 'resolved'])
  })

  it('that asks for more supersedes at once, in the same window', async () => {
    const { authorize, outcome, frame, window, respond, endpoint, store } = await signingIn()
    const second = watch(authorize(more))
    await settle()
    expect(outcome.error).toMatchObject({ code: 'superseded' })
    expect([frame.windows.length, window.closed, window.urls.length]).toEqual([1, false, 2])
    endpoint.answers = [tokens(1, { scopes: ['read:board:trello', 'write:board:trello'] })]
    respond()
    await settle()
    expect(second.status).toBe('resolved')
    expect(store.view().record?.scopes).toEqual(['read:board:trello', 'write:board:trello'])
  })

  it('that asks for more in the same click stops the page of the first before it goes elsewhere', async () => {
    const { authorize, frame } = await readyToSignIn()
    void authorize().catch(() => undefined)
    void authorize(more).catch(() => undefined)
    expect([frame.window().urls.length, frame.window().stoppedAt]).toEqual([1, [1]])
    await settle()
    expect([frame.window().urls.length, frame.window().stoppedAt]).toEqual([2, [1]])
  })

  it('that asks for more keeps the window, however late the storage lets the first one go on', async () => {
    const { authorize, signIns, store, partition, endpoint, frame } = await readyToSignIn()
    const scopes = ['read:board:trello', 'read:member:trello']
    const other = signingInFrame(partition, endpoint, { signIns, store, frame, scopes })
    await other.prepare()
    partition.storage.writes = 'hang'
    const first = watch(authorize(more))
    await settle()
    expect(frame.window().urls).toEqual(['about:blank'])
    void other.authorize().catch(() => undefined)
    const url = frame.window().urls.at(-1)
    expect(url).toContain('https://auth.example')
    partition.storage.writes = 'work'
    partition.storage.goOn()
    await partition.clock.advance(100)
    expect(first.error).toMatchObject({ code: 'superseded' })
    expect([frame.windows.length, frame.window().urls.at(-1)]).toEqual([1, url])
  })

  it('that asks for more opens a window where there is none any more', async () => {
    const { authorize, outcome, frame, window } = await signingIn()
    window.closed = true
    void authorize(more).catch(() => undefined)
    await settle()
    expect(outcome.error).toMatchObject({ code: 'superseded' })
    expect(frame.windows).toHaveLength(2)
  })
})

describe('a signal', () => {
  it('closes the window, ends in aborted at once, and a late response does not count', async () => {
    const self = await readyToSignIn()
    const caller = new AbortController()
    const outcome = watch(self.authorize({ signal: caller.signal }))
    await settle()
    caller.abort()
    await settle()
    expect(outcome.error).toMatchObject({ code: 'aborted' })
    expect(self.frame.window().closed).toBe(true)
    expect(self.partition.storage.values.size).toBe(0)
    self.respond()
    await self.partition.clock.advance(20_000)
    expect(self.endpoint.exchanges).toEqual([])
    expect(self.store.view().record).toBeUndefined()
  })

  it('leaves nothing behind, however often it fires', async () => {
    const { authorize, frame, partition } = await readyToSignIn()
    const before = partition.clock.timers()
    for (const scopes of [[], more.scopes, []]) {
      const [caller, wider] = [new AbortController(), new AbortController()]
      void authorize({ signal: caller.signal }).catch(() => undefined)
      await settle()
      void authorize({ signal: wider.signal, scopes }).catch(() => undefined)
      await settle()
      caller.abort()
      wider.abort()
      await partition.clock.advance(5_000)
      expect(frame.window().closed).toBe(true)
    }
    expect([frame.listeners.message, partition.clock.timers()]).toEqual([0, before])
  })

  it('lets one caller go while another waits', async () => {
    const self = await readyToSignIn()
    const caller = new AbortController()
    const [gone, here] = [watch(self.authorize({ signal: caller.signal })), watch(self.authorize())]
    await settle()
    caller.abort()
    await settle()
    expect(gone.error).toMatchObject({ code: 'aborted' })
    expect(self.frame.window().closed).toBe(false)
    self.respond()
    await settle()
    expect(here.status).toBe('resolved')
  })

  it('that fires during the exchange drops its tokens and gives them up', async () => {
    const self = await readyToSignIn()
    const answer = later<TokenAnswer>()
    self.endpoint.answers = [answer.promise]
    const caller = new AbortController()
    const outcome = watch(self.authorize({ signal: caller.signal }))
    await settle()
    self.respond()
    await settle()
    caller.abort()
    await settle()
    answer.resolve(tokens(1))
    await settle()
    expect(outcome.error).toMatchObject({ code: 'aborted' })
    expect(self.store.view().record).toBeUndefined()
    expect(self.revoked).toHaveLength(1)
  })

  it.each<[string, Partial<GrantEntry>]>([
    ['nothing', {}],
    ['the grant of before', { record: liveGrant() }],
  ])('that fires while the grant waits to be stored leaves %s', async (_, before) => {
    const self = await readyToSignIn(before)
    const caller = new AbortController()
    const outcome = watch(self.authorize({ ...more, signal: caller.signal }))
    await settle()
    const answer = later<TokenAnswer>()
    self.endpoint.answers = [answer.promise]
    self.respond()
    await settle()
    self.partition.storage.writes = 'hang'
    answer.resolve(tokens(1))
    await settle()
    caller.abort()
    await settle()
    expect(outcome.error).toMatchObject({ code: 'aborted' })
    self.partition.storage.writes = 'work'
    self.partition.storage.goOn()
    await self.partition.clock.advance(20_000)
    expect(self.store.view().record).toEqual(before.record)
    // A revocation would take the other tokens of that account along.
    expect(self.revoked).toHaveLength(before.record ? 0 : 1)
    expect(self.events.at(-1)).toEqual({ type: 'authorizationEnded', outcome: 'aborted' })
  })
})

describe('a sign-out', () => {
  it('ends the sign-in in aborted, and a late response does not count', async () => {
    const { outcome, signIns, store, respond, partition, endpoint } = await signingIn()
    signIns.callOff()
    await store.remove()
    await settle()
    expect(outcome.error).toMatchObject({ code: 'aborted' })
    respond()
    await partition.clock.advance(20_000)
    expect(endpoint.exchanges).toEqual([])
    expect(store.view().record).toBeUndefined()
  })
})

describe('a window that closed', () => {
  it('ends in popupClosed within five seconds', async () => {
    const { outcome, window, partition, events } = await signingIn()
    await partition.clock.advance(60_000)
    expect(outcome.status).toBe('pending')
    window.closed = true
    await partition.clock.advance(5_000)
    expect(outcome.error).toMatchObject({ code: 'popupClosed' })
    expect(events.at(-1)).toEqual({ type: 'authorizationEnded', outcome: 'popupClosed' })
  })

  it('may have answered just before', async () => {
    const { outcome, window, respond, partition } = await signingIn()
    window.closed = true
    await partition.clock.advance(1_000)
    respond()
    await partition.clock.advance(5_000)
    expect(outcome.status).toBe('resolved')
  })

  it('while its answer is being worked on ends nothing', async () => {
    const { outcome, window, respond, endpoint, partition } = await signingIn()
    const answer = later<TokenAnswer>()
    endpoint.answers = [answer.promise]
    respond()
    window.closed = true
    await partition.clock.advance(8_000)
    expect(outcome.status).toBe('pending')
    answer.resolve(tokens(1))
    await settle()
    expect(outcome.status).toBe('resolved')
  })
})

describe('after ten minutes', () => {
  it('a sign-in has timedOut', async () => {
    const { outcome, partition } = await signingIn()
    await partition.clock.advance(600_000 - 1)
    expect(outcome.status).toBe('pending')
    await partition.clock.advance(1)
    expect(outcome.error).toMatchObject({ code: 'timedOut' })
  })
})

describe('a clock that was set while the person consented', () => {
  it.each([3_600_000, -3_600_000])('by %i ms makes it a sign-in that has timedOut', async (ms) => {
    const { outcome, partition, respond, authorize, frame, store } = await signingIn()
    partition.clock.jump(ms)
    await partition.clock.advance(1_000)
    await store.read()
    await settle()
    respond()
    await settle()
    expect(outcome.error).toMatchObject({ code: 'timedOut' })
    const again = watch(authorize())
    await settle()
    respond()
    await settle()
    expect([again.status, frame.windows.length]).toEqual(['resolved', 2])
  })
})

describe('a late response', () => {
  it('counts after popupClosed', async () => {
    const { outcome, window, respond, partition, store, events } = await signingIn()
    window.closed = true
    await partition.clock.advance(5_000)
    respond()
    await settle()
    expect(outcome.error).toMatchObject({ code: 'popupClosed' })
    expect(store.view().record).toMatchObject({ status: 'live' })
    expect(events.at(-1)).toEqual({ type: 'authorizationEnded', outcome: 'authorized' })
  })

  it('counts after timedOut', async () => {
    const { respond, partition, store } = await signingIn()
    await partition.clock.advance(600_000)
    respond()
    await settle()
    expect(store.view().record).toMatchObject({ status: 'live' })
  })

  it('counts after superseded', async () => {
    const { authorize, say, window, store } = await signingIn()
    const state = window.url().searchParams.get('state')
    void authorize(more).catch(() => undefined)
    await settle()
    say({ type: 'response', parameters: `state=${state}&code=code-1` })
    await settle()
    expect(store.view().record).toMatchObject({ status: 'live', scopes: ['read:board:trello'] })
  })
})
