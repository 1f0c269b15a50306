import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Frame, Tab } from './support/driver'
import { inEachEngine } from './support/engines'
import { openScene, type Scene } from './support/scene'
import { openSecretScan, type SecretScan } from './support/secret-scan'
import { answerConsent, openStage, outcomeOf, type Stage, signIn } from './support/stage'
import { readEntry } from './support/stored-grant'
import { until } from './support/until'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ isRecorded: true })
})
afterAll(() => stage?.close())

/** Each wrong option, the code that it gets, and what its message tells the developer to do. */
const wrongOptions: readonly [options: string, code: string, advice: RegExp][] = [
  ['{ clientId: " " }', 'invalidClientId', /clientId must be the client id of the app settings/],
  ['{ redirectUri: "https://elsewhere.example/callback.html" }', 'invalidRedirectUri', /this page's origin/],
  ['{ redirectUri: "/callback.html" }', 'invalidRedirectUri', /must be an absolute HTTPS URL/],
  ['{ redirectUri: location.origin + "/callback.html#done" }', 'invalidRedirectUri', /without a fragment/],
  ['{ scopes: "read:board:trello" }', 'invalidScopes', /must be an array of scope names/],
  ['{ scopes: ["read:board:trello read:member:trello"] }', 'invalidScopes', /each without spaces/],
  ['{ workspace: "" }', 'invalidWorkspace', /must be the id of a workspace/],
  ['{ member: 7 }', 'invalidMember', /must be the id of a member/],
  ['{ onEvent: "log" }', 'invalidOnEvent', /must be a function/],
  ['{ tokenEndpoint: "http://auth.example/token" }', 'invalidTokenEndpoint', /must be an absolute HTTPS URL/],
  ['{ tokenEndpoint: { refresh: 1 } }', 'invalidTokenEndpoint', /a URL, a TokenEndpoint, or a function/],
  [
    '{ authorizationEndpoint: "/authorize" }',
    'invalidAuthorizationEndpoint',
    /must be an absolute HTTPS URL/,
  ],
  ['{ apiOrigins: [] }', 'invalidApiOrigins', /non-empty array of HTTPS origins/],
  ['{ apiOrigins: ["http://api.example"] }', 'invalidApiOrigins', /non-empty array of HTTPS origins/],
  [
    '{ revocationEndpoint: "http://auth.example/" }',
    'invalidRevocationEndpoint',
    /must be an absolute HTTPS/,
  ],
  ['{ issuer: "" }', 'invalidIssuer', /must be the issuer identifier/],
  ['{ t: {} }', 'noTrelloContext', /Pass the t of TrelloPowerUp.iframe\(\)/],
]

/** Each wrong call, the code that it gets, and what its message tells the developer to do. */
const wrongCalls: readonly [call: string, code: string, advice: RegExp][] = [
  ['client.api.get("/1/html")', 'http', /is not JSON; is this a path of the REST API\?/],
  ['client.api.get("/1/nothing/here")', 'http', /answered with 404. The status and the body say why/],
  ['client.api.get("https://elsewhere.example/1/members/me")', 'untrustedUrl', /Pass a path such as/],
  ['client.api.get("//elsewhere.example/1/members/me")', 'untrustedUrl', /Pass a path such as/],
  ['client.fetch("https://elsewhere.example/")', 'untrustedUrl', /use the plain fetch for other addresses/],
  ['client.fetch("http://api.trello.com/1/members/me")', 'untrustedUrl', /The bearer goes to .* only/],
  [
    'client.fetch("/1/members/me", { headers: { authorization: "Bearer mine" } })',
    'invalidRequest',
    /Leave the Authorization header out/,
  ],
  [
    'client.api.get("/1/members/me", { headers: { Authorization: "Bearer mine" } })',
    'invalidRequest',
    /Leave the Authorization header out/,
  ],
]

// What is judged here is our own code, the same in every engine; what engines differ in is in callback-page and attack.
inEachEngine(
  'bad input',
  (_engine, browser) => {
    let scan: SecretScan
    let scene: Scene
    let frame: Frame
    let grant: unknown

    beforeAll(async () => {
      stage.trello.switches.reset()
      const board = await browser().openTab(stage.trello.boardUrl())
      scan = await openSecretScan(stage, browser(), board)
      scene = await openScene(stage, browser(), {}, board)
      frame = scene.frame
      expect(await signIn(browser(), frame)).toBe('authorized')
      grant = (await readEntry(frame))?.record
      expect(grant).toMatchObject({ status: 'live' })
    })

    beforeEach(() => {
      stage.trello.switches.reset()
      stage.trello.log.clear()
      // Whatever is put in: what was stored stays as it was.
      return async () => {
        await scan.note(frame)
        expect((await readEntry(frame))?.record).toEqual(grant)
        expect(await frame.evaluate('client.readState()')).toMatchObject({
          status: 'authorized',
          persistent: true,
        })
      }
    })

    it.each(wrongOptions)('createClient with %s throws %s', async (options, code, advice) => {
      const making = `Promise.resolve().then(() => createClient({ ...${rightOptions}, ...${options} }))`
      const [result] = await frame.evaluate<Result[]>(`settled([${making}])`)
      expectTyped(result, 'ConfigurationError', code, advice)
    })

    it.each(wrongCalls)('%s rejects with %s', async (call, code, advice) => {
      const [result] = await frame.evaluate<Result[]>(`settled([${call}])`)
      expectTyped(result, code === 'http' ? 'ApiError' : 'ConfigurationError', code, advice)
      if (code !== 'http') expect(stage.trello.log.apiRequests).toEqual([])
      const requested = await frame.evaluate<string[]>(
        'performance.getEntriesByType("resource").map(({ name }) => new URL(name).host)',
      )
      expect(requested.filter((host) => !host.endsWith(`.localhost:${stage.trello.port}`))).toEqual([])
    })

    it('the callback page, opened by hand, stores nothing and says what to do', async () => {
      const page = await browser().openTab(
        `${stage.trello.origins.powerUp}/callback.html?code=made-up&state=mine`,
      )
      await page.waitFor('document.body.innerText.includes("Go back to Trello")')
      expect(await page.url()).toBe(`${stage.trello.origins.powerUp}/callback.html`)
      await page.goto(`${stage.trello.origins.powerUp}/callback.html`)
      await page.waitFor('document.body.innerText.includes("Nothing to do here")')
      await page.evaluate('localStorage.clear()')
      await page.close()
    })

    it('a response with a wrong state is as if it had not come', async () => {
      const { window, nth } = await askForMore()
      await window.evaluate(addLink, `${stage.trello.origins.powerUp}/callback.html?code=stolen&state=wrong`)
      await window.click('#out')
      await window.waitFor('document.body.innerText.includes("press the button again")')
      expect(await frame.evaluate(`outcomes[${nth}].result`)).toBe('pending')
      await window.evaluate('localStorage.clear()')
      await window.close()
      expect(await outcomeOf(frame, nth)).toBe('popupClosed')
      await expectOutcome(nth, 'popupClosed', /can no longer be seen.*the next authorize\(\) picks it up/)
      expect(stage.trello.log.tokenRequests).toEqual([])
    })

    it('a response with a wrong issuer ends the sign-in', async () => {
      stage.trello.switches.set({ iss: 'wrong' })
      await expectEnding('accept', 1, 'invalidResponse', /check `issuer` and `authorizationEndpoint`/)
      expect(stage.trello.log.tokenRequests).toEqual([])
    })

    it('a person who says no ends the sign-in with accessDenied', async () => {
      await expectEnding('deny', 1, 'accessDenied', /Offer the button again; nothing has changed/)
    })

    it('a person with another account ends the sign-in with accountMismatch', async () => {
      await expectEnding('accept', 2, 'accountMismatch', /Ask them to choose the same account/)
    })

    it('a server that takes the code for a foreign one ends the sign-in with exchangeFailed', async () => {
      stage.trello.switches.set({ tokenEndpoint: 'invalidClient401' })
      await expectEnding('accept', 1, 'exchangeFailed', /Offer the button again; `cause` says why/)
    })

    it('a window that stays open has no code in its address', async () => {
      stage.trello.switches.set({ authOpenerPolicy: 'same-origin' })
      const { window, nth } = await askForMore()
      await answerConsent(window)
      await window.waitFor('document.body.innerText.includes("press the button again")')
      expect(await outcomeOf(frame, nth)).toBe('popupClosed')
      expect(stage.trello.log.secrets.map(({ kind }) => kind)).toContain('code')
      await scan.look(scene)
      await window.evaluate('localStorage.clear()')
      await window.close()
    })

    it('no secret got out in all of these', async () => {
      expect(await scan.leaks()).toEqual([])
    })

    /** Begins a sign-in for one scope more than the grant has. */
    async function askForMore(): Promise<{ window: Tab; nth: number }> {
      const nth = await frame.evaluate<number>('outcomes.length')
      const window = await scene.press('#connect-more')
      await window.waitFor('document.querySelector("#account-1") !== null')
      await scan.note(frame)
      return { window, nth }
    }

    async function expectEnding(
      answer: 'accept' | 'deny',
      account: number,
      code: string,
      advice: RegExp,
    ): Promise<void> {
      const { window, nth } = await askForMore()
      await answerConsent(window, answer, account)
      expect(await outcomeOf(frame, nth)).toBe(code)
      await expectOutcome(nth, code, advice)
      await until('the window closes', () => window.isClosed())
    }

    async function expectOutcome(nth: number, code: string, advice: RegExp): Promise<void> {
      const failure = await frame.evaluate<Failure>(`outcomes[${nth}].error`)
      expectTyped({ failure }, 'AuthorizationError', code, advice)
    }
  },
  ['chromium'],
)

/** In the page: the options of the frame's own client. */
const rightOptions =
  '{ ...options, redirectUri: new URL(options.redirectUri, location.origin), t: { getContext: () => context } }'

/** Runs in the sign-in window: a way out that keeps its opener, as the server's redirect would. */
function addLink(url: string): void {
  const link = Object.assign(document.createElement('a'), { id: 'out', href: url, textContent: 'Out' })
  document.body.prepend(link)
}

interface Failure {
  name: string
  code: string
  message: string
  retryable: boolean
  isOurs: boolean
}

interface Result {
  failure?: Failure
}

function expectTyped(result: Result | undefined, name: string, code: string, advice: RegExp): void {
  expect(result?.failure).toMatchObject({ name, code, retryable: false, isOurs: true })
  expect(result?.failure?.message).toMatch(advice)
}
