import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type LocalTrello,
  type LocalTrelloOptions,
  startLocalTrello,
} from '../../examples/local-trello/local-trello'
import type { Frame, Tab } from './support/driver'
import { inEachEngine } from './support/engines'
import { frameOf } from './support/example-pages'
import { answerConsent } from './support/stage'

// Power-Ups that know Trello's addresses only. What runs with `install` and the old client is in migration.test.ts.

inEachEngine(
  'a Power-Up without an address of the local Trello in its code',
  (_engine, browser) => {
    let trello: LocalTrello
    let board: Tab

    async function start(options: LocalTrelloOptions): Promise<void> {
      trello = await startLocalTrello({ port: 0, quiet: true, packageDirectory: false, ...options })
      board = await browser().openTab(trello.boardUrl())
    }
    async function openPopup(): Promise<Frame> {
      await board.click('[data-test="board-button-0"]')
      const frame = frameOf(board, 'popup')
      await frame.waitFor('document.body?.dataset.ready')
      return frame
    }
    const says = (frame: Frame, words: string) =>
      frame.waitFor(`document.querySelector('button').textContent === ${JSON.stringify(words)}`)

    describe('with Trello’s own helper', () => {
      beforeAll(() => start({ powerUpDirectory: resolve('test/browser/fixtures/own-helper') }))
      afterAll(() => trello.close())

      it('a callback address that is not registered is named, and registered by a click', async () => {
        const popup = await openPopup()
        const window = await browser().popupOf(() => popup.click('button'))
        await window.waitFor('document.body.innerText.includes("/pages/signed-in")')
        await window.click('#register')
        await answerConsent(window)
        await says(popup, 'amaokafor@example.com')
      })

      it('its token is kept at Trello, and there after a reload', async () => {
        await board.reload()
        await board.waitFor('document.querySelector("#board-buttons").children.length > 0')
        const popup = await openPopup()
        const token = 't.getOAuth2ApiClient().getAccessToken()'
        expect(await popup.evaluate(`${token}.then((kept) => typeof kept)`)).toBe('string')
      })
    })

    describe('without a callback page', () => {
      beforeAll(async () => {
        await start({
          powerUpDirectory: resolve('test/browser/fixtures/own-helper'),
          callbackPaths: ['/pages/signed-in', '/none.html'],
        })
      })
      afterAll(() => trello.close())

      it('a notice says which files to copy, and the log that there is no page', async () => {
        const window = await browser().openTab(`${trello.origins.powerUp}/none.html?code=x&state=y`)
        await window.waitFor('document.body.innerText.includes("powerup-oauth-callback.js")')
        expect(trello.log.lines.map(({ words }) => words)).toContain(
          'There is no page at /none.html, where the consent comes back to',
        )
        await window.close()
      })
    })

    describe('on a development server, with the library as a module', () => {
      let folder: string
      let server: ViteDevServer
      beforeAll(async () => {
        folder = await mkdtemp(join(tmpdir(), 'dev-server-'))
        await cp('test/browser/fixtures/dev-server', folder, { recursive: true })
        for (const file of ['callback.html', 'powerup-oauth-callback.js']) {
          await cp(join('dist', file), join(folder, 'public', file))
        }
        server = await startVite(folder)
        const [url = ''] = server.resolvedUrls?.local ?? []
        await start({ powerUpUrl: url })
      })
      afterAll(async () => {
        await trello.close()
        await server.close()
        await rm(folder, { recursive: true })
      })

      it('createClient connects, in the name of its connector page', async () => {
        const popup = await openPopup()
        const window = await browser().popupOf(() => popup.click('button'))
        await window.click('#account-1')
        await window.waitFor('document.querySelector("h1").innerText.startsWith("Greeter of the dev server")')
        await window.click('#accept')
        await says(popup, 'Ama Okafor')
        expect(trello.log.apiRequests.at(-1)).toMatchObject({ status: 200, authorization: true })
      })

      it('a change of its files reloads it', async () => {
        const popup = frameOf(board, 'popup')
        const page = join(folder, 'popup.html')
        await writeFile(page, (await readFile(page, 'utf8')).replace('Connect', 'Changed'))
        await says(popup, 'Changed')
      })
    })
  },
  ['chromium'],
)

async function startVite(root: string): Promise<ViteDevServer> {
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'error',
    cacheDir: join(root, 'cache'),
    resolve: { alias: { 'powerup-oauth': resolve('dist/index.js') } },
    server: { port: 0, fs: { strict: false } },
  })
  return server.listen()
}
