// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'
import { AuthorizationError } from '../../../src/base/errors'
import { createLocks } from '../../../src/grant/lock'
import { createSignIns } from '../../../src/sign-in/in-progress'
import { type Popup, popupOf } from '../../../src/sign-in/popup'
import { createBrowser, PAGE_ORIGIN } from '../support/browser'
import { settle } from '../support/clock'
import { watch } from '../support/outcome'
import { createWindow } from '../support/window'

function setUp() {
  const { clock, locks, frame } = createBrowser()
  const tell = vi.fn()
  const { platform } = frame()
  const signIns = createSignIns(platform, createLocks(platform), tell)
  const onEnd = vi.fn()
  return {
    clock,
    locks,
    tell,
    signIns,
    onEnd,
    begin: (scopes = ['a']) => signIns.begin({ scopes, needed: scopes }, (error) => onEnd(error)),
  }
}

describe('a sign-in', () => {
  it('is the current one until it ends, once', async () => {
    const { signIns, begin, onEnd, clock } = setUp()
    const signIn = begin()
    expect(signIns.current()).toBe(signIn)
    expect(signIn.isOver).toBe(false)
    const follower = watch(signIns.follow(signIn, undefined))
    signIn.end()
    signIn.end(new AuthorizationError('timedOut'))
    await settle()
    expect(follower.status).toBe('resolved')
    expect([signIn.isOver, signIns.current()]).toEqual([true, undefined])
    expect(onEnd.mock.calls).toEqual([[undefined]])
    expect(clock.timers()).toBe(0)
  })

  it('keeps the end of a wait whose response is collected', () => {
    const signIn = setUp().begin()
    const stop = () => undefined
    signIn.expect('state-1', stop)
    signIn.expect('state-1')
    expect(signIn.states.get('state-1')).toBe(stop)
  })

  it('gives its failure to all who follow it', async () => {
    const { signIns, begin, onEnd } = setUp()
    const signIn = begin()
    const followers = [watch(signIns.follow(signIn, undefined)), watch(signIns.follow(signIn, undefined))]
    const failure = new AuthorizationError('accessDenied')
    signIn.end(failure)
    await settle()
    expect(followers).toEqual(Array(2).fill({ status: 'rejected', error: failure }))
    expect(onEnd.mock.calls).toEqual([[failure]])
  })

  it('that nobody follows may fail without an unhandled rejection', async () => {
    const { begin } = setUp()
    begin().end(new AuthorizationError('popupBlocked'))
    await settle()
  })

  it('ends after ten minutes', async () => {
    const { clock, begin, onEnd } = setUp()
    const signIn = begin()
    await clock.advance(599_999)
    expect(signIn.isOver).toBe(false)
    await clock.advance(1)
    expect(onEnd.mock.calls).toEqual([[expect.objectContaining({ code: 'timedOut' })]])
  })

  it('that is over already tells whoever follows it how it ended', async () => {
    const { signIns, begin } = setUp()
    const signIn = begin()
    signIn.end(new AuthorizationError('superseded'))
    const follower = watch(signIns.follow(signIn, undefined))
    await settle()
    expect(follower.error).toMatchObject({ code: 'superseded' })
  })

  it('supersedes the current one at once, and takes over its states', async () => {
    const { signIns, begin, onEnd } = setUp()
    const first = begin()
    first.expect('state-1', () => undefined)
    const follower = watch(signIns.follow(first, undefined))
    const second = begin(['b'])
    await settle()
    expect(follower.error).toMatchObject({ code: 'superseded' })
    expect(onEnd.mock.calls).toEqual([[expect.objectContaining({ code: 'superseded' })]])
    expect(signIns.current()).toBe(second)
    expect([...second.states.keys()]).toEqual(['state-1'])
  })

  it('takes over the window of the one that it supersedes, unless that is closed', () => {
    const { signIns, begin } = setUp()
    const [open, closed] = [popup(false), popup(true)]
    begin().show(open)
    expect(begin().popup).toBe(open)
    signIns.current()?.show(closed)
    expect(begin().popup).toBeUndefined()
  })
})

describe('a sign-in that is given up', () => {
  it.each(['popupClosed', 'timedOut'] as const)('as %s names a callback page that was silent', (code) => {
    const { begin, onEnd } = setUp()
    const signIn = begin()
    signIn.unheard()
    signIn.giveUp(code)
    const [error] = onEnd.mock.lastCall ?? []
    expect(error).toMatchObject({ code, cause: { code: 'notLoaded' } })
    expect(error.cause.cause.message).toContain('redirectUri')
  })

  it('has no cause where the page was heard, or not asked', () => {
    const { begin, onEnd } = setUp()
    begin().giveUp('popupClosed')
    const [error] = onEnd.mock.lastCall ?? []
    expect(error.code).toBe('popupClosed')
    expect(error.cause).toBeUndefined()
  })

  it('gives its lock back, and holds one until then', async () => {
    const { begin, locks } = setUp()
    const signIn = begin()
    expect(locks.heldNames()).toEqual([await signIn.owner()])
    signIn.giveUp('timedOut')
    await settle()
    expect(locks.heldNames()).toEqual([])
  })
})

describe('followers', () => {
  it('go one by one; the sign-in is called off with the last', async () => {
    const { signIns, begin, onEnd } = setUp()
    const signIn = begin()
    const [one, two] = [new AbortController(), new AbortController()]
    const followers = [watch(signIns.follow(signIn, one.signal)), watch(signIns.follow(signIn, two.signal))]
    one.abort()
    await settle()
    expect(followers.map(({ status }) => status)).toEqual(['rejected', 'pending'])
    expect(signIn.isOver).toBe(false)
    two.abort()
    await settle()
    expect(followers[1]?.error).toMatchObject({ code: 'aborted' })
    expect(onEnd.mock.calls).toEqual([[expect.objectContaining({ code: 'aborted' })]])
  })
})

describe('the sign-ins of a page', () => {
  it('name the states whose windows are waited for', () => {
    const { signIns, begin } = setUp()
    const one = begin()
    one.expect('state-1', () => undefined)
    expect(signIns.inProgress()).toEqual(new Set(['state-1']))
    one.end()
    expect(signIns.inProgress()).toEqual(new Set())
  })

  it('are called off for a sign-out', async () => {
    const { signIns, begin, onEnd } = setUp()
    begin()
    signIns.callOff()
    signIns.callOff()
    expect(onEnd.mock.calls).toEqual([[expect.objectContaining({ code: 'aborted' })]])
  })

  it('are told of when one begins and when it ends', () => {
    const { begin, tell } = setUp()
    const signIn = begin()
    expect(tell).toHaveBeenCalledTimes(1)
    signIn.end()
    expect(tell).toHaveBeenCalledTimes(2)
  })
})

function popup(isClosed: boolean): Popup {
  const { platform } = createBrowser().frame()
  return popupOf(platform, { ...createWindow('about:blank'), closed: isClosed }, PAGE_ORIGIN)
}
