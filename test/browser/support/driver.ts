import type { Engine } from '../../../scripts/browsers'

/**
 * What a scenario may do with a browser, the same in Chromium, Firefox and WebKit.
 *
 * Nothing here counts as a user gesture but `click`: a page that calls `window.open` inside `evaluate` is treated as if
 * a timer had called it.
 */
export interface Browser {
  readonly engine: Engine
  openTab(url: string): Promise<Tab>
  /** Every top-level window, oldest first; popups too, also those whose opener was cut. */
  tabs(): Promise<readonly Tab[]>
  /** The window that opens while `action` runs or soon after. */
  popupOf(action: () => Promise<unknown>): Promise<Tab>
  /** False in WebKitGTK, which tells nobody what its pages write. */
  readonly hearsConsole: boolean
  /** What all pages wrote to the console so far, uncaught errors included. */
  consoleMessages(): readonly string[]
  /** False in WebKitGTK, as it is started here. */
  readonly takesPictures: boolean
  close(): Promise<void>
}

/** A top-level window. */
export interface Tab extends Frame {
  /** The frame, however deep, whose address contains the text or matches the expression. */
  frameAt(address: string | RegExp): Frame
  goto(url: string): Promise<void>
  reload(): Promise<void>
  close(): Promise<void>
  isClosed(): Promise<boolean>
  screenshot(path: string): Promise<void>
}

/** A document, found anew at each call, so that it survives its own reloads and navigations. */
export interface Frame {
  /** The frame inside the iframe element that the selector finds. */
  frame(selector: string): Frame
  url(): Promise<string>
  /** Runs in the page's own world. A function is sent as text: it sees its arguments and the page, nothing else. */
  evaluate<T>(expression: string): Promise<T>
  evaluate<T, A extends readonly unknown[]>(fn: (...args: A) => T | Promise<T>, ...args: A): Promise<T>
  /** Evaluates until the value is truthy; a document that is loading or navigating is asked again. */
  waitFor<T, A extends readonly unknown[] = []>(
    predicate: string | ((...args: A) => T | Promise<T>),
    options?: { args?: A; within?: number },
  ): Promise<NonNullable<T>>
  /** A real click of the mouse, once the element is painted; one that the engine lost is made again. */
  click(selector: string): Promise<void>
  text(selector: string): Promise<string>
}

/** An error that the page threw inside `evaluate`, or the rejection of what it returned. */
export class PageError extends Error {
  override name = 'PageError'
  constructor(readonly thrown: { name: string; message: string; code?: unknown }) {
    super(`${thrown.name}: ${thrown.message}`)
  }
}
