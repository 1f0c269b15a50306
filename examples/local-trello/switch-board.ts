import { assertPosition, defaults, type Switches } from './switches'

/** The switches with the means to turn them. */
export interface SwitchBoard {
  get(): Readonly<Switches>
  /** The positions that `reset()` goes back to. */
  usual(): Readonly<Switches>
  /** Turns some; throws on a name or a position that doesn't exist, and then turns none. */
  set(changes: Partial<Switches>): void
  reset(): void
  /** Resolves once a switch has been turned. */
  nextTurn(): Promise<void>
  /** Decides what becomes of a preflight for the token endpoint; counts one that isn't let through. */
  forPreflight(): 'answered' | 'refused' | 'cut'
  /** The position for one more token request of this kind; counts it. */
  forTokenRequest(grantType: string): Pick<Switches, 'tokenEndpoint' | 'cors'>
  /** The position for one more request of Trello's page for tokens; counts it. */
  forHostRequest(): Switches['hostContext']
  /** The position for one more API request; counts it. */
  forApiRequest(): Switches['api']
}

/** @param start - positions other than the usual ones, to which `reset()` goes back, too */
export function createSwitchBoard(start: Partial<Switches> = {}): SwitchBoard {
  const beginning = { ...defaults, ...start }
  let switches: Switches = beginning
  const waiting = new Set<() => void>()

  const isUnreadable = () =>
    switches.preflight === 'refused' || switches.preflight === 'answeredThenUnreadable'
  const concerns = (grantType: string) =>
    switches.tokenEndpointFor === 'any' || switches.tokenEndpointFor === grantType

  return {
    get: () => switches,
    usual: () => beginning,
    set(changes) {
      for (const [name, position] of Object.entries(changes)) assertPosition(name, position)
      turn({ ...switches, ...changes })
    },
    reset: () => turn(beginning),
    nextTurn: () => new Promise((resolve) => waiting.add(resolve)),
    forPreflight() {
      const { tokenEndpoint, tokenEndpointFor, preflight, cors } = switches
      if (tokenEndpoint === 'down' && tokenEndpointFor === 'any') {
        countDown('tokenEndpointTimes', { tokenEndpoint: 'ok' })
        return 'cut'
      }
      if (cors === 'none') {
        countDown('corsTimes', { cors: 'all' })
        return 'refused'
      }
      const isAnswered = preflight === 'answered' || preflight === 'answeredThenUnreadable'
      return isAnswered ? 'answered' : 'refused'
    },
    forTokenRequest(grantType) {
      if (!concerns(grantType)) return { tokenEndpoint: 'ok', cors: isUnreadable() ? 'none' : 'all' }
      const { tokenEndpoint, cors } = switches
      if (tokenEndpoint !== 'ok') countDown('tokenEndpointTimes', { tokenEndpoint: 'ok' })
      if (cors !== 'all') countDown('corsTimes', { cors: 'all' })
      return { tokenEndpoint, cors: isUnreadable() ? 'none' : cors }
    },
    forHostRequest() {
      const { hostContext } = switches
      if (hostContext !== 'live') countDown('hostContextTimes', { hostContext: 'live' })
      return hostContext
    },
    forApiRequest() {
      const { api } = switches
      if (api !== 'ok') countDown('apiTimes', { api: 'ok' })
      return api
    },
  }

  function countDown(counter: Counter, atZero: Partial<Switches>): void {
    if (switches[counter] === 0) return
    const left = switches[counter] - 1
    turn({ ...switches, [counter]: left, ...(left === 0 ? atZero : {}) })
  }

  function turn(turned: Switches): void {
    switches = turned
    for (const resolve of waiting) resolve()
    waiting.clear()
  }
}

type Counter = 'tokenEndpointTimes' | 'corsTimes' | 'apiTimes' | 'hostContextTimes'
