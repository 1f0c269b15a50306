import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Secret } from '../../examples/local-trello/local-trello'
import type { Frame, Tab } from './support/driver'
import { inEachEngine } from './support/engines'
import { openScene, type Scene } from './support/scene'
import { openSecretScan, type SecretScan } from './support/secret-scan'
import { atConsent } from './support/sign-in-scenario'
import { answerConsent, openStage, type Stage, signIn } from './support/stage'
import { readEntry } from './support/stored-grant'

// One engine that tells what its pages write, and one that doesn't.
inEachEngine(
  'a secret scan',
  (_engine, browser) => {
    let stage: Stage
    let board: Tab
    let scan: SecretScan
    let scene: Scene

    beforeAll(async () => {
      stage = await openStage({ isRecorded: true })
      board = await browser().openTab(stage.trello.boardUrl())
      scan = await openSecretScan(stage, browser(), board)
      scene = await openScene(stage, browser(), {}, board)
    })
    afterAll(() => stage?.close())

    it('the scan finds nothing in what a sign-in leaves', async () => {
      expect(await signIn(browser(), scene.frame)).toBe('authorized')
      await scan.look(scene)
      expect(await scan.leaks()).toEqual([])
    })

    it('the scan finds every secret that was put where it does not belong', async () => {
      const dropped = await droppedVerifier()
      const secrets = { ...given(), dropped }
      const window = await scene.press('#connect-more')
      await atConsent(window)
      await window.evaluate(plantInWindow, secrets)
      stage.trello.switches.set({ api: 'always401', always401Text: 'unauthorized permission requested' })
      await scene.frame.evaluate(plantInFrame, { ...secrets, unused: await unusedVerifier(scene.frame) })
      await board.evaluate(plantOnBoard, secrets)
      const page = await browser().openTab(`${stage.trello.origins.powerUp}/fixtures/silent-callback.html`)
      await page.evaluate(plantAtCallback, secrets)
      await page.close()
      await scan.look(scene)
      expect(await scan.leaks()).toEqual([
        'access token in an address that a server saw',
        'access token in an event',
        'access token in the address of a window',
        'access token in the storage of a window',
        'access token in the storage of the board',
        'code in a Referer or cookie',
        'code in a message to a frame',
        'code in a message to the board',
        'code in an address that a server saw',
        'refresh token in an error',
        'refresh token in the storage of the callback page',
        ...(browser().hearsConsole ? ['verifier in a console line'] : []),
        'verifier in a message between frames',
        'verifier in an uncaught error',
        'verifier in the console of a frame',
        'verifier in the storage of a frame beside IndexedDB',
        'verifier in the storage of the callback page',
      ])
    })

    /** Of a sign-in that was called off: it is in no store any more. */
    async function droppedVerifier(): Promise<string> {
      const window = await scene.press('#connect-more')
      await atConsent(window)
      await scan.note(scene.frame)
      const verifier = await unusedVerifier(scene.frame)
      await answerConsent(window, 'deny')
      expect(await scene.ending()).toMatchObject({ results: ['authorized', 'accessDenied'] })
      expect(JSON.stringify(await readEntry(scene.frame))).not.toContain(verifier)
      return verifier
    }

    function given() {
      const first = (kind: Secret['kind']) => stage.trello.log.secrets.find((secret) => secret.kind === kind)
      const value = (kind: Secret['kind']) => first(kind)?.value ?? `no ${kind}`
      return {
        access: value('access token'),
        refresh: value('refresh token'),
        code: value('code'),
        verifier: value('verifier'),
      }
    }
  },
  ['chromium', 'webkit'],
)

interface Secrets {
  access: string
  refresh: string
  code: string
  verifier: string
  dropped: string
}

/** Of the sign-in that is on its way: no server has seen it. */
async function unusedVerifier(frame: Frame): Promise<string> {
  const stored = JSON.stringify(await readEntry(frame))
  return /"codeVerifier":"([^"]+)"/.exec(stored)?.[1] ?? 'no verifier'
}

// What follows runs in the page.

function plantInWindow({ access }: Secrets): void {
  location.hash = access
  sessionStorage.setItem('hint', access)
}

async function plantInFrame({
  access,
  refresh,
  code,
  verifier,
  dropped,
  unused,
}: Secrets & { unused: string }): Promise<void> {
  const { client, failureOf } = window as unknown as {
    client: { fetch(path: string): Promise<Response> }
    failureOf(error: unknown): void
  }
  await client.fetch(`/1/cards/${access}`)
  failureOf(new Error('without words', { cause: { told: [refresh] } }))
  void Promise.reject(new Error(unused))
  const uncaught = new Promise((resolve) => addEventListener('unhandledrejection', resolve, { once: true }))
  new BroadcastChannel('mine').postMessage({ told: dropped })
  // In the place where the callback page has it, a code is no leak; beside that it is one.
  postMessage({ powerUpOAuth: 1, type: 'response', parameters: `code=${code}&state=x&hint=${code}` })
  parent.postMessage({ code }, '*')
  const { console: spoken } = window
  spoken.info({ told: verifier }, verifier)
  sessionStorage.setItem('hint', verifier)
  await fetch(`/callback.html?code=${code}&hint=${code}`)
  await uncaught
}

function plantOnBoard({ access }: Secrets): void {
  localStorage.setItem('hint', access)
}

/** One for a moment only, in the place of a kept response; one on the way; and one for good. */
async function plantAtCallback({ refresh, code, verifier }: Secrets): Promise<void> {
  localStorage.setItem('powerup-oauth:response:x', JSON.stringify([1, `code=${code}&hint=${refresh}`]))
  localStorage.removeItem('powerup-oauth:response:x')
  await fetch('/nothing', { referrer: `/callback.html?code=${code}`, referrerPolicy: 'unsafe-url' })
  await new Promise<void>((resolve, reject) => {
    const opening = indexedDB.open('mine')
    opening.onupgradeneeded = () => opening.result.createObjectStore('hints').put({ verifier }, 'hint')
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      opening.result.close()
      resolve()
    }
  })
}
