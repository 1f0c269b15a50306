// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'
import type { WindowLike } from '../../../src/base/platform'
import { openPopup, type Popup, responseTo } from '../../../src/sign-in/popup'
import { createBrowser, PAGE_ORIGIN } from '../support/browser'
import { attempt } from '../support/grants'
import { watch } from '../support/outcome'
import { createWindow } from '../support/window'

function setUp() {
  const browser = createBrowser()
  const frame = browser.frame()
  const popup = openPopup(frame.platform, 'https://auth.example/', PAGE_ORIGIN) as Popup
  return { ...browser, frame, popup, window: frame.window() }
}

const ready = { powerUpOAuth: 1, type: 'ready' }

describe('opening the window', () => {
  it('puts one of the size of a consent page in the middle of the screen', () => {
    const { window } = setUp()
    expect(window.urls).toEqual(['https://auth.example/'])
    expect(window.features).toBe('popup,width=600,height=760,left=500,top=120')
  })

  it('keeps it on a small screen', () => {
    const availableScreen = () => ({ left: 1_000, top: 20, width: 360, height: 640 })
    const frame = createBrowser().frame({ availableScreen })
    openPopup(frame.platform, 'about:blank', PAGE_ORIGIN)
    expect(frame.window().features).toBe('popup,width=360,height=640,left=1000,top=20')
  })

  it('says that the browser refused', () => {
    const frame = createBrowser().frame({ openWindow: () => null })
    expect(openPopup(frame.platform, 'about:blank', PAGE_ORIGIN)).toBeUndefined()
  })
})

describe('an object in the place of the window', () => {
  it.each([{}, 'window', { closed: false }, { closed: false, close: 1, focus: 1 }])(
    '%o counts as blocked: it can not be closed',
    (target) => {
      const openWindow = () => target as unknown as WindowLike
      const frame = createBrowser().frame({ openWindow })
      expect(openPopup(frame.platform, 'about:blank', PAGE_ORIGIN)).toBeUndefined()
    },
  )

  it('that does not say whether it is closed counts as closed', async () => {
    const target = { ...createWindow(''), closed: undefined }
    const frame = createBrowser().frame({ openWindow: () => target as unknown as WindowLike })
    expect(openPopup(frame.platform, 'about:blank', PAGE_ORIGIN)?.isClosed()).toBe(true)
  })
})

describe('waiting for a response', () => {
  it('ends with the response, and leaves neither a listener nor a timer', async () => {
    const { frame, popup, window, clock } = setUp()
    const { response } = responseTo(frame.platform, popup, attempt({ state: 's' }), () => true)
    const data = { powerUpOAuth: 1, type: 'response', parameters: 'state=s&code=c' }
    frame.deliver({ source: window, origin: PAGE_ORIGIN, data })
    expect(await response).toBe('state=s&code=c')
    expect([frame.listeners.message, clock.timers()]).toEqual([0, 0])
  })

  it('ends half a minute after the attempt, where none comes', async () => {
    const { frame, popup, clock } = setUp()
    responseTo(frame.platform, popup, attempt(), () => true)
    await clock.advance(629_999)
    expect(frame.listeners.message).toBe(1)
    await clock.advance(1)
    expect([frame.listeners.message, clock.timers()]).toEqual([0, 0])
  })
})

describe('the open window', () => {
  it('is navigated, brought to the front, spoken to and closed', () => {
    const { popup, window } = setUp()
    popup.navigate('https://auth.example/consent')
    popup.focus()
    popup.post({ type: 'received', state: 'state-1' })
    expect(popup.isClosed()).toBe(false)
    popup.close()
    expect(window.url().href).toBe('https://auth.example/consent')
    expect(window.focused).toBe(1)
    expect(popup.isClosed()).toBe(true)
    expect(window.received).toEqual([
      { message: { powerUpOAuth: 1, type: 'received', state: 'state-1' }, targetOrigin: PAGE_ORIGIN },
    ])
  })

  it('may be out of reach behind an opener policy, and nothing breaks', () => {
    const cut = () => {
      throw new DOMException('Blocked a frame', 'SecurityError')
    }
    const window = {
      ...createWindow(''),
      location: { replace: cut },
      focus: cut,
      close: cut,
      postMessage: cut,
    }
    const frame = createBrowser().frame({ openWindow: () => window })
    const popup = openPopup(frame.platform, 'about:blank', PAGE_ORIGIN)
    popup?.navigate('https://auth.example/')
    popup?.focus()
    popup?.close()
    popup?.post({ type: 'received', state: 'state-1' })
    expect(popup?.isClosed()).toBe(false)
  })
})

describe('messages', () => {
  it('are believed with the right source and the right origin alone', () => {
    const { frame, popup, window } = setUp()
    const heard = vi.fn()
    popup.onMessage(heard)
    frame.deliver({ source: window, origin: 'https://evil.example', data: ready })
    frame.deliver({ source: window, origin: 'null', data: ready })
    frame.deliver({ source: createWindow(''), origin: PAGE_ORIGIN, data: ready })
    frame.deliver({ source: null, origin: PAGE_ORIGIN, data: ready })
    frame.deliver({ source: window, origin: PAGE_ORIGIN, data: { type: 'ready' } })
    expect(heard).not.toHaveBeenCalled()
    frame.deliver({ source: window, origin: PAGE_ORIGIN, data: ready })
    expect(heard.mock.calls).toEqual([[{ type: 'ready' }]])
  })

  it('are heard until the listener is taken away', () => {
    const { frame, popup, window } = setUp()
    const heard = vi.fn()
    const stop = popup.onMessage(heard)
    stop()
    frame.deliver({ source: window, origin: PAGE_ORIGIN, data: ready })
    expect(heard).not.toHaveBeenCalled()
    expect(frame.listeners.message).toBe(0)
  })
})

describe('a window that closes', () => {
  it('is noticed, with two seconds left for its last message, and within five in all', async () => {
    const { clock, popup, window } = setUp()
    const outcome = watch(popup.whenClosed(() => false))
    await clock.advance(60_000)
    expect(outcome.status).toBe('pending')
    window.closed = true
    await clock.advance(2_000)
    expect(outcome.status).toBe('pending')
    await clock.advance(3_000)
    expect(outcome.status).toBe('resolved')
  })

  it('is of no interest once the sign-in is over: no timer is left', async () => {
    const { clock, popup } = setUp()
    let isOver = false
    const outcome = watch(popup.whenClosed(() => isOver))
    await clock.advance(1_000)
    isOver = true
    await clock.advance(200)
    expect(outcome.status).toBe('resolved')
    expect(clock.timers()).toBe(0)
  })
})
