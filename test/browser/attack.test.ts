import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { KEPT_RESPONSES_MAX } from '../../src/base/durations'
import type { Frame, Tab } from './support/driver'
import { inEachEngine } from './support/engines'
import { hostileMessages } from './support/hostile-messages'
import { openScene, type Scene } from './support/scene'
import { atConsent, seesClosed, showsEnding, silentCallback } from './support/sign-in-scenario'
import { answerConsent, openStage, outcomeOf, type Stage } from './support/stage'
import { readEntry } from './support/stored-grant'
import { until } from './support/until'

const BATCH = 1_000

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.close())

inEachEngine('an attack', (_engine, browser) => {
  let board: Tab
  let scene: Scene

  beforeAll(async () => {
    board = await browser().openTab(stage.trello.boardUrl())
  })
  beforeEach(() => {
    stage.trello.switches.reset()
    stage.trello.log.clear()
    return async () => scene.end()
  })

  async function open(setup?: Parameters<typeof openScene>[2]): Promise<Scene> {
    scene = await openScene(stage, browser(), setup, board)
    await scene.frame.evaluate(watchForTrouble)
    return scene
  }

  it('messages of a hostile frame on the board change nothing', async () => {
    const { frame, press } = await open()
    const window = await press()
    await atConsent(window)
    const state = await stateOf(frame)
    const hostile = await addHostileFrame(board, stage.trello.origins.attacker)
    await flood(0, hostile, 'siblings', frame, state)
    await expectUntouched(frame, [state])
    await answerConsent(window)
    expect(await outcomeOf(frame, 0)).toBe('authorized')
  })

  it('messages of another window of the right origin change nothing', async () => {
    const { frame, press } = await open()
    const window = await press()
    await atConsent(window)
    const state = await stateOf(frame)
    const other = await addHostileFrame(
      board,
      `${stage.trello.origins.powerUp}/fixtures/silent-callback.html`,
    )
    await flood(1, other, 'siblings', frame, state)
    await expectUntouched(frame, [state])
    await answerConsent(window)
    expect(await outcomeOf(frame, 0)).toBe('authorized')
  })

  it('messages of the sign-in window, gone to another site, change nothing', async () => {
    const { frame, press } = await open()
    const window = await press()
    await atConsent(window)
    // Asked of the page: the driver of Firefox may still know the address before.
    const consentPage = await window.evaluate<string>('location.href')
    await goTo(window, stage.trello.origins.attacker)
    const state = await stateOf(frame)
    await flood(2, window, 'opener', frame, state)
    await expectUntouched(frame, [state])
    await goTo(window, consentPage)
    await answerConsent(window)
    expect(await outcomeOf(frame, 0)).toBe('authorized')
  })

  it('messages of the callback page itself, with a guessed state, change nothing', async () => {
    const { frame, press } = await open({ ...silentCallback() })
    const { window, parameters } = await consent(await press())
    const state = await stateOf(frame)
    await flood(3, window, 'opener', frame, `${state}x`)
    await expectUntouched(frame, [state])
    await window.evaluate(respond, parameters)
    expect(await outcomeOf(frame, 0)).toBe('authorized')
  })

  it('a replayed response is as if it had not come', async () => {
    const { frame, press } = await open(silentCallback())
    const { window, parameters } = await consent(await press())
    const message = { powerUpOAuth: 1, type: 'response', parameters }
    await postToOpener(window, [message, message, message], frame)
    expect(await outcomeOf(frame, 0)).toBe('authorized')
    expect(stage.trello.log.tokenRequests).toHaveLength(1)
    const before = await readEntry(frame)
    const hostile = await addHostileFrame(board, stage.trello.origins.attacker)
    await postToSiblings(hostile, [message], frame)
    expect(await readEntry(frame)).toEqual(before)
    expect(stage.trello.log.tokenRequests).toHaveLength(1)
    await expectNoTrouble(frame)
  })

  it('the code of another sign-in under our state fails at the verifier', async () => {
    const { frame, press } = await open(silentCallback())
    const theirs = await codeOfSomebodyElse()
    const { window, parameters } = await consent(await press())
    const forged = new URLSearchParams(parameters)
    forged.set('code', theirs)
    await window.evaluate(respond, forged.toString())
    expect(await outcomeOf(frame, 0)).toBe('exchangeFailed')
    expect(stage.trello.log.tokenRequests).toMatchObject([{ outcome: 'invalid_grant' }])
    expect(await frame.evaluate('client.readState()')).toEqual({ status: 'notAuthorized', persistent: true })
    await expectNoTrouble(frame)
  })

  it('a mixed-up issuer gets no code sent anywhere', async () => {
    stage.trello.switches.set({ iss: 'wrong' })
    const { frame, press } = await open()
    await answerConsent(await press())
    expect(await outcomeOf(frame, 0)).toBe('invalidResponse')
    expect(stage.trello.log.tokenRequests).toEqual([])
    await expectNoTrouble(frame)
  })

  it('planted callback URLs neither replace nor push out a kept response', async () => {
    stage.trello.switches.set({ authOpenerPolicy: 'same-origin' })
    const { frame, press, pressOnly } = await open()
    const window = await press()
    await atConsent(window)
    const state = await stateOf(frame)
    await answerConsent(window)
    await showsEnding(window, 'kept')
    await window.close()
    await seesClosed(frame)
    const thief = await browser().openTab(stage.trello.origins.attacker)
    const opened = await openFrom(thief, `${callbackUrl()}?code=stolen&state=${state}`)
    await showsEnding(opened, 'kept')
    const visited = await browser().openTab(callbackUrl())
    for (let nth = 0; nth < KEPT_RESPONSES_MAX + 1; nth++) {
      await visited.goto(`${callbackUrl()}?code=stolen&state=planted-${nth}`)
      await showsEnding(visited, 'kept')
    }
    await visited.close()
    await opened.close()
    expect(await thief.evaluate('received')).toEqual([])
    await thief.close()
    await pressOnly()
    expect(await outcomeOf(frame, 1)).toBe('authorized')
    const left = await forgetKept()
    expect(left).toHaveLength(KEPT_RESPONSES_MAX - 1)
    expect(left.filter((key) => !key.includes('planted-'))).toEqual([])
    await expectNoTrouble(frame)
  })

  it('a stranger who opens the collecting mode gets nothing and takes nothing away', async () => {
    stage.trello.switches.set({ authOpenerPolicy: 'same-origin' })
    const { frame, press, pressOnly } = await open()
    const window = await press()
    await atConsent(window)
    const state = await stateOf(frame)
    await answerConsent(window)
    await showsEnding(window, 'kept')
    await window.close()
    await seesClosed(frame)
    const hostile = await addHostileFrame(board, stage.trello.origins.attacker)
    const stranger = await browser().openTab(stage.trello.origins.attacker)
    for (const thief of [hostile, stranger]) {
      const collecting = await openFrom(thief, `${callbackUrl()}#powerup-oauth-collect`)
      await showsEnding(collecting, 'collecting')
      const asked = { powerUpOAuth: 1, states: [state], state }
      const messages = [
        { ...asked, type: 'collect' },
        { ...asked, type: 'received' },
      ]
      await post(thief, '[opened]', messages, collecting)
      expect(await thief.evaluate('received')).toEqual([])
      await collecting.close()
    }
    await stranger.close()
    await pressOnly()
    expect(await outcomeOf(frame, 1)).toBe('authorized')
    await expectNoTrouble(frame)
  })

  it('a framed callback page does nothing', async () => {
    stage.trello.switches.set({ callbackHeaders: 'none' })
    await open()
    const hostile = await addHostileFrame(board, stage.trello.origins.attacker)
    for (const address of [
      '?code=stolen&state=planted',
      '?error=access_denied&state=planted',
      '#powerup-oauth-collect',
    ]) {
      await hostile.evaluate((url: string) => {
        const frame = document.createElement('iframe')
        Object.assign(frame, { id: 'framed', src: url })
        document.querySelector('#framed')?.remove()
        document.body.append(frame)
      }, callbackUrl() + address)
      const framed = hostile.frame('#framed')
      await framed.waitFor('document.readyState === "complete" && document.querySelector("[data-ending]")')
      expect(await framed.evaluate('location.search + location.hash')).toBe(address)
      expect(await framed.evaluate('document.querySelectorAll("[data-ending]:not([hidden])").length')).toBe(0)
      expect(await framed.evaluate('Object.keys(localStorage)')).toEqual([])
    }
    expect(await hostile.evaluate('received')).toEqual([])
  })

  function callbackUrl(): string {
    return `${stage.trello.origins.powerUp}/callback.html`
  }

  /** The person consents, and the window stands at the callback page with its URL as the server made it. */
  async function consent(window: Tab): Promise<{ window: Tab; parameters: string }> {
    await answerConsent(window)
    await window.waitFor('location.pathname === "/fixtures/silent-callback.html"')
    return { window, parameters: await window.evaluate<string>('location.search.slice(1)') }
  }

  /** A code that the same client got for the same redirect URI, with a verifier of its own. */
  async function codeOfSomebodyElse(): Promise<string> {
    const { frame, press } = await openScene(stage, browser(), silentCallback(), board)
    const { window, parameters } = await consent(await press('#connect', frame))
    await window.close()
    return new URLSearchParams(parameters).get('code') ?? ''
  }

  async function openFrom(thief: Frame, url: string): Promise<Tab> {
    await thief.evaluate((target: string) => void Object.assign(window, { target }), url)
    return browser().popupOf(() => thief.click('#open'))
  }

  /** What the callback page still keeps, and keeps no more after this. */
  async function forgetKept(): Promise<readonly string[]> {
    const tab = await browser().openTab(callbackUrl())
    const kept = await tab.evaluate<string[]>('Object.keys(localStorage)')
    await tab.evaluate('localStorage.clear()')
    await tab.close()
    return kept
  }

  async function flood(
    place: number,
    sender: Frame,
    to: 'siblings' | 'opener',
    frame: Frame,
    state: string,
  ): Promise<void> {
    const messages = hostileMessages(place, state)
    const post = to === 'opener' ? postToOpener : postToSiblings
    while (messages.length > 0) await post(sender, messages.splice(0, BATCH), frame)
  }

  /** The sign-in goes on as if nothing had come. */
  async function expectUntouched(frame: Frame, states: readonly string[]): Promise<void> {
    expect(await frame.evaluate('outcomes.map(({ result }) => result)')).toEqual(['pending'])
    const waiting = { status: 'notAuthorized', persistent: true, signIn: 'here' }
    expect(await frame.evaluate('client.state')).toEqual(waiting)
    const opened = (await readEntry(frame))?.attempts.filter(({ openedAt }) => openedAt !== undefined)
    expect(opened?.map(({ state }) => state)).toEqual(states)
    expect(stage.trello.log.tokenRequests).toEqual([])
    await expectNoTrouble(frame)
  }
})

async function expectNoTrouble(frame: Frame): Promise<void> {
  expect(await frame.evaluate('trouble')).toEqual([])
}

/** The state of the sign-in that the frame has on its way. */
async function stateOf(frame: Frame): Promise<string> {
  return until('the attempt is stored', async () => {
    const attempts = (await readEntry(frame))?.attempts
    return attempts?.find(({ openedAt }) => openedAt !== undefined)?.state
  })
}

/** The window goes there by itself, so that it keeps its opener. */
async function goTo(window: Tab, url: string): Promise<void> {
  await window.evaluate((target: string) => void setTimeout(() => location.assign(target), 50), url)
  await window.waitFor(
    (target: string) => location.href.startsWith(target) && document.readyState === 'complete',
    {
      args: [url] as const,
    },
  )
}

async function addHostileFrame(board: Tab, url: string): Promise<Frame> {
  await board.evaluate((src: string) => {
    const frame = document.createElement('iframe')
    Object.assign(frame, { id: 'frame-hostile', src })
    const first = document.querySelector('iframe[id^="frame-"]')
    frame.setAttribute('sandbox', first?.getAttribute('sandbox') ?? '')
    frame.style.cssText = 'position:fixed;z-index:9999;right:0;top:0;width:320px;height:120px;background:#fff'
    document.body.append(frame)
  }, url)
  const frame = board.frame('#frame-hostile')
  await frame.waitFor('document.readyState === "complete" && location.href !== "about:blank"')
  return frame
}

async function postToSiblings(sender: Frame, messages: unknown[], frame: Frame): Promise<void> {
  await post(sender, 'Array.from({ length: parent.length }, (_, nth) => parent[nth])', messages, frame)
}

async function postToOpener(sender: Frame, messages: unknown[], frame: Frame): Promise<void> {
  await post(sender, '[opener]', messages, frame)
}

/** Posts, and waits until the receiver has had the last of it. */
async function post(sender: Frame, targets: string, messages: unknown[], frame: Frame): Promise<void> {
  await frame.evaluate(watchForTrouble)
  const before = await frame.evaluate<number>('lastMessages')
  const all = JSON.stringify([...messages, 'the last message'])
  await sender.evaluate(
    `void setTimeout(() => { for (const data of ${all}) for (const target of ${targets}) target.postMessage(data, '*') })`,
  )
  await frame.waitFor(
    (count: number) => (window as unknown as { lastMessages: number }).lastMessages > count,
    {
      args: [before] as const,
    },
  )
}

// What follows runs in the page.

/** Posts a response once the driver has its answer: the window may close at once, and WebKit's driver then has none to give. */
function respond(parameters: string): void {
  setTimeout(() => window.opener.postMessage({ powerUpOAuth: 1, type: 'response', parameters }, origin))
}

/** Notes each error that nobody caught, and counts the ends of batches. */
function watchForTrouble(): void {
  const watched = window as unknown as { trouble?: string[]; lastMessages: number }
  if (watched.trouble) return
  Object.assign(watched, { trouble: [], lastMessages: 0 })
  addEventListener('error', ({ message }) => watched.trouble?.push(message))
  addEventListener('unhandledrejection', ({ reason }) => watched.trouble?.push(String(reason)))
  addEventListener('message', ({ data }) => {
    if (data === 'the last message') watched.lastMessages++
  })
}
