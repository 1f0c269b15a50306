import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBrowser } from '../../scripts/browsers'
import { driveChromium } from '../../test/browser/support/chromium'
import type { Browser, Frame, Tab } from '../../test/browser/support/driver'
import { type LocalTrello, startLocalTrello } from './local-trello'

/** Plays the main job in a headless browser, prints each step, and says whether all of them succeeded. */
export async function runCheck(): Promise<boolean> {
  if ((await ensureBrowser('chromium')) === undefined) return false
  await rm(screenshots, { recursive: true, force: true })
  await mkdir(screenshots, { recursive: true })
  const trello = await startLocalTrello({ port: 0, quiet: true, switches: { policies: 'strict' } })
  const browser = await driveChromium()
  try {
    return await playSteps(trello, browser)
  } finally {
    await browser.close()
    await trello.close()
  }
}

interface Stage {
  trello: LocalTrello
  browser: Browser
  board: Tab
  /** The Power-Up's section on the card. */
  section: Frame
  shoot(name: string, tab?: Tab): Promise<void>
}

type Step = [name: string, picture: string, play: (stage: Stage) => Promise<void>]

const steps: Step[] = [
  [
    'the card shows the Power-Up, which asks to be connected',
    'not-connected',
    async ({ section }) => {
      await showsState(section, 'notAuthorized')
    },
  ],
  [
    'consent denied → notAuthorized, and a kind word',
    'denied',
    async (stage) => {
      await signIn(stage, 'deny')
      await stage.section.waitFor(
        'document.querySelector("powerup-oauth-prompt").situation === "accessDenied"',
      )
      await showsState(stage.section, 'notAuthorized')
      expect(stage.trello.log.tokenRequests.length === 0, 'no token request is made')
    },
  ],
  [
    'consent given → authorized',
    'authorized',
    async (stage) => {
      await signIn(stage, 'accept')
      await showsState(stage.section, 'authorized')
    },
  ],
  [
    'GET /1/members/me → 200',
    'greeted',
    async ({ trello, section }) => {
      await section.waitFor('document.body.dataset.greeted === "1"')
      const title = await section.text('#title')
      expect(title.includes(trello.members[0].fullName), `the card greets by name, not "${title}"`)
      expect(trello.log.apiRequests.at(-1)?.status === 200, 'the server answered with 200')
    },
  ],
  [
    'access token expires → the next call refreshes silently, with one token request',
    'refreshed',
    async ({ trello, section }) => {
      trello.log.clear()
      trello.expireAccessTokens()
      await section.click('#again')
      await section.waitFor('document.body.dataset.greeted === "2"')
      const { tokenRequests } = trello.log
      expect(tokenRequests.length === 1, `one token request, not ${tokenRequests.length}`)
      expect(tokenRequests[0]?.outcome === 'success', 'it succeeded')
      await showsState(section, 'authorized')
    },
  ],
  [
    'grant revoked at the server → tokenExpired is shown',
    'token-expired',
    async ({ trello, section }) => {
      trello.revokeGrants()
      await section.click('#again')
      await showsState(section, 'tokenExpired')
    },
  ],
  [
    'consent given again → authorized',
    'authorized-again',
    async (stage) => {
      await signIn(stage, 'accept')
      await showsState(stage.section, 'authorized')
      await stage.section.waitFor('document.body.dataset.greeted === "3"')
    },
  ],
]

async function playSteps(trello: LocalTrello, browser: Browser): Promise<boolean> {
  const board = await browser.openTab(trello.boardUrl({ openCard: true }))
  const started = performance.now()
  for (const [index, [name, picture, play]] of steps.entries()) {
    const begun = performance.now()
    const stage: Stage = {
      trello,
      browser,
      board,
      section: board.frame('iframe[data-frame="section"]'),
      shoot: (what, tab = board) => tab.screenshot(join(screenshots, `${index + 1}-${what}.png`)),
    }
    try {
      await play(stage)
      await stage.shoot(picture)
      console.log(`✓ ${name} (${ms(begun)})`)
    } catch (error) {
      console.log(`✗ ${name} (${ms(begun)})`)
      console.log(error)
      for (const message of browser.consoleMessages()) console.log(`  in the page: ${message}`)
      await stage.shoot('failed').catch(() => {})
      return false
    }
  }
  console.log(`${steps.length} steps in ${ms(started)}; a picture of each is in screenshots/check/`)
  return true
}

/** Connect, the first account, then the answer: three clicks of a person. */
async function signIn({ browser, section, shoot }: Stage, answer: 'accept' | 'deny'): Promise<void> {
  const window = await browser.popupOf(() => section.click('powerup-oauth-prompt >>> button'))
  await window.waitFor('document.querySelector("#account-1")')
  await window.click('#account-1')
  await window.waitFor('document.querySelector("#accept")')
  await shoot('consent-page', window)
  await window.click(`#${answer}`)
}

async function showsState(section: Frame, state: string): Promise<void> {
  await section.waitFor((wanted: string) => document.body.dataset.state === wanted, {
    args: [state] as const,
  })
}

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`Expected: ${what}.`)
}

function ms(since: number): string {
  return `${Math.round(performance.now() - since)} ms`
}

const screenshots = fileURLToPath(new URL('../../screenshots/check', import.meta.url))
