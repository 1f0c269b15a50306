import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cp, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalTrello, startLocalTrello } from '../../examples/local-trello/local-trello'
import type { Tab } from './support/driver'
import { inEachEngine } from './support/engines'
import { frameOf, PROMPT_BUTTON, selectorOf } from './support/example-pages'
import { waitUntilRead } from './support/seen'
import { answerConsent } from './support/stage'

let folder: string
let printed: string

const ten = 10 * 60_000

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'starter-'))
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder])
  const [, commands = ''] =
    readFileSync('examples/starter/README.md', 'utf8').match(/## Begin[\s\S]*?```sh\n([\s\S]*?)```/) ?? []
  printed = execFileSync('bash', ['-ec', commands], { cwd: folder, env: asIfOutside(), encoding: 'utf8' })
}, ten)
afterAll(() => rmSync(folder, { recursive: true }))

/** The environment of somebody's terminal: npm, Vite and Vitest tell their children about themselves. */
function asIfOutside(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(?:npm_|VITE|NODE_ENV$|TEST$|CI$)/.test(name))
  return {
    ...Object.fromEntries(own),
    npm_config_prefer_offline: 'true',
    npm_config_audit: 'false',
    NO_COLOR: '1',
  }
}

describe('examples/starter, by the words of its README', () => {
  it('the starter’s tests pass, and Vite builds it', () => {
    expect(printed).toMatch(/Tests +7 passed/)
    expect(printed).toContain('built in')
  })
})

inEachEngine(
  'the built starter on a sub-path of a host',
  (_engine, browser) => {
    let trello: LocalTrello
    let board: Tab
    const shows = (words: string) =>
      board.waitFor(`document.body.innerText.includes(${JSON.stringify(words)})`)

    beforeAll(async () => {
      const site = join(folder, 'site')
      await mkdir(site)
      await cp(join(folder, 'my-power-up/dist'), join(site, 'tools/my-power-up'), { recursive: true })
      trello = await startLocalTrello({
        port: 0,
        quiet: true,
        powerUpDirectory: site,
        packageDirectory: false,
        connectorPath: '/tools/my-power-up/index.html',
        callbackPaths: ['/tools/my-power-up/callback.html'],
        switches: { policies: 'strict' },
      })
      board = await browser().openTab(trello.boardUrl({ openCard: true }))
    })
    afterAll(() => trello?.close())

    it('the section connects, and greets in words that one can read', async () => {
      await waitUntilRead(board, selectorOf('section'), PROMPT_BUTTON, 'Connect')
      await answerConsent(await browser().popupOf(() => frameOf(board, 'section').click(PROMPT_BUTTON)))
      await waitUntilRead(board, selectorOf('section'), 'p', `Hello, ${trello.members[0].fullName}!`)
    })

    it('the card has its badge and its button', async () => {
      await board.waitFor('document.querySelector("#card-detail-badges").innerText.includes("words")')
      await press('Who was here?')
      await waitUntilRead(board, selectorOf('popup'), 'p', trello.members[0].fullName)
    })

    it('the board has its button, and the menu knows that the account is connected', async () => {
      await board.click('#close-card')
      await board.click('[data-test="board-button-0"]')
      await waitUntilRead(board, selectorOf('popup'), 'p', 'Ideas: ')
      await board.click('#power-ups')
      await shows('Account authorized')
      await press('Edit settings')
      await waitUntilRead(board, selectorOf('popup'), 'button', 'Disconnect')
      await frameOf(board, 'popup').click('button')
      await waitUntilRead(board, selectorOf('popup'), PROMPT_BUTTON, 'Connect')
    })

    function press(words: string): Promise<unknown> {
      return board.waitFor(pressShown, { args: [words] as const })
    }
  },
  ['chromium'],
)

/** Runs on the board. */
function pressShown(words: string): boolean {
  const shown = [...document.querySelectorAll<HTMLElement>('button, a')].find(
    (each) => each.textContent?.trim() === words && each.getClientRects().length > 0,
  )
  shown?.click()
  return shown !== undefined
}
