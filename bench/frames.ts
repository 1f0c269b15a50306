import { type LocalTrello, startLocalTrello } from '../examples/local-trello/local-trello'
import type { Browser, Frame, Tab } from '../test/browser/support/driver'
import { answerConsent } from '../test/browser/support/stage'
import type { ClientName } from './bundles'

/** What a sign-in left in the storage, as the library keeps it. */
type Entry = Record<string, unknown>

export interface AtExpiry {
  tokenRequests: number
  /** Until the last of all calls has ended. */
  ms: number
  failed: number
}

/** A board of the local Trello with frames of the benchmark on it, each a site of its own as on trello.com. */
export interface FrameBench {
  /** One warm look at a token, in microseconds. */
  lookup(client: ClientName): Promise<number>
  /** From the start of a frame to its first answer of the API, in milliseconds. */
  coldStart(client: ClientName | 'bare'): Promise<number>
  /** So many frames with ten calls each, when the access token has just run out. */
  atExpiry(client: ClientName, frames: number): Promise<AtExpiry>
  /** A page at the top with nothing in it, for `hold(count)`. */
  idlePage(client: ClientName): string
  close(): Promise<void>
}

export async function openFrameBench(browser: Browser, pages: string): Promise<FrameBench> {
  const trello = await startLocalTrello({ port: 0, quiet: true, fixturesDirectory: pages })
  const board = await browser.openTab(trello.boardUrl())
  const place = { trello, browser, board }
  let entry = await signIn(place)

  async function withFrames<T>(
    client: ClientName | 'bare',
    count: number,
    expiresAt: number,
    work: (frames: Frame[]) => Promise<T>,
    isCold = false,
  ): Promise<T> {
    const seeding = await addFrame(place, { client, isIdle: true })
    await seeding.evaluate(`seed(${JSON.stringify({ entry, expiresAt })})`)
    await removeFrames(board)
    const frames: Frame[] = []
    while (frames.length < count) frames.push(await addFrame(place, { client, isCold }))
    try {
      return await work(frames)
    } finally {
      await removeFrames(board)
    }
  }

  const inAnHour = () => Date.now() + 3_600_000
  return {
    lookup: (client) =>
      withFrames(client, 1, inAnHour(), ([frame]) => only(frame).evaluate('lookupUs(2_000)')),
    coldStart: (client) =>
      withFrames(client, 1, inAnHour(), ([frame]) => only(frame).waitFor('window.firstAnswerMs'), true),
    atExpiry: async (client, count) => {
      entry = await signIn(place)
      return withFrames(client, count, Date.now() - 1_000, async (frames) => {
        trello.log.clear()
        const startAt = Date.now() + 500
        const run = `callAt(${startAt}, 10)`
        const ended = await Promise.all(
          frames.map((frame) => frame.evaluate<{ endedAt: number; failed: number }>(run)),
        )
        return {
          tokenRequests: trello.log.tokenRequests.length,
          ms: Math.max(...ended.map(({ endedAt }) => endedAt)) - startAt,
          failed: ended.reduce((sum, { failed }) => sum + failed, 0),
        }
      })
    },
    idlePage: (client) => frameUrl(trello, { client, isIdle: true }),
    close: () => trello.close(),
  }
}

interface Place {
  trello: LocalTrello
  browser: Browser
  board: Tab
}

interface FrameSetup {
  client: ClientName | 'bare'
  isIdle?: boolean
  isCold?: boolean
}

/** A grant of its own for what comes next, since each refresh token works once. */
async function signIn(place: Place): Promise<Entry> {
  const frame = await addFrame(place, { client: 'powerup-oauth', isIdle: true })
  await frame.evaluate('storage.clear().catch(() => {}).then(() => localStorage.clear())')
  await removeFrames(place.board)
  const signing = await addFrame(place, { client: 'powerup-oauth' })
  await answerConsent(await place.browser.popupOf(() => signing.click('#connect')))
  const outcome = await signing.waitFor('window.outcome', { within: 30_000 })
  if (outcome !== 'authorized') throw new Error(`The sign-in ended with ${outcome}`)
  const [stored] = await signing.evaluate<[string, Entry][]>('storage.entries()')
  if (stored === undefined) throw new Error('The sign-in stored nothing')
  await removeFrames(place.board)
  return stored[1]
}

let count = 0

async function addFrame({ trello, board }: Place, setup: FrameSetup): Promise<Frame> {
  const id = `bench-${++count}`
  await board.evaluate(appendFrame, id, frameUrl(trello, setup))
  const frame = board.frame(`#${id}`)
  await frame.waitFor('window.isReady', { within: 30_000 })
  return frame
}

function frameUrl({ origins, clientId, workspaces }: LocalTrello, setup: FrameSetup): string {
  const config = {
    auth: origins.auth,
    api: origins.api,
    clientId,
    redirectUri: '/callback.html',
    scopes: ['read:board:trello'],
    workspace: workspaces[0].id,
  }
  const query = new URLSearchParams({ setup: JSON.stringify({ ...setup, config }) })
  return `${origins.powerUp}/fixtures/frame.html?${query}`
}

function removeFrames(board: Tab): Promise<unknown> {
  return board.evaluate(() => {
    for (const frame of document.querySelectorAll('iframe[id^="bench-"]')) frame.remove()
  })
}

/** Runs in the page. */
function appendFrame(id: string, src: string): void {
  const frame = document.createElement('iframe')
  Object.assign(frame, { id, src })
  frame.setAttribute(
    'sandbox',
    'allow-scripts allow-forms allow-popups allow-same-origin allow-popups-to-escape-sandbox',
  )
  frame.style.cssText = 'position:fixed;z-index:9999;left:0;top:0;width:200px;height:60px;background:#fff'
  document.body.append(frame)
}

function only<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('There is no frame')
  return value
}
