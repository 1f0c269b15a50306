import type { AuthState } from '../../../src/index'
import type { Browser, Frame, Tab } from './driver'
import { type FrameSetup, outcomeOf, removeFrames, type Stage } from './stage'

/** How a scenario came out, as the page of promises shows it. */
export interface Ending {
  /** What each `authorize()` settled with, in the order of the calls. */
  results: readonly string[]
  /** Clicks in the Power-Up, not those in the sign-in window. */
  clicks: number
  state: string
}

/** One board with a person in front of it. What is stored belongs to this scene alone. */
export interface Scene {
  browser: Browser
  board: Tab
  /** The first Power-Up frame. */
  frame: Frame
  addFrame(setup?: FrameSetup): Promise<Frame>
  /** Presses a button of the Power-Up, and gives the window that it opens. */
  press(selector?: string, frame?: Frame): Promise<Tab>
  /** Presses a button of the Power-Up that opens no window, or none that this scene wants to see. */
  pressOnly(selector?: string, frame?: Frame): Promise<void>
  /** How the frames' sign-ins ended, the removed ones aside, and the state of `frame` now. */
  ending(...frames: Frame[]): Promise<Ending>
  removeFrame(frame: Frame): Promise<void>
  /** The windows that this scene opened and that are still there. */
  openWindows(): Promise<readonly Tab[]>
  end(): Promise<void>
}

let count = 0

/** @param shared - a board that is open already, and stays so; without it the scene opens its own */
export async function openScene(
  stage: Stage,
  browser: Browser,
  setup: FrameSetup = {},
  shared?: Tab,
): Promise<Scene> {
  // Grants are kept apart by authorization endpoint: an endpoint of its own makes the scene a fresh profile.
  const authorizationEndpoint = `${stage.trello.origins.auth}/authorize?scene=${++count}`
  const own = (asked: FrameSetup): FrameSetup => ({
    ...asked,
    options: { authorizationEndpoint, ...asked.options },
  })
  const before = new Set(await browser.tabs())
  const board = shared ?? (await browser.openTab(stage.trello.boardUrl()))
  const frame = await stage.addFrame(board, own(setup))
  let clicks = 0

  const pressOnly: Scene['pressOnly'] = async (selector = '#connect', pressed = frame) => {
    clicks++
    await pressed.click(selector)
  }
  const openWindows = async () => (await browser.tabs()).filter((tab) => tab !== board && !before.has(tab))
  return {
    browser,
    board,
    frame,
    addFrame: (asked = setup) => stage.addFrame(board, own(asked)),
    pressOnly,
    press: (selector, pressed) => browser.popupOf(() => pressOnly(selector, pressed)),
    ending: async (...asked) => {
      const results: string[] = []
      for (const each of asked.length > 0 ? asked : [frame]) results.push(...(await outcomesOf(each)))
      const state = describeState(await (asked.at(-1) ?? frame).evaluate<AuthState>('client.readState()'))
      return { results, clicks, state }
    },
    removeFrame: async (removed) => {
      const name = await removed.evaluate<string>('window.name')
      await board.evaluate((id: string) => document.getElementById(id)?.remove(), name)
    },
    openWindows,
    end: async () => {
      for (const tab of await openWindows()) await tab.close()
      if (!shared) await board.close()
      else await removeFrames(board)
    },
  }
}

async function outcomesOf(frame: Frame): Promise<string[]> {
  const results: string[] = []
  const total = await frame.evaluate<number>('outcomes.length')
  while (results.length < total) results.push(await outcomeOf(frame, results.length))
  return results
}

function describeState(state: AuthState): string {
  const words: string[] = [state.status]
  if ('blockedBy' in state) words.push(`blocked by ${state.blockedBy}`)
  if ('signIn' in state) words.push(String(state.signIn))
  return words.join(', ')
}
