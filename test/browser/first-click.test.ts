import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalTrello, startLocalTrello } from '../../examples/local-trello/local-trello'
import type { Browser, Frame, Tab } from './support/driver'
import { inEachEngine } from './support/engines'
import {
  type FirstClick,
  firstClickLegend,
  firstClickRows,
  firstClickTable,
} from './support/first-click-rows'
import { writeToPromises } from './support/promises-table'
import { answerConsent } from './support/stage'

const HOUR_MS = 3_600_000

/** Settles as the name of what the call got. */
const CALL = 'client.api.get("/1/members/me").then(() => "the answer", (error) => error.code)'

inEachEngine('the first click, however the token endpoint answers', (engine, browser) => {
  let trello: LocalTrello

  beforeAll(async () => {
    trello = await startLocalTrello({
      port: 0,
      quiet: true,
      fixturesDirectory: fileURLToPath(new URL('fixtures', import.meta.url)),
      powerUpDirectory: fileURLToPath(new URL('fixtures/host-power-up', import.meta.url)),
    })
  })
  afterAll(() => trello.close())

  async function openBoard(): Promise<Board> {
    const tab = await browser().openTab(trello.boardUrl({ openCard: true }))
    const connector = tab.frame('iframe[data-frame="connector"]')
    const section = tab.frame('iframe[data-frame="section"]')
    for (const frame of [connector, section]) {
      await frame.waitFor('window.client?.state.status && client.state.status !== "restoring"')
      await chooseClient(frame, 'automatic')
    }
    return { tab, connector, section }
  }

  /** Lets an hour go by in all frames, and makes a call in one. Returns what it got, and the token requests that it took. */
  async function callLater(
    frame: Frame,
    others: readonly Frame[],
    makeCall = () => frame.evaluate<string>(CALL),
  ): Promise<string> {
    for (const each of [frame, ...others]) await each.evaluate(`clock.jump(${HOUR_MS})`)
    trello.expireAccessTokens()
    const before = trello.log.tokenRequests.length
    const got = await makeCall()
    const requests = trello.log.tokenRequests.length - before
    return `${got}, ${requests} ${requests === 1 ? 'request' : 'requests'}`
  }

  async function play(): Promise<FirstClick> {
    const board = await openBoard()
    const { section, connector } = board
    const signIn = await connect(browser(), section)
    const codes = trello.log.tokenRequests.filter(
      ({ grantType }) => grantType === 'authorization_code',
    ).length
    const way = await section.evaluate<string>(
      'storage.entries().then((entries) => entries.map(([, { record }]) => record?.way ?? "").join())',
    )
    const anHourLater = await callLater(section, [connector])
    const otherFrame = await callLater(connector, [section])
    const other = await openBoard()
    for (const each of [other.section, other.connector]) await each.evaluate(`clock.jump(${2 * HOUR_MS})`)
    const otherTab = await callLater(other.section, [other.connector, connector, section])
    await other.tab.close()
    await chooseClient(section, 'url')
    // A way by URL asks nobody but servers, so that nothing is lost of it when its pauses of seconds are skipped.
    const afterChange = await callLater(section, [connector], async () => {
      const [got] = await section.evaluate<{ value: string }[]>(`clock.finish([${CALL}])`)
      return String(got?.value)
    })
    const needsClick = !afterChange.startsWith('the answer')
    if (needsClick) await opensWindow(browser(), section)
    await section.evaluate('client.signOut()')
    await board.tab.close()
    return {
      signIn,
      way,
      clicks: 1,
      codes,
      anHourLater,
      otherFrame,
      otherTab,
      optionChanged: needsClick ? `${afterChange}; a click opens a window` : afterChange,
    }
  }

  describe.each(firstClickRows)('preflight $preflight, host commands $hostCommands', (row) => {
    it('the first click costs one window, and no second consent where a way exists', async () => {
      trello.switches.reset()
      trello.switches.set({ preflight: row.preflight, hostCommands: row.hostCommands })
      trello.log.clear()
      expect(await play()).toEqual(row.expected)
    })
  })

  it('the table of docs/promises.md says so', () => {
    if (engine === 'chromium')
      writeToPromises('first click', [firstClickLegend, '', ...firstClickTable(firstClickRows)])
  })
})

interface Board {
  tab: Tab
  connector: Frame
  section: Frame
}

async function chooseClient(frame: Frame, name: 'automatic' | 'url'): Promise<void> {
  await frame.evaluate(`Object.assign(window, { client: makeClient(${JSON.stringify(name)}) }) && 0`)
  await frame.waitFor('client.state.status !== "restoring"')
}

/** Presses the button, says yes, and tells how the sign-in ended. */
async function connect(browser: Browser, section: Frame): Promise<string> {
  const window = await browser.popupOf(() => section.click('#connect'))
  await answerConsent(window)
  return section.waitFor('client.state.status === "authorized" ? "authorized" : failures.at(-1)', {
    within: 30_000,
  })
}

async function opensWindow(browser: Browser, section: Frame): Promise<void> {
  const window = await browser.popupOf(() => section.click('#connect'))
  await window.close()
}
