import type { Secret } from '../../../examples/local-trello/local-trello'
import type { Browser, Frame, Tab } from './driver'
import type { Scene } from './scene'
import type { Stage } from './stage'

/** Watches one browser for secrets in places where none belongs. The stage has to be one whose frames are recorded. */
export interface SecretScan {
  /** Listens on one more board. */
  watch(board: Tab): Promise<void>
  /** Looks at what goes with the scene: its windows that are still open, and a board of its own. */
  look(scene: Scene): Promise<void>
  /**
   * Looks at the addresses of board and frame, and remembers the verifiers of sign-ins that are on their way: of one that
   * comes to nothing no server ever sees it.
   */
  note(frame: Frame): Promise<void>
  /** What was found so far and doesn't belong there: `code in a console line`. */
  leaks(): Promise<readonly string[]>
}

/** Something that a secret might be in. */
interface Seen {
  place: string
  text: string
}

export async function openSecretScan(stage: Stage, browser: Browser, board: Tab): Promise<SecretScan> {
  const { trello } = stage
  const seen: Seen[] = []
  const watched = new Set<Tab>()
  const verifiers: Secret[] = []
  // In the storage that the callback page has as a window of its own, not in that of the frames.
  const witness = await browser.openTab(`${trello.origins.powerUp}/fixtures/silent-callback.html`)
  await witness.evaluate(noteStorageEvents)

  async function watch(tab: Tab): Promise<void> {
    if (watched.has(tab)) return
    watched.add(tab)
    await tab.evaluate(noteMessages)
  }

  async function take(page: Frame): Promise<void> {
    seen.push(...(await page.evaluate<Seen[]>('recorded.splice(0)')))
  }

  await watch(board)
  return {
    watch,
    async look(scene) {
      for (const window of await scene.openWindows()) {
        const url = await window.url()
        const isOurs = url.startsWith(`${trello.origins.powerUp}/`)
        const place = isOurs ? FIRST_PARTY_STORAGE : 'the storage of a window'
        seen.push({ place: WINDOW_ADDRESS, text: url })
        seen.push(...(await window.evaluate(readStorage, place, false)))
      }
      if (scene.board === board) return
      await take(scene.board)
      watched.delete(scene.board)
    },
    async note(frame) {
      for (const page of [board, frame]) seen.push({ place: WINDOW_ADDRESS, text: await page.url() })
      verifiers.push(...(await unusedVerifiers(frame)))
    },
    async leaks() {
      await take(board)
      if (!seen.some(({ place }) => place === 'a state')) throw new Error('The frames were not recorded')
      await take(witness)
      seen.push(...(await witness.evaluate(readStorage, FIRST_PARTY_STORAGE, true)))
      seen.push(...(await board.evaluate(readStorage, 'the storage of the board', true)))
      const frame = await stage.addFrame(board)
      seen.push(...(await frame.evaluate(readStorage, 'the storage of a frame beside IndexedDB', false)))
      const secrets = [...trello.log.secrets, ...verifiers, ...(await unusedVerifiers(frame))]
      const name = await frame.evaluate<string>('window.name')
      await board.evaluate((id: string) => document.getElementById(id)?.remove(), name)
      const heard = [
        ...seen,
        ...browser.consoleMessages().map((text) => ({ place: 'a console line', text })),
        ...[...trello.log.urls].map((text) => ({ place: ADDRESS, text })),
        ...[...trello.log.trails].map((text) => ({ place: 'a Referer or cookie', text })),
      ]
      return findSecrets(secrets, heard, trello.origins.powerUp)
    },
  }
}

const ADDRESS = 'an address that a server saw'
const WINDOW_ADDRESS = 'the address of a window'
const MESSAGE = 'a message to a frame'
const FIRST_PARTY_STORAGE = 'the storage of the callback page'

/** The secrets found in places where promise 13 has none. */
function findSecrets(secrets: readonly Secret[], seen: readonly Seen[], powerUp: string): string[] {
  const places = new Map<string, string[]>()
  for (const each of seen) {
    const texts = places.get(each.place) ?? []
    texts.push(mayHoldCode(each, powerUp) ? withoutCode(each.text) : each.text)
    places.set(each.place, texts)
  }
  const leaks = new Set<string>()
  for (const [place, texts] of places) {
    const all = texts.join('\n')
    for (const { kind, value } of secrets) if (all.includes(value)) leaks.add(`${kind} in ${place}`)
  }
  return [...leaks].sort()
}

/** Besides the token request: the callback URL, the message of the callback page, and the response that it keeps. */
function mayHoldCode({ place, text }: Seen, powerUp: string): boolean {
  if (place === ADDRESS) return isCallbackUrl(text, powerUp)
  if (place === MESSAGE) return isCallbackMessage(text, powerUp)
  if (place === FIRST_PARTY_STORAGE) return text.startsWith('localStorage powerup-oauth:response:')
  // The page whose script does not run leaves its address as it came.
  return place === WINDOW_ADDRESS && text.startsWith(`${powerUp}/fixtures/silent-callback.html?`)
}

function isCallbackUrl(url: string, powerUp: string): boolean {
  const { origin, pathname } = new URL(url)
  return origin === powerUp && ['/callback.html', '/fixtures/silent-callback.html'].includes(pathname)
}

function isCallbackMessage(text: string, powerUp: string): boolean {
  const { data, origin } = JSON.parse(text)
  const isResponse = data.type === 'response' || data.type === 'kept'
  return origin === powerUp && data.powerUpOAuth === '1' && isResponse
}

/** The parameter named so is let pass; the same code anywhere beside it is not. */
function withoutCode(text: string): string {
  return text.replace(/\bcode=[\w-]+/g, 'code=')
}

/** Those of sign-ins that never got to their token request are still in the store. */
async function unusedVerifiers(frame: Frame): Promise<Secret[]> {
  const stored = await frame.evaluate<string>('storage.entries().then(JSON.stringify)')
  return [...stored.matchAll(/"codeVerifier":"([^"]+)"/g)].map(([, value = '']) => ({
    kind: 'verifier',
    value,
  }))
}

// What follows runs in the page.

interface Recording {
  recorded: Seen[]
}

/** What the frames record, and every other message that comes to the board. */
function noteMessages(): void {
  const { recorded } = Object.assign(window, { recorded: [] } as Recording)
  addEventListener('message', ({ data }) => {
    recorded.push(data?.recorded ? { place: data.recorded, text: data.text } : boardMessage(data))
  })
  function boardMessage(data: unknown): Seen {
    return { place: 'a message to the board', text: JSON.stringify(data) ?? '' }
  }
}

/** All that other windows of this origin write into localStorage, also what they take away again. */
function noteStorageEvents(): void {
  const { recorded } = Object.assign(window, { recorded: [] } as Recording)
  addEventListener('storage', ({ key, newValue }) => {
    recorded.push({ place: 'the storage of the callback page', text: `localStorage ${key} ${newValue}` })
  })
}

async function readStorage(place: string, withDatabases: boolean): Promise<Seen[]> {
  const found = [`cookie ${document.cookie}`]
  for (const [key, value] of Object.entries(localStorage)) found.push(`localStorage ${key} ${value}`)
  for (const [key, value] of Object.entries(sessionStorage)) found.push(`sessionStorage ${key} ${value}`)
  const databases = withDatabases ? await indexedDB.databases() : []
  for (const { name = '' } of databases) {
    const opened = await resultOf(indexedDB.open(name))
    for (const store of opened.objectStoreNames) {
      const entries = opened.transaction(store).objectStore(store)
      const all = [await resultOf(entries.getAllKeys()), await resultOf(entries.getAll())]
      found.push(`IndexedDB ${name} ${JSON.stringify(all)}`)
    }
    opened.close()
  }
  return found.map((text) => ({ place, text }))

  function resultOf<T>(request: IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  }
}
