import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser as Puppet } from 'puppeteer-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type LocalTrello, startLocalTrello } from '../../examples/local-trello/local-trello'
import { openChromium } from './support/chromium'
import type { Browser, Tab } from './support/driver'
import { inChromium } from './support/engines'
import { PROMPT_BUTTON, selectorOf } from './support/example-pages'
import { hearFrames } from './support/frame-console'
import { makeFirstPowerUp } from './support/getting-started'
import { drive } from './support/puppeteer'
import { waitUntilRead } from './support/seen'
import { answerConsent } from './support/stage'
import { until } from './support/until'

const section = selectorOf('section')
const promptText = 'powerup-oauth-prompt >>> [part=text]'

/** The set-up of docs/getting-started.md with one mistake in it. Pieces that are missing: setup-fault.test.ts. */
inChromium(
  'a newcomer’s mistake is named on the screen or in the console, and the docs have it by those words',
  () => {
    let puppet: Puppet
    let browser: Browser
    let heard: string[]

    beforeAll(async () => {
      puppet = await openChromium()
      browser = drive('chromium', puppet)
      heard = hearFrames(puppet)
    })
    afterAll(() => puppet?.close())

    it('no callback page on the host', async () => {
      await withMistake({ remove: ['callback.html'] }, async ({ connect }) => {
        const window = await connect()
        await answerConsent(window)
        await shows(window, 'There is no callback page yet', 'callback.html')
        await window.close()
      })
    })

    it('a callback page without its script', async () => {
      await withMistake({ remove: ['powerup-oauth-callback.js'] }, async ({ connect }) => {
        const window = await connect()
        await answerConsent(window)
        await shows(window, 'powerup-oauth-callback.js is missing beside this page')
        await window.close()
      })
    })

    it('another page at redirectUri', async () => {
      const wrong = { 'section.js': [["'callback.html'", "'index.html'"]] } as const
      await withMistake({ replace: wrong }, async ({ connect }) => {
        const window = await connect()
        await shows(window, 'This callback address is not registered', '/index.html')
        await window.close()
      })
    })

    it('a missing t', async () => {
      await withMistake({ replace: { 'section.js': [['  t,\n', '']] } }, async ({ connect, board }) => {
        await connect()
        await waitUntilRead(board, section, promptText, 'serverRefused, invalid_target')
        await consoleSays('powerup-oauth: serverRefused: ', 'workspace')
        inDocs('`serverRefused` (`invalid_target`)', 'pass `t`')
      })
    })

    it('a policy without connect-src for Trello', async () => {
      const replace = { 'section.html': [['<title>', `${forbidding}<title>`]] } as const
      await withMistake({ replace }, async ({ connect, board, trello }) => {
        // The Trello page is the way around the policy, until the first call.
        await answerConsent(await connect())
        await waitUntilRead(board, section, 'p', 'a connect-src without this origin')
        await consoleSays('violates the following Content Security Policy directive: "connect-src')
        inDocs('got no answer', 'violates the following Content Security Policy directive: "connect-src')
        trello.switches.set({ hostCommands: 'missing' })
        trello.revokeGrants()
        await board.frame(section).evaluate('client.signOut()')
        await board.reload()
        await answerConsent(await connect())
        await waitUntilRead(board, section, promptText, 'blockedByPolicy')
        await consoleSays('powerup-oauth: blockedByPolicy: ', 'connect-src')
        inDocs('`blockedByPolicy`', '`connect-src`')
      })
    })

    it('a token endpoint without CORS', async () => {
      await withMistake({}, async ({ connect, board, trello }) => {
        trello.switches.set({ preflight: 'refused', hostCommands: 'missing' })
        await answerConsent(await connect())
        await waitUntilRead(board, section, promptText, 'tokenEndpointUnreadable')
        await consoleSays('powerup-oauth: tokenEndpointUnreadable: ', 'CORS')
        inDocs('`tokenEndpointUnreadable`', 'CORS')
      })
    })

    it('the library is not on the host', async () => {
      await withMistake({ remove: ['powerup-oauth.global.js'] }, async () => {
        await consoleSays('PowerUpOAuth is not defined')
        inDocs('*PowerUpOAuth is not defined*')
      })
    })

    it('an option that is wrong', async () => {
      const replace = {
        'section.js': [["new URL('callback.html', document.baseURI)", "'callback.html'"]],
      } as const
      await withMistake({ replace }, async () => {
        await consoleSays('ConfigurationError', 'redirectUri')
        inDocs('`ConfigurationError`', 'option')
      })
    })

    interface Mistake {
      remove?: readonly string[]
      replace?: Readonly<Record<string, readonly (readonly [string, string])[]>>
    }

    interface Newcomer {
      trello: LocalTrello
      board: Tab
      /** Presses Connect, once it can be read, and gives the window that opens. */
      connect(): Promise<Tab>
    }

    async function withMistake(
      { remove = [], replace = {} }: Mistake,
      look: (newcomer: Newcomer) => Promise<void>,
    ): Promise<void> {
      const folder = await makeFirstPowerUp()
      for (const name of remove) await rm(join(folder, name))
      for (const [name, pairs] of Object.entries(replace)) await change(join(folder, name), pairs)
      const trello = await startLocalTrello({
        port: 0,
        quiet: true,
        powerUpDirectory: folder,
        packageDirectory: false,
      })
      heard.length = 0
      const board = await browser.openTab(trello.boardUrl({ openCard: true }))
      const connect = async () => {
        await waitUntilRead(board, section, PROMPT_BUTTON, 'Connect')
        return browser.popupOf(() => board.frame(section).click(PROMPT_BUTTON))
      }
      try {
        await look({ trello, board, connect })
      } finally {
        await board.close()
        await trello.close()
        await rm(folder, { recursive: true })
      }
    }

    /** One line of the console has all of the words. */
    function consoleSays(...words: string[]): Promise<unknown> {
      return until(`the console says ${words}`, async () =>
        heard.some((line) => words.every((word) => line.includes(word))),
      )
    }

    /** The window says it, and the page of the docs has the first of the words. */
    async function shows(window: Tab, ...words: string[]): Promise<void> {
      await window.waitFor(
        // biome-ignore lint/performance/useDomNodeTextContent: what is hidden is not shown.
        (wanted: readonly string[]) => wanted.every((word) => document.body.innerText.includes(word)),
        { args: [words] as const },
      )
      inDocs(words[0] ?? '')
    }
  },
)

const forbidding = `<meta http-equiv="Content-Security-Policy" content="connect-src 'self'">`

const troubleshooting = (await readFile('docs/troubleshooting.md', 'utf8')).replace(/\s+/g, ' ')

function inDocs(...words: string[]): void {
  for (const word of words) expect(troubleshooting).toContain(word)
}

async function change(path: string, pairs: readonly (readonly [string, string])[]): Promise<void> {
  let text = await readFile(path, 'utf8')
  for (const [old, replacement] of pairs) {
    if (!text.includes(old)) throw new Error(`${path} has no ${old}`)
    text = text.replace(old, replacement)
  }
  await writeFile(path, text)
}
