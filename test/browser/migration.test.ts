import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalTrello, startLocalTrello } from '../../examples/local-trello/local-trello'
import type { Browser, Frame, Tab } from './support/driver'
import { inEachEngine } from './support/engines'
import { answerConsent } from './support/stage'

const answers: Record<string, string> = {
  axios: 'From axios',
  'client-js': 'Ama Okafor',
  'form-data': 'From a form',
  modules: '3 lists',
  'script-tags': 'Ama Okafor',
  't-authorize': '1 boards',
}

// The engines differ in windows, storage and requests, and each of these has a file of its own.
inEachEngine(
  'a Power-Up of examples/migration',
  (_engine, browser) => {
    it('each example is driven here', () => {
      expect(
        readdirSync('examples/migration')
          .filter((name) => !name.includes('.'))
          .sort(),
      ).toEqual(Object.keys(answers))
    })

    describe.each(Object.entries(answers))('%s', (name, answer) => {
      const before = powerUpAt(`examples/migration/${name}/before`, browser)
      const after = powerUpAt(`examples/migration/${name}/after`, browser)

      it('before: the Power-Up asks for consent, calls with key and token, and meets a token that was taken back', async () => {
        const { trello, frame } = await before()
        const window = await browser().popupOf(() => frame.click('#connect'))
        await window.click('#accept')
        await says(frame, 'connected')
        await frame.click('#call')
        // An old token opens all workspaces.
        await says(frame, `called: ${name === 't-authorize' ? '3 boards' : answer}`)
        expect(trello.log.apiRequests.some(({ authorization }) => authorization)).toBe(false)
        trello.legacyTokens.revokeAll()
        await frame.click('#call')
        await says(frame, 'failed: 401')
      })

      it('after: the Power-Up asks for consent, calls, refreshes unseen, and asks for consent again', async () => {
        const { trello, frame } = await after()
        await connect(frame)
        await says(frame, 'connected')
        await call(frame, answer)
        trello.expireAccessTokens()
        trello.log.clear()
        await call(frame, answer)
        expect(trello.log.tokenRequests).toHaveLength(1)
        trello.revokeGrants()
        await frame.click('#call')
        await says(frame, 'failed: 401')
        await connect(frame)
        await says(frame, 'connected')
        await call(frame, answer)
        const { apiRequests } = trello.log
        expect(apiRequests.filter(({ path }) => /key=|token=/.test(path))).toEqual([])
      })

      async function connect(frame: Frame): Promise<void> {
        const window = await browser().popupOf(() => frame.click('#connect'))
        await answerConsent(window)
      }
    })
  },
  ['chromium'],
)

async function call(frame: Frame, answer: string): Promise<void> {
  await frame.evaluate('void (document.querySelector("#out").textContent = "…")')
  await frame.click('#call')
  await says(frame, `called: ${answer}`)
}

function says(frame: Frame, words: string): Promise<boolean> {
  return frame.waitFor((wanted: string) => document.querySelector('#out')?.textContent === wanted, {
    args: [words] as const,
  })
}

/** A board with the Power-Up of this folder, its popup or modal open. */
function powerUpAt(
  folder: string,
  browser: () => Browser,
): () => Promise<{ trello: LocalTrello; frame: Frame }> {
  let trello: LocalTrello
  let board: Tab | undefined
  beforeAll(async () => {
    const powerUpDirectory = resolve(folder)
    trello = await startLocalTrello({ port: 0, quiet: true, powerUpDirectory })
  })
  afterAll(async () => {
    await board?.close()
    await trello.close()
  })
  return async () => {
    board = await browser().openTab(trello.boardUrl())
    await board.click('[data-test="board-button-0"]')
    const frame = board.frame('iframe[data-frame="popup"], iframe[data-frame="modal"]')
    await frame.waitFor('!document.querySelector("#connect").hidden')
    return { trello, frame }
  }
}
