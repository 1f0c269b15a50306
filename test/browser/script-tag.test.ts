import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { type LocalTrello, startLocalTrello } from '../../examples/local-trello/local-trello'
import type { Browser, Frame, Tab } from './support/driver'
import { inEachEngine } from './support/engines'
import { powerUpSources } from './support/moved-power-up'
import { answerConsent } from './support/stage'

const packageFiles = [
  'powerup-oauth.global.js',
  'powerup-oauth-compat.global.js',
  'callback.html',
  'powerup-oauth-callback.js',
]

inEachEngine(
  'pages with script tags',
  (_engine, browser) => {
    const endings: (() => unknown)[] = []
    afterAll(async () => {
      for (const end of endings.reverse()) await end()
    })

    it('both global builds work on a sub-path, under a policy without inline scripts', async () => {
      const { trello, frame } = await openPopup('examples/script-tag', browser, endings)
      const button = 'powerup-oauth-prompt >>> button'
      await frame.waitFor('document.querySelector("powerup-oauth-prompt").shadowRoot.querySelector("button")')
      const window = await browser().popupOf(() => frame.click(button))
      await answerConsent(window)
      await frame.waitFor('!document.querySelector("#call").hidden')
      await frame.click('#call')
      await frame.waitFor('document.querySelector("#out").textContent === "Hello, Ama Okafor"')
      const [request] = trello.log.authorizationRequests
      expect(String(request?.redirect_uri)).toMatch(/\/my-power-up\/callback\.html$/)
      expect(trello.log.apiRequests.at(-1)).toMatchObject({ path: '/1/members/me', authorization: true })
      expect(
        browser()
          .consoleMessages()
          .filter((message) => /Content.Security/i.test(message)),
      ).toEqual([])
    })

    it('an old token serves until consent, with legacy on', async () => {
      const sources = powerUpSources('script-tags')
      endings.push(sources.remove)
      sources.move()
      sources.moveToSubPath('/my-power-up')
      const oauth = join(sources.folder, 'oauth.js')
      const options = readFileSync(oauth, 'utf8')
      writeFileSync(oauth, options.replace('adaptRequests: true,', 'adaptRequests: true, legacy: true,'))
      const { trello, frame } = await openPopup(sources.folder, browser, endings)
      const token = trello.legacyTokens.issue(trello.members[0].id)
      await frame.evaluate(`t.set('member', 'private', 'trello_token', '${token}').then(show)`)
      await frame.click('#call')
      await frame.waitFor('document.querySelector("#out").textContent === "called: Ama Okafor"')
      expect(trello.log.apiRequests.at(-1)?.path).toContain(token)
      const state = 't.getRestApi().client.state'
      expect(await frame.evaluate(state)).toEqual({ status: 'notAuthorized', persistent: true, legacy: true })
      // The page still shows what fits its state after a call, and hides the button: this goes on after it.
      await frame.evaluate('show().then(() => void (document.querySelector("#connect").hidden = false))')
      await answerConsent(await browser().popupOf(() => frame.click('#connect')))
      await frame.waitFor('document.querySelector("#out").textContent === "connected"')
      await frame.click('#call')
      await frame.waitFor('document.querySelector("#out").textContent === "called: Ama Okafor"')
      expect(trello.log.apiRequests.at(-1)).toMatchObject({ authorization: true })
      await frame.waitFor(`t.get('member', 'private', 'trello_token').then((kept) => kept === undefined)`)
      await frame.evaluate('t.getRestApi().clearToken()')
      expect(await frame.evaluate('t.getRestApi().isAuthorized()')).toBe(false)
      expect(trello.legacyTokens.find(token)?.memberId).toBe(trello.members[0].id)
    })
  },
  ['chromium'],
)

/** Puts the folder, and what belongs to it of the package, on a sub-path; opens the board and the popup. */
async function openPopup(
  folder: string,
  browser: () => Browser,
  endings: (() => unknown)[],
): Promise<{ trello: LocalTrello; frame: Frame }> {
  const powerUpDirectory = mkdtempSync(join(tmpdir(), 'powerup-oauth-site-'))
  endings.push(() => rmSync(powerUpDirectory, { recursive: true }))
  const site = join(powerUpDirectory, 'my-power-up')
  cpSync(folder, site, { recursive: true })
  for (const file of packageFiles) cpSync(join('dist', file), join(site, file))
  const trello = await startLocalTrello({
    port: 0,
    quiet: true,
    powerUpDirectory,
    connectorPath: '/my-power-up/index.html',
    callbackPaths: ['/my-power-up/callback.html'],
    switches: { policies: 'strict' },
  })
  endings.push(() => trello.close())
  const board: Tab = await browser().openTab(trello.boardUrl())
  endings.push(() => board.close())
  await board.click('[data-test="board-button-0"]')
  const frame = board.frame('iframe[data-frame="popup"]')
  // The last script of the page has run; a new frame is complete, too, while it is still blank.
  await frame.waitFor('typeof t === "object" && document.readyState === "complete"')
  return { trello, frame }
}
