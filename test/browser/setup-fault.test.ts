import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Frame, Tab } from './support/driver'
import { inEachEngine } from './support/engines'
import { PROMPT_BUTTON } from './support/example-pages'
import { openScene, type Scene } from './support/scene'
import { answerConsent, type FrameSetup, openStage, outcomeOf, type Stage } from './support/stage'
import { until } from './support/until'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage?.close())

// WebKitGTK tells nobody what its pages write to the console.
inEachEngine(
  'a fault of the set-up is named on the screen, in the console and in the error',
  (engine, browser) => {
    let board: Tab
    let scene: Scene
    let heardBefore = 0

    beforeAll(async () => {
      board = await browser().openTab(stage.trello.boardUrl())
    })
    beforeEach(() => {
      stage.trello.switches.reset()
      heardBefore = browser().consoleMessages().length
      return () => scene.end()
    })

    /** A frame with a prompt, whose errors are kept. */
    async function frameWithPrompt(setup: FrameSetup = {}): Promise<Frame> {
      scene = await openScene(stage, browser(), setup, board)
      // As text: Vitest rewrites an import in a function.
      await scene.frame.evaluate('import("/lib/prompt.js").then((module) => void module.definePrompt())')
      await scene.frame.evaluate(addPrompt)
      return scene.frame
    }

    /** What the library has written to the console since the test began. */
    function said(): readonly string[] {
      const heard = browser().consoleMessages().slice(heardBefore)
      const lines = heard.filter((message) => message.includes('powerup-oauth: '))
      // The driver of Firefox hears a line of a frame twice.
      return engine === 'firefox' ? [...new Set(lines)] : lines
    }

    /** The prompt shows the code, the console has one line with all of the words, and the error has the code. */
    async function isNamed(frame: Frame, code: string, ...words: string[]): Promise<void> {
      await frame.waitFor('window.promptError')
      const [name, serverError] = code.split(', ')
      expect(await frame.evaluate('codesOf(window.promptError)')).toContain(name)
      await frame.waitFor(
        (shown: string) =>
          document.querySelector('powerup-oauth-prompt')?.shadowRoot?.textContent?.includes(`: ${shown}.`),
        { args: [code] as const },
      )
      await until('the console has the line', async () => said().length > 0)
      expect(said()).toHaveLength(1)
      for (const word of [`powerup-oauth: ${name}: `, serverError ?? '', ...words])
        expect(said()[0]).toContain(word)
    }

    it('no CORS at the token endpoint', async () => {
      const frame = await frameWithPrompt()
      stage.trello.switches.set({ preflight: 'refused', hostCommands: 'missing' })
      await answerConsent(await scene.press(PROMPT_BUTTON))
      await isNamed(frame, 'tokenEndpointUnreadable', 'CORS', 'token-proxy')
    })

    it('a connect-src without the token endpoint', async () => {
      const frame = await frameWithPrompt()
      await frame.evaluate(forbidAllBut, stage.trello.origins.api)
      await answerConsent(await scene.press(PROMPT_BUTTON))
      await isNamed(frame, 'blockedByPolicy', 'connect-src')
    })

    it('a piece of the library that is missing on the host', async () => {
      stage.trello.switches.set({ laterPieces: 'missing' })
      const frame = await frameWithPrompt()
      await scene.pressOnly(PROMPT_BUTTON)
      await isNamed(frame, 'notLoaded', '/lib/')
    })

    it('a page at redirectUri that does not answer', async () => {
      const frame = await frameWithPrompt({ options: { redirectUri: '/fixtures/silent-callback.html' } })
      const window = await scene.press(PROMPT_BUTTON)
      await reachesCallback(window)
      await window.close()
      await noticesClosing(frame)
      expect(said()).toEqual([])
      await frame.evaluate('void delete window.promptError')
      const second = await scene.press(PROMPT_BUTTON)
      await second.waitFor('location.pathname === "/fixtures/silent-callback.html"')
      await frame.evaluate('clock.advance(5_000)')
      await reachesCallback(second)
      await second.close()
      await noticesClosing(frame)
      await isNamed(frame, 'notLoaded', 'redirectUri', 'powerup-oauth-callback.js')
    })

    it('no workspace in the request', async () => {
      const frame = await frameWithPrompt()
      await frame.evaluate('void (prompt.client = clientWithoutT())')
      await scene.pressOnly(PROMPT_BUTTON)
      await isNamed(frame, 'serverRefused, invalid_target', 'workspace')
    })

    it('a scope that is not switched on', async () => {
      stage.trello.switches.set({ enabledScopes: 'read:account:trello', unknownScope: 'invalidScope' })
      const frame = await frameWithPrompt()
      await scene.pressOnly(PROMPT_BUTTON)
      await isNamed(frame, 'serverRefused, invalid_scope', 'read:member:trello')
    })

    it('a wrong argument of authorize(): no window opens', async () => {
      const frame = await frameWithPrompt()
      await frame.evaluate('void (window.nextOptions = { scopes: "read:member:trello" })')
      await scene.pressOnly()
      expect(await outcomeOf(frame, 0)).toBe('invalidRequest')
      await until('the console has the line', async () => said().length > 0)
      expect(said()).toEqual([expect.stringMatching(/invalidRequest: .*scopes/s)])
      expect(await scene.openWindows()).toEqual([])
    })

    it('what a person does is no fault: the console stays empty', async () => {
      const frame = await frameWithPrompt()
      await answerConsent(await scene.press(PROMPT_BUTTON), 'deny')
      await frame.waitFor('window.promptError?.code === "accessDenied"')
      await frame.evaluate('void delete window.promptError')
      const window = await scene.press(PROMPT_BUTTON)
      await window.waitFor('document.querySelector("#account-1") !== null')
      await window.close()
      await noticesClosing(frame)
      expect(said()).toEqual([])
    })
  },
  ['chromium', 'firefox'],
)

/** The person consents, and the page at `redirectUri` is shown. */
async function reachesCallback(window: Tab): Promise<void> {
  await answerConsent(window)
  await window.waitFor('location.pathname === "/fixtures/silent-callback.html"')
}

/** The clock of the frame runs ahead until its sign-in has noticed that the window is closed. */
async function noticesClosing(frame: Frame): Promise<void> {
  await frame.waitFor('lastOpened.closed')
  await frame.evaluate('clock.advance(5_000)')
  await frame.waitFor('window.promptError?.code === "popupClosed"')
}

/** Runs in the page: shows the prompt for the client of the frame. */
function addPrompt(): void {
  const page = window as unknown as PageWithPrompt
  const prompt = document.createElement('powerup-oauth-prompt') as PageWithPrompt['prompt']
  prompt.client = page.client
  prompt.addEventListener('authorizeerror', (event) => {
    page.promptError = (event as CustomEvent).detail
  })
  document.body.prepend(prompt)
  const codesOf = (error: PageWithPrompt['promptError']): string[] =>
    error?.code === undefined ? [] : [error.code, ...codesOf(error.cause)]
  const clientWithoutT = () =>
    page.createClient({ ...page.options, redirectUri: new URL(page.options.redirectUri, location.origin) })
  Object.assign(window, { prompt, codesOf, clientWithoutT })
}

/** Runs in the page: the page and this origin are all that may be asked from now on. */
function forbidAllBut(origin: string): void {
  const policy = document.createElement('meta')
  policy.httpEquiv = 'Content-Security-Policy'
  policy.content = `connect-src 'self' ${origin}`
  document.head.append(policy)
}

interface PageWithPrompt {
  client: unknown
  prompt: HTMLElement & { client: unknown }
  promptError: { code?: string; cause?: PageWithPrompt['promptError'] } | undefined
  options: { redirectUri: string }
  createClient(options: object): unknown
}
