import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import type { Frame, Page, Browser as Puppet } from 'puppeteer-core'
import { sendLibraryFile } from '../../../examples/local-trello/power-up/built-package'
import { sendFile, sendNotFound } from '../../../examples/local-trello/static-files'
import type { AuthState, ErrorCode } from '../../../src/index'
import type { PartialPromptTexts, PromptSituation } from '../../../src/prompt/texts'
import { openChromium } from './chromium'

export type Color = 'light' | 'dark'

/** What makes the prompt be about a situation. */
export interface Cause {
  state: AuthState
  /** The code of the last error. */
  code?: ErrorCode
  /** The HTTP status that the last error names. */
  status?: number
}

const never: AuthState = { status: 'notAuthorized', persistent: true }
const since = Date.UTC(2026, 10, 24)
const scopes = ['read:member:trello']

/** Every situation, with what leads to it. */
export const causes: Record<PromptSituation, Cause> = {
  connect: { state: never },
  expired: { state: { status: 'tokenExpired', reason: 'expired', since, scopes } },
  revoked: { state: { status: 'tokenExpired', reason: 'revoked', since, scopes } },
  rotationLost: { state: { status: 'tokenExpired', reason: 'rotationLost', since, scopes } },
  unfinished: { state: { ...never, signIn: 'unfinished' }, code: 'popupClosed' },
  // The gallery presses the button for it.
  inProgress: { state: never },
  elsewhere: { state: { ...never, signIn: 'elsewhere' } },
  accessDenied: { state: never, code: 'accessDenied' },
  popupBlocked: { state: never, code: 'popupBlocked' },
  accountMismatch: { state: never, code: 'accountMismatch' },
  noWorkspace: { state: { ...never, blockedBy: 'noWorkspace' } },
  notLoggedIn: { state: { ...never, blockedBy: 'notLoggedIn' } },
  storageUnavailable: { state: { ...never, persistent: false } },
  offline: { state: never, code: 'network' },
  unavailable: { state: never, code: 'tokenEndpointUnavailable', status: 503 },
  missingScopes: {
    state: { status: 'authorized', scopes, missingScopes: ['read:board:trello'], persistent: true },
  },
  legacy: { state: { ...never, legacy: true } },
  failed: { state: never, code: 'serverRefused' },
}

export interface Gallery {
  page: Page
  /** The frame, 300 pixels wide, whose page the prompt stands in. */
  frame: Frame
  show(situation: PromptSituation, color: Color, texts?: PartialPromptTexts): Promise<void>
  /** What broke the page's policy, and what it did not catch. */
  trouble(): Promise<readonly string[]>
  screenshot(path: string): Promise<void>
  close(): Promise<void>
}

/** The prompt of the built package in a popup's frame, in Chromium. */
export async function openGallery(): Promise<Gallery> {
  const host = await openPromptHost()
  const browser = await openChromium()
  const page = await openPage(browser, host.url)
  const frame = page.frames().find((each) => each.url().endsWith('prompt-frame.html'))
  if (!frame) throw new Error('The frame did not load.')
  await frame.waitForFunction('window.isReady')
  return {
    page,
    frame,
    show: async (situation, color, texts) => {
      const shown = await frame.evaluate(showExpression(situation, color, texts))
      if (shown !== situation) throw new Error(`The prompt is about ${shown}, not ${situation}.`)
    },
    trouble: () => frame.evaluate('trouble') as Promise<string[]>,
    screenshot: async (path) => {
      mkdirSync(dirname(path), { recursive: true })
      await (await page.$('iframe'))?.screenshot({ path: path as `${string}.png` })
    },
    close: async () => {
      await browser.close()
      await host.close()
    },
  }
}

/** To be evaluated in the frame; gives the situation that is shown then. */
export function showExpression(
  situation: PromptSituation,
  color: Color = 'light',
  texts: PartialPromptTexts = {},
): string {
  return `show(${JSON.stringify({ ...causes[situation], situation, color, texts })})`
}

/** A host with a page that frames the prompt, under a strict policy. */
export async function openPromptHost(): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const headers = { 'content-security-policy': POLICY }
    const [, folder = '', path = ''] = pathname.match(/^\/(dist|fixtures)(\/.*)/) ?? []
    const sending =
      folder === 'dist'
        ? sendLibraryFile(response, 'dist', path, headers)
        : sendFile(response, 'test/browser/fixtures', path, headers)
    sending.then((isSent) => isSent || sendNotFound(response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://powerup.localhost:${(server.address() as AddressInfo).port}/fixtures/prompt-host.html`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; frame-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"

async function openPage(browser: Puppet, url: string): Promise<Page> {
  const page = await browser.newPage()
  // What fades in would be pictured, and judged, half faded.
  await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }])
  await page.setViewport({ width: 480, height: 480, deviceScaleFactor: 2 })
  await page.goto(url, { waitUntil: 'load' })
  return page
}
