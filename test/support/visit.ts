import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { type LocalTrello, startLocalTrello } from '../../examples/local-trello/local-trello'
import type { Browser, Frame } from '../browser/support/driver'
import { answerConsent } from '../browser/support/stage'

const CALLBACK_FILES = ['callback.html', 'powerup-oauth-callback.js']

/**
 * Signs in on a built page, loads it again, and makes a call that needs a refresh: what is loaded on demand has to come.
 * @throws where anything of it went wrong
 */
export async function visitSite(browser: Browser, folder: string, installed: string): Promise<void> {
  // A project for a bundler builds what its own code needs; the callback page lies beside it on each host.
  for (const file of CALLBACK_FILES) cpSync(join(installed, 'dist', file), join(folder, file))
  const before = browser.consoleMessages().length
  await withTrello({ powerUpDirectory: folder }, async (trello) => {
    const workspace = trello.workspaces[0].id
    const page = await browser.openTab(`${trello.origins.powerUp}/index.html?workspace=${workspace}`)
    const state = (wanted: string) => page.waitFor(`document.body.dataset.state === "${wanted}"`)
    await state('notAuthorized')
    await answerConsent(await browser.popupOf(() => page.click('#connect')))
    await greeted(page)
    await page.reload()
    await state('authorized')
    trello.expireAccessTokens()
    await page.click('#call')
    await greeted(page)
    expectRefresh(trello)
    await page.close()
  })
  const errors = browser
    .consoleMessages()
    .slice(before)
    .filter((message) => message.includes('Error'))
  if (errors.length > 0) throw new Error(errors.join('\n'))
}

async function greeted(page: Frame): Promise<void> {
  await page.waitFor('document.body.dataset.greeted ?? document.body.dataset.error')
  const { error } = await page.evaluate<Record<string, string>>('({ ...document.body.dataset })')
  if (error !== undefined) throw new Error(error)
}

/**
 * Opens the board of a Power-Up whose card-back section has the prompt, connects, reads the greeting; loads the board
 * again, and reads it once more after a refresh.
 * @throws where anything of it went wrong
 */
export async function visitPowerUp(browser: Browser, folder: string): Promise<void> {
  for (const file of CALLBACK_FILES) {
    if (!existsSync(join(folder, file))) throw new Error(`${file} is not there`)
  }
  await withTrello({ powerUpDirectory: folder }, (trello) =>
    visitBoard(browser, trello.boardUrl({ openCard: true }), trello),
  )
}

/** The same on a board that is served already. Without its Trello nothing is known of refreshes. */
export async function visitBoard(browser: Browser, boardUrl: string, trello?: LocalTrello): Promise<void> {
  const board = await browser.openTab(boardUrl)
  const section = board.frame('iframe[data-frame="section"]')
  const reads = (words: string) =>
    // biome-ignore lint/performance/useDomNodeTextContent: what people see, not what is there
    section.waitFor((wanted: string) => document.body.innerText.includes(wanted), {
      args: [words] as const,
      within: 30_000,
    })
  await section.waitFor('document.querySelector("powerup-oauth-prompt")?.situation === "connect"', {
    within: 30_000,
  })
  await answerConsent(await browser.popupOf(() => section.click('powerup-oauth-prompt >>> button')))
  await reads('Hello, ')
  trello?.expireAccessTokens()
  await board.reload()
  await reads('Hello, ')
  if (trello) expectRefresh(trello)
  await board.close()
}

/** Opens a built page that has a prompt, and reads it. @throws where it doesn't say these words */
export async function visitPage(
  browser: Browser,
  folder: string,
  page: string,
  words: string,
): Promise<void> {
  await withTrello({ powerUpDirectory: folder }, async (trello) => {
    const tab = await browser.openTab(`${trello.origins.powerUp}${page}`)
    const isRead = (wanted: string) =>
      document.querySelector('powerup-oauth-prompt')?.shadowRoot?.textContent?.includes(wanted)
    await tab.waitFor(isRead, { args: [words] as const, within: 30_000 })
    await tab.close()
  })
}

function expectRefresh(trello: LocalTrello): void {
  const types = trello.log.tokenRequests.map(({ grantType }) => grantType)
  if (!types.includes('refresh_token')) throw new Error(`The token endpoint was asked for: ${types.join()}`)
}

async function withTrello(
  options: { powerUpDirectory: string },
  visit: (trello: LocalTrello) => Promise<void>,
): Promise<void> {
  const trello = await startLocalTrello({ port: 0, quiet: true, packageDirectory: false, ...options })
  try {
    await visit(trello)
  } finally {
    await trello.close()
  }
}
