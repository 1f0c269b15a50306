import type { Page, Browser as Puppet } from 'puppeteer-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type LocalTrello, startLocalTrello } from '../../examples/local-trello/local-trello'
import { axeViolations } from './support/axe'
import { openChromium } from './support/chromium'
import type { Browser, Tab } from './support/driver'
import { inChromium } from './support/engines'
import { buildReactExample, frameOf, type Kind, PROMPT_BUTTON, selectorOf } from './support/example-pages'
import { drive } from './support/puppeteer'
import { answerConsent } from './support/stage'

inChromium('on a dark system, whatever the theme of the board, one can read', () => {
  let puppet: Puppet
  let browser: Browser
  let trello: LocalTrello
  let page: Page
  let board: Tab
  beforeAll(async () => {
    puppet = await openChromium()
    browser = drive('chromium', puppet)
  })
  afterAll(() => puppet?.close())

  it('the example Power-Up is readable in both themes', async () => {
    await onDarkSystem(undefined, async () => {
      await readable('section', 'get to know each other')
      await connect()
      await readable('section', 'Hello, ')
      await board.click('#close-card')
      await board.click('[data-test="board-button-0"]')
      await readable('popup', 'Ideas: ')
      await board.click('#power-ups')
      // With the answer the menu loses a line, and the others move up.
      await board.waitFor('document.querySelector("#power-up-status").textContent === "Account authorized"')
      await board.click('#settings-power-up')
      await readable('popup', 'Disconnect')
    })
  })

  it('the example in React is readable in both themes', async () => {
    const { directory, remove } = await buildReactExample()
    await onDarkSystem(directory, async () => {
      await board.click('#close-card')
      await board.click('#power-ups')
      await board.click('#authorize-power-up')
      await readable('popup', 'Connect')
      await board.click('.card')
      await readable('section', 'Connect')
      await connect()
      await readable('section', 'Hello, ')
    }).finally(remove)
  })

  async function onDarkSystem(powerUpDirectory: string | undefined, look: () => Promise<void>) {
    trello = await startLocalTrello({ port: 0, quiet: true, ...(powerUpDirectory && { powerUpDirectory }) })
    board = await browser.openTab('about:blank')
    page = (await puppet.pages()).at(-1) as Page
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }])
    await board.goto(trello.boardUrl({ openCard: true }))
    try {
      await look()
    } finally {
      await board.close()
      await trello.close()
    }
  }

  async function connect(): Promise<void> {
    const press = () => frameOf(board, 'section').click(PROMPT_BUTTON)
    await answerConsent(await browser.popupOf(press))
  }

  /** Once the words are there: with the board in its light theme, and in its dark one. */
  async function readable(kind: Kind, words: string): Promise<void> {
    await frameOf(board, kind).waitFor(showsWords, { args: [words] })
    const frame = await (await page.$(selectorOf(kind)))?.contentFrame()
    if (!frame) throw new Error(`There is no ${kind}`)
    for (const theme of ['light', 'dark'] as const) {
      await board.evaluate(chooseTheme, theme)
      await frameOf(board, kind).waitFor(hasTheme, { args: [theme] })
      // Trello's page shows through a page of the same colour scheme that has no background; axe would take white.
      expect(await frame.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe(theme)
      const color = await board.evaluate(colorBehind, selectorOf(kind))
      await frame.evaluate(`document.documentElement.style.background = '${color}'`)
      expect(await axeViolations(frame), `${words}, ${theme}`).toEqual([])
    }
  }
})

// What follows runs in the pages.

function showsWords(words: string): boolean {
  const prompt = document.querySelector('powerup-oauth-prompt')?.shadowRoot?.querySelector('div')
  // biome-ignore lint/performance/useDomNodeTextContent: what is hidden is not shown.
  return [document.body, prompt].some((part) => part?.innerText.includes(words))
}

function chooseTheme(theme: string): void {
  const select = document.querySelector('#theme') as HTMLSelectElement
  select.value = theme
  select.dispatchEvent(new Event('change'))
}

/** And all that fades has faded: a contrast half-way says nothing. */
function hasTheme(theme: string): boolean {
  const { shadowRoot } = document.querySelector('powerup-oauth-prompt') ?? {}
  const fading = [document, shadowRoot].flatMap((root) => root?.getAnimations() ?? [])
  return document.documentElement.dataset.colorMode === theme && fading.length === 0
}

/** What Trello's page has behind an element. */
function colorBehind(selector: string): string {
  let element = document.querySelector(selector)
  while (element && getComputedStyle(element).backgroundColor === 'rgba(0, 0, 0, 0)') {
    element = element.parentElement
  }
  return element ? getComputedStyle(element).backgroundColor : 'Canvas'
}
