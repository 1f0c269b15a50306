import { mkdir, readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import type { Browser as Puppet } from 'puppeteer-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type CallbackHost, openCallbackHost } from './support/callback-host'
import { openChromium } from './support/chromium'
import type { Tab } from './support/driver'
import { inChromium, inEachEngine } from './support/engines'
import { openScene } from './support/scene'
import { showsEnding, silentCallback } from './support/sign-in-scenario'
import { answerConsent, openStage, outcomeOf } from './support/stage'
import { until } from './support/until'

const PICTURES = 'screenshots/callback'

describe('the script of the callback page', () => {
  it('the script is at most 1.5 KB, and as small as README.md says', async () => {
    const { length } = gzipSync(await readFile('dist/powerup-oauth-callback.js'), { level: 9 })
    expect(length).toBeLessThanOrEqual(1_500)
    expect(await readFile('README.md', 'utf8')).toContain(
      `the callback page's script is ${(length / 1_000).toFixed(1)} KB`,
    )
  })
})

let host: CallbackHost
beforeAll(async () => {
  await mkdir(PICTURES, { recursive: true })
  host = await openCallbackHost()
})
afterAll(() => host.close())

const endings = {
  done: 'Done You can close this window and go back to Trello.',
  kept: 'Almost done Go back to Trello and press the button again to finish.',
  denied:
    'Nothing was connected You can close this window and go back to Trello. If you change your mind, press the button there again.',
  collecting: 'One moment …',
  openedByHand:
    'Nothing to do here This page finishes the sign-in of a Trello Power-Up. Go back to Trello and press the button there.',
}

inEachEngine('the callback page', (engine, browser) => {
  let opener: Tab
  beforeAll(async () => {
    opener = await browser().openTab(`${host.origin}/opener.html`)
  })
  beforeEach(async () => {
    host.canClose = true
    await opener.evaluate('void (answers = {}, received.splice(0), localStorage.clear())')
  })

  /** Opens the page as the frame that signs in does, with the answers that this one gives. */
  async function open(address: string, answers: object = {}): Promise<Tab> {
    await opener.evaluate(
      (target: string, given: object) => void Object.assign(window, { target, answers: given }),
      `${host.origin}/sub/callback.html${address}`,
      answers,
    )
    return browser().popupOf(() => opener.click('#open'))
  }

  async function ends(page: Tab, ending: keyof typeof endings): Promise<void> {
    await showsEnding(page, ending)
    expect(await page.evaluate('document.body.innerText.trim().replace(/\\s+/g, " ")')).toBe(endings[ending])
    expect(await page.evaluate('location.href')).toBe(`${host.origin}/sub/callback.html`)
    expect(await page.evaluate('trouble')).toEqual([])
    expect(await page.evaluate(lookAtPage)).toEqual({ titleSize: '20px', isClipped: false })
    for (const scheme of browser().takesPictures ? ['light', 'dark'] : []) {
      await page.evaluate(`void (document.documentElement.style.colorScheme = "${scheme}")`)
      await page.screenshot(`${PICTURES}/${ending}-${scheme}-${engine}.png`)
    }
  }

  it('the page hands the response over once, and closes itself', async () => {
    const page = await openThatCloses('?code=c&state=s', { response: { message: received('s') } })
    expect(page).toEqual([{ powerUpOAuth: 1, type: 'response', parameters: 'code=c&state=s' }])
    expect(await kept()).toEqual([])
  })

  it('a page that cannot close itself says that it is done', async () => {
    host.canClose = false
    const page = await open('?code=c&state=s', { response: { message: received('s') } })
    await ends(page, 'done')
    await page.close()
  })

  it('a denial shows that nothing was connected', async () => {
    host.canClose = false
    const page = await open('?error=access_denied&error_description=%3Cb%3Ehello&state=s', {
      response: { message: received('s') },
    })
    await ends(page, 'denied')
    await page.close()
  })

  it('a response that no frame acknowledges is kept, and the person is sent back to the button', async () => {
    const page = await open('?code=c&state=s')
    await ends(page, 'kept')
    expect(await kept()).toEqual(['powerup-oauth:response:s'])
    await page.close()
  })

  it('a frame that acknowledges late leaves nothing kept', async () => {
    const messages = await openThatCloses('?code=c&state=s', {
      response: { message: received('s'), afterMs: 1_200 },
    })
    expect(messages).toHaveLength(1)
    expect(await kept()).toEqual([])
  })

  it('a kept response is handed over and deleted when told to, and the rest stays', async () => {
    for (const state of ['mine', 'foreign']) {
      const page = await browser().openTab(`${host.origin}/sub/callback.html?code=c&state=${state}`)
      await showsEnding(page, 'kept')
      await page.close()
    }
    const collect = { powerUpOAuth: 1, type: 'collect', states: ['mine', 'unknown'], since: '1.7' }
    const page = await open('#powerup-oauth-collect', {
      ready: { message: collect },
      kept: { message: received('mine') },
    })
    await until('the response is deleted', async () => (await kept()).length === 1)
    expect(await opener.evaluate('received')).toEqual([
      { powerUpOAuth: 1, type: 'ready' },
      { powerUpOAuth: 1, type: 'kept', responses: ['code=c&state=mine'] },
    ])
    await ends(page, 'collecting')
    expect(await kept()).toEqual(['powerup-oauth:response:foreign'])
    await page.close()
  })

  it('the page does nothing for who opens it by hand', async () => {
    for (const address of [
      '',
      '?code=c',
      '?state=s',
      `?state=s&code=${'x'.repeat(4_000)}`,
      '#powerup-oauth-collect',
    ]) {
      const page = await browser().openTab(`${host.origin}/sub/callback.html${address}`)
      await ends(page, 'openedByHand')
      await page.close()
    }
    expect(await kept()).toEqual([])
  })

  it('no server hears the address of the page', () => {
    expect(host.referers.filter((referer) => referer.includes('code='))).toEqual([])
  })

  async function openThatCloses(address: string, answers: object): Promise<unknown> {
    await opener.evaluate(
      (target: string, given: object) => void Object.assign(window, { target, answers: given }),
      `${host.origin}/sub/callback.html${address}`,
      answers,
    )
    await opener.click('#open')
    await opener.waitFor('window.opened?.closed')
    return opener.evaluate('received')
  }

  function kept(): Promise<string[]> {
    return opener.evaluate('Object.keys(localStorage)')
  }
})

/** Runs in the page: whether its style came, and whether its words have room in a window 240 pixels wide. */
function lookAtPage() {
  const root = document.documentElement
  const title = document.querySelector('section:not([hidden]) h1')
  root.style.width = '208px'
  const isClipped = root.scrollWidth > Math.max(root.clientWidth, 240)
  root.style.width = ''
  return { titleSize: title && getComputedStyle(title).fontSize, isClipped }
}

inChromium('the callback page without its script', () => {
  let puppet: Puppet
  beforeAll(async () => {
    puppet = await openChromium()
  })
  afterAll(() => puppet?.close())

  it('the page says what is wrong, where scripts are switched off and where its script is missing', async () => {
    const page = await puppet.newPage()
    await page.setJavaScriptEnabled(false)
    await page.goto(`${host.origin}/sub/callback.html?code=c&state=s`)
    expect(await page.evaluate('document.body.innerText')).toContain(
      'Scripts are switched off in this window.',
    )
    await page.setJavaScriptEnabled(true)
    host.hasScript = false
    await page.reload()
    expect(await page.evaluate('document.body.innerText')).toContain(
      'powerup-oauth-callback.js is missing beside this page',
    )
    host.hasScript = true
  })
})

function received(state: string): object {
  return { powerUpOAuth: 1, type: 'received', state, since: '1.7', more: { of: ['it'] } }
}

inEachEngine('the callback page of another 1.x', (_engine, browser) => {
  it('a newer callback page may say more than this version knows', async () => {
    const stage = await openStage()
    const { frame, press } = await openScene(stage, browser(), silentCallback())
    const window = await press()
    await answerConsent(window)
    await window.waitFor('location.pathname === "/fixtures/silent-callback.html"')
    const posted = window.evaluate(`opener.postMessage({
      powerUpOAuth: 1, type: 'response', parameters: location.search.slice(1), since: '1.7', more: { of: ['it'] },
    }, origin)`)
    // The window may be closed before WebKit has told that this ran.
    await posted.catch(() => undefined)
    expect(await outcomeOf(frame, 0)).toBe('authorized')
    await stage.close()
  })
})
