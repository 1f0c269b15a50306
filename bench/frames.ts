import { type LocalTrello, startLocalTrello } from '../examples/local-trello/local-trello'
import type { Browser, Frame, Tab } from '../test/browser/support/driver'
import { answerConsent } from '../test/browser/support/stage'
import type { ClientName } from './bundles'

/** `bare` is a page without a library. */
export type Way = ClientName | 'bare'

/** What `bare` does, in the words of the tables. */
export const BARE = 'IndexedDB and `fetch`'

/** What a sign-in left in the storage, as the library keeps it. */
type Entry = Record<string, unknown>

/** What the storage of the frames holds before they open. */
export type Grant = 'good' | 'expired' | 'none'

export interface FrameSetup {
  grant: Grant
  count?: number
  /** Asks the API as the first thing. */
  isCold?: boolean
  /** As Trello hides a connector. */
  isHidden?: boolean
  /** As a frame that shows whether the person is connected, and was opened a while ago. */
  isOld?: boolean
}

/** A page that runs what it is told. */
export interface Evaluates {
  evaluate<T>(expression: string): Promise<T>
}

/** A board of the local Trello with frames of the benchmark on it, each a site of its own as on trello.com. */
export interface FrameBench {
  trello: LocalTrello
  /** Opens frames over a storage that holds this, and takes them away after the work. */
  withFrames<T>(way: Way, setup: FrameSetup, work: (frames: readonly Frame[]) => Promise<T>): Promise<T>
  /** Presses the frame's button and says yes. */
  connect(frame: Frame): Promise<void>
  /** Gets a grant for what comes next, since each refresh token works once. */
  renewGrant(): Promise<void>
  /** The address of a page with nothing of a client in it, for a tab of its own. */
  idlePage(way: Way): string
  /** Has a page empty its storage and put this there. */
  fill(page: Evaluates, grant: Grant): Promise<void>
  close(): Promise<void>
}

/** No leeway: what a second request costs shows in the calls that fail. */
const SWITCHES = { rateLimit: 'counted', rotationLeewayMs: 0 } as const

export async function openFrameBench(browser: Browser, folder: string): Promise<FrameBench> {
  const trello = await startLocalTrello({
    port: 0,
    quiet: true,
    switches: SWITCHES,
    fixturesDirectory: folder,
    callbackPaths: ['/callback.html', '/fixtures/oidc-client-ts.html'],
  })
  const board = await browser.openTab(trello.boardUrl())
  const add = (setup: PageSetup) => addFrame(trello, board, setup)
  let stored: [key: string, entry: Entry]

  async function fill(page: Evaluates, grant: Grant): Promise<void> {
    await page.evaluate('clear()')
    if (grant === 'none') return
    const expiresAt = Date.now() + (grant === 'good' ? 3_600_000 : -1_000)
    const [key, entry] = stored
    await page.evaluate(`seed(${JSON.stringify({ key, entry, expiresAt })})`)
  }

  async function withFrames<T>(
    client: Way,
    { grant, count = 1, ...setup }: FrameSetup,
    work: (frames: readonly Frame[]) => Promise<T>,
  ): Promise<T> {
    await fill(await add({ client, isIdle: true }), grant)
    await removeFrames(board)
    const frames: Frame[] = []
    while (frames.length < count) frames.push(await add({ client, ...setup }))
    for (const frame of frames) await frame.waitFor('isPrepared()')
    try {
      return await work(frames)
    } finally {
      await removeFrames(board)
    }
  }

  async function connect(frame: Frame): Promise<void> {
    await answerConsent(await browser.popupOf(() => frame.click('#connect')))
    const outcome = await frame.waitFor('window.outcome', { within: 30_000 })
    if (outcome !== 'authorized') throw new Error(`The sign-in ended with ${outcome}`)
  }

  async function renewGrant(): Promise<void> {
    stored = await withFrames('powerup-oauth', { grant: 'none' }, async (frames) => {
      const frame = only(frames)
      await connect(frame)
      return only(await frame.evaluate<[string, Entry][]>('storage.entries()'))
    })
  }

  await renewGrant()
  return {
    trello,
    withFrames,
    connect,
    renewGrant,
    idlePage: (client) => pageUrl(trello, { client, isIdle: true }),
    fill,
    close: () => trello.close(),
  }
}

export function only<T>([value]: readonly T[]): T {
  if (value === undefined) throw new Error('There is nothing')
  return value
}

interface PageSetup extends Omit<FrameSetup, 'grant' | 'count'> {
  client: Way
  isIdle?: boolean
}

let count = 0

async function addFrame(trello: LocalTrello, board: Tab, setup: PageSetup): Promise<Frame> {
  const id = `bench-${++count}`
  await board.evaluate(appendFrame, id, pageUrl(trello, setup), setup.isHidden ?? false)
  const frame = board.frame(`#${id}`)
  await frame.waitFor('window.isReady', { within: 30_000 })
  return frame
}

function pageUrl({ origins, clientId, workspaces }: LocalTrello, setup: PageSetup): string {
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
function appendFrame(id: string, src: string, hidden: boolean): void {
  const frame = document.createElement('iframe')
  Object.assign(frame, { id, src, hidden })
  frame.setAttribute(
    'sandbox',
    'allow-scripts allow-forms allow-popups allow-same-origin allow-popups-to-escape-sandbox',
  )
  frame.style.cssText = 'position:fixed;z-index:9999;left:0;top:0;width:200px;height:60px;background:#fff'
  document.body.append(frame)
}
