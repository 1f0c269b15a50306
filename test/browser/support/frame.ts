import { clickSurely } from './click'
import type { Frame } from './driver'
import { inPage, outcome, type PageCode } from './in-page'
import { limited, until } from './until'

/** What an engine can do with one loaded document. */
export interface Document {
  url(): Promise<string>
  /** Whether it has to be looked for again before the next use. */
  isGone(): boolean
  /** Gives the value of an expression, a promise's when it is one; never as a user gesture. */
  evaluate(expression: string): Promise<unknown>
  /** The document inside the iframe that the selector finds, if it is there yet. */
  child(selector: string): Promise<Document | undefined>
  /** Brings the window to the front: a page behind another is not painted, and Chromium never answers a click on it. */
  show(): Promise<void>
  /** Clicks the middle of the element. */
  press(selector: string): Promise<void>
}

const longestCall = 60_000

export function frameOver(name: string, find: () => Promise<Document | undefined>): Frame {
  async function findNow(): Promise<Document> {
    const document = await find()
    if (document === undefined) throw new Error(`There is no ${name}`)
    return document
  }
  const found = () => until(`there is ${name}`, findNow)

  const frame: Frame = {
    frame: (selector) =>
      frameOver(
        `${selector} in ${name}`,
        untilGone(async () => (await find())?.child(selector)),
      ),
    url: async () => (await found()).url(),
    evaluate: async (code: PageCode, ...args: readonly unknown[]) => evaluateIn(await found(), code, args),
    waitFor: (predicate, { args = [], within } = {}) =>
      until(`${predicate} in ${name}`, async () => evaluateIn(await findNow(), predicate, args), within),
    click: async (selector) => clickSurely(await found(), selector),
    text: (selector) => frame.waitFor(textOf, { args: [selector] }),
  }
  return frame
}

/** A frame is the same document for its driver until its element goes: looking for it costs more than what is done in it. */
function untilGone(find: () => Promise<Document | undefined>): () => Promise<Document | undefined> {
  let known: Document | undefined
  return async () => {
    if (known === undefined || known.isGone()) known = await find()
    return known
  }
}

async function evaluateIn<T>(document: Document, code: PageCode, args: readonly unknown[]): Promise<T> {
  const answer = document.evaluate(inPage(code, args))
  return outcome(await limited(answer, longestCall, `${code}`))
}

/** Runs in the page. */
function textOf(selector: string): string | undefined {
  return document.querySelector(selector)?.textContent?.trim()
}
