// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { collectingUrl, collectResponses } from '../../../src/sign-in/collect'
import { openPopup, type Popup } from '../../../src/sign-in/popup'
import { createBrowser, PAGE_ORIGIN } from '../support/browser'
import { settle } from '../support/clock'
import { watch } from '../support/outcome'

function setUp() {
  const browser = createBrowser()
  const frame = browser.frame()
  const popup = openPopup(frame.platform, 'about:blank', PAGE_ORIGIN) as Popup
  const window = frame.window()
  const say = (message: object) =>
    frame.deliver({ source: window, origin: PAGE_ORIGIN, data: { powerUpOAuth: 1, ...message } })
  const outcome = watch(collectResponses(frame.platform, popup, ['state-1', 'state-2']))
  return { ...browser, frame, window, say, outcome }
}

describe('collectingUrl', () => {
  it('is the redirect URI with a fragment, which no server sees', () => {
    expect(collectingUrl('https://power-up.example/cb?x=1')).toBe(
      'https://power-up.example/cb?x=1#powerup-oauth-collect',
    )
  })
})

describe('collecting', () => {
  it('names its states to a page that is ready, and takes what was kept for them', async () => {
    const { say, window, outcome, frame, clock } = setUp()
    expect(window.received).toEqual([])
    say({ type: 'ready' })
    expect(window.received).toEqual([
      {
        message: { powerUpOAuth: 1, type: 'collect', states: ['state-1', 'state-2'] },
        targetOrigin: PAGE_ORIGIN,
      },
    ])
    say({ type: 'kept', responses: ['state=state-2&code=a'] })
    await settle()
    expect(outcome).toEqual({ status: 'resolved', value: ['state=state-2&code=a'] })
    expect(window.received.slice(1).map(({ message }) => message)).toEqual([
      { powerUpOAuth: 1, type: 'received', state: 'state-2' },
    ])
    expect([frame.listeners.message, clock.timers()]).toEqual([0, 0])
  })

  it('neither takes nor acknowledges a response with a foreign state, or with none', async () => {
    const { say, window, outcome } = setUp()
    say({ type: 'kept', responses: ['state=foreign&code=a', 'code=b'] })
    await settle()
    expect(outcome).toEqual({ status: 'resolved', value: [] })
    expect(window.received).toEqual([])
  })

  it('ends without an answer where the page gives none within five seconds, and a late answer is not heard', async () => {
    const { say, window, outcome, clock } = setUp()
    await clock.advance(4_999)
    expect(outcome.status).toBe('pending')
    await clock.advance(1)
    expect(outcome).toEqual({ status: 'resolved', value: undefined })
    say({ type: 'ready' })
    expect(window.received).toEqual([])
  })
})
