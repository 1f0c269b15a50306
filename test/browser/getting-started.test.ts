import { readdir, rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type LocalTrello, startLocalTrello } from '../../examples/local-trello/local-trello'
import type { Tab } from './support/driver'
import { inEachEngine } from './support/engines'
import { PROMPT_BUTTON, selectorOf } from './support/example-pages'
import { makeFirstPowerUp } from './support/getting-started'
import { seenOn, waitUntilRead } from './support/seen'
import { answerConsent } from './support/stage'

const section = selectorOf('section')

let folder: string
let trello: LocalTrello

beforeAll(async () => {
  folder = await makeFirstPowerUp()
  trello = await startLocalTrello({
    port: 0,
    quiet: true,
    powerUpDirectory: folder,
    packageDirectory: false,
  })
})
afterAll(async () => {
  await trello.close()
  await rm(folder, { recursive: true })
})

inEachEngine(
  'docs/getting-started.md',
  (_engine, browser) => {
    let board: Tab
    const frame = () => board.frame(section)
    const reads = (selector: string, words: string) => waitUntilRead(board, section, selector, words)

    beforeAll(async () => {
      board = await browser().openTab(trello.boardUrl({ openCard: true }))
    })

    it('the page names as many files as it says', async () => {
      expect(await readdir(folder)).toHaveLength(5 + 4)
    })

    it('the page leads to a greeting that one can read, as it is written there', async () => {
      await reads('powerup-oauth-prompt >>> [part=text]', 'needs your permission')
      await reads(PROMPT_BUTTON, 'Connect')
      await answerConsent(await browser().popupOf(() => frame().click(PROMPT_BUTTON)))
      await reads('p', `Hello, ${trello.members[0].fullName}!`)
      expect(trello.log.apiRequests.filter(({ path }) => path.includes('fullName'))).toHaveLength(1)
    })

    it('the greeting can be read on a light and on a dark board, as wide as the card and 300 pixels wide', async () => {
      for (const theme of ['light', 'dark'] as const) {
        await choose(theme)
        // A page of another colour scheme than the board's is a white box on it.
        expect(await frame().evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe(theme)
        for (const width of ['', '300px']) {
          await board.evaluate(narrow, section, width)
          await reads('p', 'Hello, ')
        }
      }
      await choose('light')
    })

    it('this test notices a greeting that is cut off, covered or pale', async () => {
      const style = (value: string) => frame().evaluate(setStyle, value)
      await board.evaluate(narrow, section, '300px')
      await style('display:block; height:2px; overflow:hidden; padding:0')
      expect((await seenOn(board, section, 'p')).share).toBeLessThan(0.5)
      await style('color:#bbb')
      expect((await seenOn(board, section, 'p')).contrast).toBeLessThan(4.5)
      await style('position:relative; z-index:-1')
      await frame().evaluate('void (document.querySelector("main").style.background = "#fff")')
      expect((await seenOn(board, section, 'p')).isOnTop).toBe(false)
      await style('')
      await frame().evaluate('void (document.querySelector("main").style.background = "")')
      await reads('p', 'Hello, ')
      await board.evaluate(coverFrames)
      expect((await seenOn(board, section, 'p')).isOnTop).toBe(false)
    })

    it('an error of the call is shown', async () => {
      trello.switches.set({ api: 'down' })
      await board.reload()
      await reads('p', 'GET /1/members/me')
      trello.switches.reset()
    })

    it('access that was taken back is asked for again', async () => {
      trello.revokeGrants()
      await board.reload()
      await frame().waitFor('document.querySelector("powerup-oauth-prompt")?.situation === "revoked"')
      await reads('powerup-oauth-prompt >>> [part=title]', 'Please connect again')
      expect(await frame().evaluate('document.querySelector("p").textContent')).toBe('')
      expect(
        browser()
          .consoleMessages()
          .filter((message) => /policy|uncaught/i.test(message)),
      ).toEqual([])
    })

    async function choose(theme: 'light' | 'dark'): Promise<void> {
      await board.evaluate(chooseTheme, theme)
      await frame().waitFor((wanted: string) => document.documentElement.dataset.colorMode === wanted, {
        args: [theme] as const,
      })
    }
  },
  ['chromium'],
)

// What follows runs in the pages.

function chooseTheme(theme: string): void {
  const select = document.querySelector('#theme') as HTMLSelectElement
  select.value = theme
  select.dispatchEvent(new Event('change'))
}

function narrow(selector: string, width: string): void {
  const frame = document.querySelector<HTMLElement>(selector)
  if (frame) frame.style.width = width
}

function setStyle(value: string): void {
  document.querySelector('p')?.setAttribute('style', value)
}

function coverFrames(): void {
  const cover = document.createElement('div')
  cover.style.cssText = 'position:fixed;inset:0;z-index:99999;background:#fff'
  document.body.append(cover)
}
