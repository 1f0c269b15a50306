import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Tab } from './support/driver'
import { inEachEngine } from './support/engines'
import { PROMPT_BUTTON } from './support/example-pages'
import { bytesIn, installTool, packTool, type StartedTool, startTool } from './support/packed-tool'
import { answerConsent } from './support/stage'

const mostMegabytes = 5

let folder: string
let installed: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trello-local-'))
  installed = join(folder, 'installed')
  mkdirSync(installed)
  installTool(packTool(folder), installed)
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The data file of the tool's README. */
const mine = {
  members: [{ username: 'ada', fullName: 'Ada King' }],
  workspaces: [{ displayName: 'Engines' }],
  boards: [
    {
      name: 'Plans',
      workspace: 'engines',
      lists: [{ name: 'Now', cards: [{ name: 'Punch cards', due: '2026-12-18T17:00:00Z' }] }],
    },
  ],
}

/** Starts it as `npx` does in this folder, without the packages and the sources of this repository. */
function start(...words: string[]): Promise<StartedTool> {
  const tool = join(installed, 'node_modules/.bin/trello-local')
  return startTool(tool, [...words, '--port', '0'], { cwd: installed, env: { PATH: process.env.PATH } })
}

inEachEngine(
  'the package trello-local in an empty folder',
  (_engine, browser) => {
    it('takes up few megabytes', () => {
      expect(bytesIn(join(installed, 'node_modules')) / 1_000_000).toBeLessThan(mostMegabytes)
    })

    it('says what is wrong with its words', async () => {
      await expect(start('./nowhere')).rejects.toThrow('is no folder')
      await expect(start('--data', 'none.json')).rejects.toThrow('There is no file')
      await expect(start('.')).rejects.toThrow('has no index.html')
    })

    it('without a Power-Up it shows one that connects', async () => {
      const tool = await start()
      const board = await browser().openTab(tool.boardUrl.href)
      const section = board.frame('iframe[data-frame="section"]')
      await section.waitFor('document.querySelector("powerup-oauth-prompt")?.situation === "connect"')
      await answerConsent(await browser().popupOf(() => section.click(PROMPT_BUTTON)))
      await section.waitFor('document.body.innerText.includes("Hello, Ama Okafor!")')
      await board.close()
      await tool.stop()
    })

    it('the people and boards come from a file of one’s own', async () => {
      writeFileSync(join(installed, 'mine.json'), JSON.stringify(mine))
      const tool = await start('--data', 'mine.json')
      const board = await browser().openTab(tool.boardUrl.href)
      await board.waitFor('document.body.innerText.includes("Punch cards")')
      expect(await board.text('#workspace-name')).toBe('Engines')
      await board.close()
      await tool.stop()
      writeFileSync(join(installed, 'mine.json'), JSON.stringify({ ...mine, boards: [{}] }))
      await expect(start('--data', 'mine.json')).rejects.toThrow('boards[0].name: a text is needed.')
    })

    describe('with a Power-Up of some twenty lines', () => {
      let tool: StartedTool
      let board: Tab
      beforeAll(async () => {
        tool = await start(resolve('test/browser/fixtures/ten-capabilities'))
        board = await browser().openTab(tool.boardUrl.href)
      })
      afterAll(() => tool.stop())

      const shows = (words: string) =>
        board.waitFor(`document.body.innerText.includes(${JSON.stringify(words)})`)
      const press = (words: string) => board.evaluate(pressShown, words)
      const frame = (kind: string) => board.frame(`iframe[data-frame="${kind}"]`)

      it('the card has its section, badges and buttons', async () => {
        await frame('section').waitFor('document.querySelector("button")')
        await board.waitFor('document.querySelector("#card-detail-badges").innerText.includes("16 letters")')
        await shows('Count')
        await press('Count')
        await shows('2 cards')
      })

      it('consent is asked in its own name, and the API answers at Trello’s address', async () => {
        const window = await browser().popupOf(() => frame('section').click('button'))
        await window.waitFor('document.body.innerText.includes("Tally")')
        await window.click('#accept')
        await frame('section').waitFor('document.querySelector("button").textContent === "Ama Okafor"')
        await board.waitFor('document.querySelector("#log-lines").innerText.includes("GET /1/members/me")')
      })

      it('the board has its button and the badges of cards', async () => {
        await board.click('#close-card')
        await shows('21 letters')
        await board.click('[data-test="board-button-0"]')
        await frame('popup').waitFor('document.querySelector("button")')
        await board.click('#popup-close')
      })

      it('the list has its action and its order', async () => {
        await board.click('[data-list] .menu')
        await shows('Tally this list')
        await press('Sort by Longest')
        await board.waitFor('document.querySelector(".card .name").textContent === "Ask for a larger tent"')
      })

      it('the menu knows that it is authorized, and leads to its settings', async () => {
        await board.click('#power-ups')
        await shows('Account authorized')
        await press('Edit settings')
        await shows('Settings of Tally')
      })
    })
  },
  ['chromium'],
)

function pressShown(words: string): void {
  const shown = [...document.querySelectorAll<HTMLElement>('button, a')].find(
    (each) => each.textContent?.trim() === words && each.getClientRects().length > 0,
  )
  if (shown === undefined) throw new Error(`No button says ${words}`)
  shown.click()
}
