import type { MessageEventLike, WindowLike } from '../../../../src/base/platform'
import {
  type CallbackMessage,
  COLLECT_FRAGMENT,
  readOpenerMessage,
  sealMessage,
  stateOfResponse,
} from '../../../../src/sign-in/callback-message'
import type { AuthorizationServer } from '../servers/authorization-server'
import { AUTHORIZATION_ENDPOINT } from '../servers/network'
import type { Clock, Life } from './clock'

/** What the person does in the sign-in window, and after how long. */
export interface Person {
  does: 'allows' | 'denies' | 'closes' | 'leaves'
  afterMs: number
  /** The member that this browser is signed in as. */
  member: string
}

export interface ConsentWindows {
  open(life: Life, url: string, person: Person, tell: (event: MessageEventLike) => void): WindowLike
  /** The people close what they left open. */
  closeAll(): void
}

export const PAGE_ORIGIN = 'https://power-up.example'
export const REDIRECT_URI = `${PAGE_ORIGIN}/callback.html`

const COLLECTING_URL = `${REDIRECT_URI}#${COLLECT_FRAGMENT}`
const ACKNOWLEDGEMENT_MS = 1_000

/**
 * The windows with the consent page and the callback page, as their openers see them.
 * @param isCut an opener policy on the consent page severs the two: the window looks closed, and no message passes
 */
export function createConsentWindows(
  clock: Clock,
  server: AuthorizationServer,
  isCut: boolean,
  onOpened: (life: Life) => void,
): ConsentWindows {
  const kept = new Map<string, string>()
  const windows = new Set<{ close(): void }>()

  function open(
    life: Life,
    url: string,
    person: Person,
    tell: (event: MessageEventLike) => void,
  ): WindowLike {
    let isClosed = false
    let isSevered = false
    let visit = 0
    let unacknowledged: string | undefined

    const post = (message: CallbackMessage) => {
      if (isSevered) return
      clock.plan(clock.latency(), life, 'window message', () =>
        tell({ data: sealMessage(message), origin: PAGE_ORIGIN, source: target }),
      )
    }
    const close = () => {
      isClosed = true
    }
    const onPage = (page: number, delayMs: number, label: string, run: () => void) =>
      clock.plan(delayMs, undefined, label, () => {
        if (visit === page && !isClosed) run()
      })

    function navigate(to: string): void {
      const page = ++visit
      isSevered = isCut && to.startsWith(AUTHORIZATION_ENDPOINT)
      if (to === COLLECTING_URL)
        onPage(page, clock.latency(), 'callback page is ready', () => post({ type: 'ready' }))
      if (!to.startsWith(AUTHORIZATION_ENDPOINT)) return
      const query = new URL(to).searchParams
      const read = (name: string) => query.get(name) ?? ''
      const state = read('state')
      const request = {
        member: person.member,
        state,
        scope: read('scope'),
        challenge: read('code_challenge'),
      }
      onOpened(life)
      if (person.does === 'leaves') return
      onPage(page, person.afterMs, `the person ${person.does}`, () => {
        if (person.does === 'closes') return close()
        const iss = new URL(AUTHORIZATION_ENDPOINT).origin
        respond(
          state,
          person.does === 'denies'
            ? new URLSearchParams({ error: 'access_denied', state, iss })
            : new URLSearchParams({
                code: server.consent(request),
                state,
                iss,
              }),
        )
      })
    }

    function respond(state: string, parameters: URLSearchParams): void {
      unacknowledged = state
      post({ type: 'response', parameters: String(parameters) })
      clock.plan(isSevered ? 0 : ACKNOWLEDGEMENT_MS, undefined, 'response kept', () => {
        if (unacknowledged !== undefined) kept.set(state, String(parameters))
      })
    }

    function receive(data: unknown): void {
      const message = readOpenerMessage(data)
      if (message?.type === 'received') {
        kept.delete(message.state)
        if (unacknowledged !== message.state) return
        unacknowledged = undefined
        close()
      }
      if (message?.type === 'collect') {
        const responses = message.states.flatMap((state) => kept.get(state) ?? [])
        post({ type: 'kept', responses: responses.filter((response) => stateOfResponse(response)) })
      }
    }

    const target: WindowLike = {
      get closed() {
        return isClosed || isSevered
      },
      location: { replace: navigate },
      stop: () => undefined,
      focus: () => undefined,
      close,
      postMessage: (data) => {
        if (isSevered || isClosed) return
        clock.plan(clock.latency(), undefined, 'opener message', () => receive(data))
      },
    }
    windows.add({ close })
    navigate(url)
    return target
  }

  return {
    open,
    closeAll: () => {
      for (const window of windows) window.close()
    },
  }
}
