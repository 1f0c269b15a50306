import { fileURLToPath } from 'node:url'
import { type LocalTrello, type Member, startLocalTrello } from '../../../examples/local-trello/local-trello'
import type { Browser, Frame, Tab } from './driver'

/** The local Trello with Power-Up frames that do what a test tells them. */
export interface Stage {
  trello: LocalTrello
  /** Opens a board with one Power-Up frame on it, or more. */
  openBoard(browser: Browser, setup?: FrameSetup, frames?: number): Promise<{ tab: Tab; frames: Frame[] }>
  /** Adds a Power-Up frame to an open board. */
  addFrame(tab: Tab, setup?: FrameSetup): Promise<Frame>
  close(): Promise<void>
}

export interface FrameSetup {
  member?: Member | 'notLoggedIn'
  /** The id of a workspace; `null` for a board outside of any. */
  workspace?: string | null
  /** Options of `createClient`, besides those that name the local servers. */
  options?: Record<string, unknown>
  /** What is missing or broken in the frame before the library is loaded: see fixtures/environment.js. */
  broken?: readonly Breakage[]
}

export type Breakage =
  | 'noIndexedDb'
  | 'noChannel'
  | 'noLocks'
  | 'unseen'
  | 'openHangs'
  | 'openedFirst'
  | 'heldByAnother'
  | 'putFails'

/** @param isRecorded - whether the frames tell the board what they hear and say: see secret-scan.ts */
export async function openStage({ isRecorded = false } = {}): Promise<Stage> {
  const trello = await startLocalTrello({
    port: 0,
    quiet: true,
    switches: { policies: 'strict', rateLimit: 'counted' },
    fixturesDirectory: fixtures,
    attackerDirectory: attacker,
    callbackPaths: ['/callback.html', '/fixtures/silent-callback.html'],
  })
  let count = 0

  async function addFrame(tab: Tab, setup: FrameSetup = {}): Promise<Frame> {
    const id = `frame-${++count}`
    await tab.evaluate(appendFrame, id, frameUrl(trello, setup, isRecorded), SANDBOX)
    const frame = tab.frame(`#${id}`)
    await frame.waitFor('window.client && client.state.status !== "restoring"')
    return frame
  }

  return {
    trello,
    addFrame,
    openBoard: async (browser, setup = {}, frames = 1) => {
      const tab = await browser.openTab(trello.boardUrl())
      const added: Frame[] = []
      // One after the other: a driver may never get a context for frames that load in a burst.
      while (added.length < frames) added.push(await addFrame(tab, setup))
      return { tab, frames: added }
    },
    close: () => trello.close(),
  }
}

/** A person's answer in the sign-in window: the account, then yes or no. */
export async function answerConsent(
  window: Tab,
  answer: 'accept' | 'deny' = 'accept',
  account = 1,
): Promise<void> {
  await window.waitFor((id: string) => document.querySelector(id) !== null, {
    args: [`#account-${account}`] as const,
  })
  await window.click(`#account-${account}`)
  await window.waitFor('document.querySelector("#accept") !== null')
  await window.click(`#${answer}`)
}

/** Presses the button and goes through consent until the frame has its result. */
export async function signIn(
  browser: Browser,
  frame: Frame,
  answer: 'accept' | 'deny' = 'accept',
  account = 1,
): Promise<string> {
  const nth = await frame.evaluate<number>('outcomes.length')
  const window = await browser.popupOf(() => frame.click('#connect'))
  await answerConsent(window, answer, account)
  return outcomeOf(frame, nth)
}

/** How the `nth` sign-in of the frame ended. */
export function outcomeOf(frame: Frame, nth: number): Promise<string> {
  return frame.waitFor(
    (index: number) => {
      const { outcomes } = window as unknown as { outcomes: { result: string }[] }
      const result = outcomes[index]?.result
      return result === 'pending' ? undefined : result
    },
    { args: [nth] as const, within: 30_000 },
  )
}

/** The second member, workspace or board: the data that the tests run with has two of each. */
export function second<T>([, found]: readonly T[]): T {
  if (found === undefined) throw new Error('There is no second one')
  return found
}

/** Takes all Power-Up frames off an open board. */
export function removeFrames(board: Tab): Promise<void> {
  return board.evaluate(() => {
    for (const frame of document.querySelectorAll('iframe[id^="frame-"]')) frame.remove()
  })
}

/** As Trello embeds Power-Ups. */
const SANDBOX =
  'allow-scripts allow-forms allow-popups allow-same-origin allow-popups-to-escape-sandbox allow-modals allow-presentation allow-storage-access-by-user-activation allow-downloads'

const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url))
const attacker = fileURLToPath(new URL('../fixtures/attacker', import.meta.url))

function frameUrl(
  { origins, clientId, members, workspaces }: LocalTrello,
  setup: FrameSetup,
  isRecorded: boolean,
): string {
  const { member = members[0], workspace = workspaces[0].id } = setup
  const context = {
    member: member === 'notLoggedIn' ? member : member.id,
    ...(workspace !== null && { organization: workspace }),
  }
  const options = {
    clientId,
    redirectUri: '/callback.html',
    scopes: ['read:board:trello', 'read:member:trello'],
    authorizationEndpoint: `${origins.auth}/authorize`,
    tokenEndpoint: `${origins.auth}/oauth/token`,
    apiOrigins: [origins.api],
    ...setup.options,
  }
  const environment = { broken: setup.broken ?? [], isRecorded }
  return `${origins.powerUp}/fixtures/frame.html?setup=${encodeURIComponent(JSON.stringify({ context, options, environment }))}`
}

function appendFrame(id: string, url: string, sandbox: string): void {
  const frame = document.createElement('iframe')
  Object.assign(frame, { id, name: id, src: url })
  frame.setAttribute('sandbox', sandbox)
  frame.setAttribute('allow', 'microphone; camera')
  frame.style.cssText = 'position:fixed;z-index:9999;left:0;width:320px;height:120px;background:#fff'
  frame.style.top = `${document.querySelectorAll('iframe[id^="frame-"]').length * 122}px`
  document.body.append(frame)
}
