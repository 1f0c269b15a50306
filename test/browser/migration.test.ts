import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalTrello, startLocalTrello } from '../../examples/local-trello/local-trello'
import type { Browser, Frame } from './support/driver'
import { inEachEngine } from './support/engines'
import { powerUpSources, serveWithRouter } from './support/moved-power-up'
import { answerConsent } from './support/stage'
import { until } from './support/until'

/** The requests of one call, where there are more than one. */
const requestsOf: Record<string, number> = { axios: 2, 'form-data': 2 }

/** The library's own question, whose grant it is. */
const ownCheck = '/1/members/me?fields=id'

/** The words of each Power-Up after a call. An old token reads all workspaces, a grant the one of the board. */
const answers: Record<string, string | { before: string; after: string }> = {
  axios: 'From axios',
  'client-js': 'Ama Okafor',
  'form-data': 'From a form',
  'kept-token': '5 cards',
  modules: '3 lists',
  router: '3 lists',
  'script-tags': 'Ama Okafor',
  't-authorize': { before: '3 boards', after: '1 boards' },
}

// The engines differ in windows, storage and requests, and each of these has a file of its own.
inEachEngine(
  'a Power-Up of examples/migration',
  (_engine, browser) => {
    it('each example is driven here', () => {
      const names = readdirSync('examples/migration').filter((name) => !name.includes('.'))
      expect(names.sort()).toEqual(Object.keys(answers))
    })

    describe.each(Object.entries(answers))('%s', (name, words) => {
      const { before, after } = typeof words === 'string' ? { before: words, after: words } : words
      let power: PowerUp
      beforeAll(async () => {
        power = await start(name, browser)
      })
      afterAll(() => power.close())

      it('before: the Power-Up asks for consent, calls with key and token, and meets a token that was taken back', async () => {
        const { trello } = power
        const frame = await power.open()
        await acceptOldConsent(frame, browser)
        await says(frame, 'connected')
        await call(trello, frame, before, requestsOf[name])
        expect(trello.log.apiRequests.some(({ authorization }) => authorization)).toBe(false)
        trello.legacyTokens.revokeAll()
        await frame.click('#call')
        await says(frame, 'failed: 401')
      })

      it('after: the Power-Up asks for consent, calls, does not notice an expiry, and asks again', async () => {
        await power.move()
        const { trello } = power
        const frame = await power.open()
        if (name === 'kept-token') {
          // The old token died while nobody looked: the first call finds out.
          await frame.click('#call')
          await says(frame, 'failed: 401')
        }
        await connect(frame)
        await says(frame, 'connected')
        trello.log.clear()
        await call(trello, frame, after, requestsOf[name])
        trello.expireAccessTokens()
        await call(trello, frame, after, requestsOf[name])
        expect(trello.log.tokenRequests).toHaveLength(1)
        trello.revokeGrants()
        await frame.click('#call')
        await says(frame, 'failed: 401')
        await connect(frame)
        await says(frame, 'connected')
        await call(trello, frame, after, requestsOf[name])
        const { apiRequests } = trello.log
        expect(apiRequests.filter(({ path }) => /key=|token=/.test(path))).toEqual([])
      })

      async function connect(frame: Frame): Promise<void> {
        await frame.waitFor('!document.querySelector("#connect").hidden')
        const window = await browser().popupOf(() => frame.click('#connect'))
        await answerConsent(window)
      }
    })

    describe('kept-token', () => {
      let power: PowerUp
      beforeAll(async () => {
        power = await start('kept-token', browser)
      })
      afterAll(() => power.close())

      it('lets people go on with the token that they have, until Trello turns it off', async () => {
        const before = await power.open()
        await acceptOldConsent(before, browser)
        await says(before, 'connected')
        await power.move()
        const frame = await power.open()
        await call(power.trello, frame, '5 cards')
        power.trello.legacyTokens.revokeAll()
        await frame.click('#call')
        await says(frame, 'failed: 401')
        await frame.waitFor('!document.querySelector("#connect").hidden')
        await answerConsent(await browser().popupOf(() => frame.click('#connect')))
        await says(frame, 'connected')
        await call(power.trello, frame, '5 cards')
        expect(power.trello.log.apiRequests.at(-1)).toMatchObject({ authorization: true })
        const kept = "t.get('member', 'private', 'authToken').then((token) => token === undefined)"
        await frame.waitFor(kept)
      })
    })
  },
  ['chromium'],
)

interface PowerUp {
  trello: LocalTrello
  /** Opens the board and what its button opens. */
  open(): Promise<Frame>
  move(): Promise<void>
  close(): Promise<void>
}

/** Builds and serves the Power-Up as it was, and again once it has moved: on one board, so that what is kept stays. */
async function start(name: string, browser: () => Browser): Promise<PowerUp> {
  const sources = powerUpSources(name)
  const isRouted = name === 'router'
  const folder = await sources.build()
  const routed = isRouted ? await serveWithRouter(folder, '/board-lists') : undefined
  const trello = await startLocalTrello({
    port: 0,
    quiet: true,
    packageDirectory: false,
    ...(routed
      ? { powerUpUrl: routed.url, callbackPaths: ['/board-lists/callback.html'] }
      : { powerUpDirectory: resolve(folder) }),
  })
  const closings: (() => unknown)[] = [() => trello.close(), () => routed?.close(), sources.remove]
  return {
    trello,
    open: async () => {
      const board = await browser().openTab(trello.boardUrl())
      closings.unshift(() => board.close())
      await board.click('[data-test="board-button-0"]')
      const frame = board.frame('iframe[data-frame="popup"], iframe[data-frame="modal"]')
      await frame.waitFor('["#connect", "#call"].some((id) => document.querySelector(id)?.hidden === false)')
      return frame
    },
    move: async () => {
      sources.move()
      await sources.build()
    },
    close: async () => {
      for (const close of closings) await close()
    },
  }
}

async function acceptOldConsent(frame: Frame, browser: () => Browser): Promise<void> {
  const window = await browser().popupOf(() => frame.click('#connect'))
  await window.click('#accept')
}

/** The answer is on the page once the API has taken all requests of this click; it may have been there before. */
async function call({ log }: LocalTrello, frame: Frame, answer: string, requests = 1): Promise<void> {
  const before = log.apiRequests.length
  await frame.waitFor('document.querySelector("#call").hidden === false')
  await frame.click('#call')
  const taken = () =>
    log.apiRequests.slice(before).filter(({ path, status }) => path !== ownCheck && status === 200)
  await until('all answers', async () => taken().length >= requests)
  await says(frame, `called: ${answer}`)
}

function says(frame: Frame, words: string): Promise<boolean> {
  return frame.waitFor((wanted: string) => document.querySelector('#out')?.textContent === wanted, {
    args: [words] as const,
  })
}
