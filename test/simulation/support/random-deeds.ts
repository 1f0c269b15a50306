import fc from 'fast-check'
import type { EndpointKind } from './browser/frame'
import type { StorageFault, StorageOutage } from './browser/storage'
import type { Damage } from './damage'
import type { Deed } from './schedule'
import type { ApiFault } from './servers/network'
import { TOKEN_FAULTS, type TokenFaultName } from './servers/token-faults'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

const times = fc.integer({ min: 1, max: 4 })

export const frame = fc.nat({ max: 7 })

const tokenFault = fc.constantFrom(...namesOf(TOKEN_FAULTS))

export const signIn: fc.Arbitrary<Deed> = fc.record({
  does: fc.constant('signIn' as const),
  frame,
  person: fc.constantFrom('allows', 'allows', 'allows', 'allows', 'denies', 'closes', 'leaves'),
  afterMs: fc.constantFrom(0, 400, 3_000, 20_000),
  asSomebodyElse: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
  scope: fc.nat({ max: 3 }),
})

const call = fc.record({
  does: fc.constantFrom('call', 'call', 'call', 'call', 'callApi', 'callDeadPath'),
  frame,
})

const lifeOfFrame = fc.record({
  does: fc.constantFrom('readState', 'signOut', 'abort', 'die', 'reload', 'freeze', 'freeze', 'thaw'),
  frame,
})

const show = fc.record({ does: fc.constant('show' as const), frame, isVisible: fc.boolean() })

const disturbToken = fc.record({ does: fc.constant('disturbToken' as const), fault: tokenFault, times })

const disturbApi = fc.record({
  does: fc.constant('disturbApi' as const),
  fault: fc.constantFrom<ApiFault>(
    'lost',
    'refusedAsDead',
    'refusedInUnknownWords',
    'notPermitted',
    'unavailable',
  ),
  times,
})

const disturbStorage = fc.record({
  does: fc.constant('disturbStorage' as const),
  frame,
  kind: fc.constantFrom('read', 'write', 'write'),
  fault: fc.constantFrom<StorageFault>('fails', 'commitFails', 'hangs', 'late', 'answerLost', 'answerLate'),
  times,
})

const disturbMessages = fc.record({
  does: fc.constant('disturbMessages' as const),
  lateMs: fc.constantFrom(null, 700, 20_000),
  times,
})

const setClock = fc.record({
  does: fc.constant('setClock' as const),
  byMs: fc.constantFrom(-3_600_000, -40_000, -4_000, 4_000, 40_000, 3_600_000),
})

const browserTrouble = fc.oneof(
  fc.record({ does: fc.constant('delayLocks' as const), delayMs: fc.constantFrom(500, 5_000, 40_000) }),
  fc.record({ does: fc.constantFrom('revoke', 'revoke', 'evict') }),
)

/** What the first simulation could do. */
export const anyDeed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 10, arbitrary: call },
  { weight: 7, arbitrary: lifeOfFrame },
  { weight: 3, arbitrary: signIn },
  { weight: 1, arbitrary: show },
  { weight: 5, arbitrary: disturbToken },
  { weight: 1, arbitrary: disturbApi },
  { weight: 3, arbitrary: disturbStorage },
  { weight: 1, arbitrary: disturbMessages },
  { weight: 1, arbitrary: setClock },
  { weight: 1, arbitrary: browserTrouble },
)

/** What befalls keepers. The clocks of their machines agree, and nobody spoils their database by hand. */
export const processDeed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 10, arbitrary: call },
  {
    weight: 7,
    arbitrary: fc.record({
      does: fc.constantFrom(
        'readState',
        'signOut',
        'tick',
        'tick',
        'die',
        'reload',
        'reload',
        'freeze',
        'thaw',
      ),
      frame,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('signIn' as const),
      frame,
      person: fc.constant('allows' as const),
      afterMs: fc.constantFrom(0, 400),
      asSomebodyElse: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
  },
  { weight: 5, arbitrary: disturbToken },
  { weight: 1, arbitrary: disturbApi },
  { weight: 4, arbitrary: disturbStorage },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('breakStorage' as const),
      outage: fc.constantFrom<StorageOutage | 'over'>(
        'diskFull',
        'readsHang',
        'everythingFails',
        'over',
        'over',
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('breakTokens' as const),
      fault: fc.oneof(tokenFault, fc.constant('over' as const)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('revoke' as const) }) },
)

/** What goes on for long: outages, sleep, late timers, a change of the configuration, a spoiled store. */
export const longDeed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({
    does: fc.constant('breakTokens' as const),
    fault: fc.oneof(tokenFault, tokenFault, fc.constant('over' as const)),
  }),
  fc.record({
    does: fc.constant('breakStorage' as const),
    outage: fc.constantFrom<StorageOutage | 'over'>('diskFull', 'readsHang', 'everythingFails', 'over'),
  }),
  fc.record({
    does: fc.constant('damage' as const),
    part: fc.constantFrom<Damage>('oneAttempt', 'allAttempts', 'lease', 'coolDown', 'everything'),
  }),
  fc.record({ does: fc.constant('goOffline' as const), isOffline: fc.boolean() }),
  fc.record({
    does: fc.constant('sleep' as const),
    forMs: fc.constantFrom(MINUTE_MS, 60 * MINUTE_MS, 20 * DAY_MS, 89 * DAY_MS, 91 * DAY_MS),
  }),
  fc.record({ does: fc.constant('throttle' as const), frame, gridMs: fc.constantFrom(0, 1_000, MINUTE_MS) }),
  fc.record({
    does: fc.constant('reload' as const),
    frame,
    endpoint: fc.constantFrom<EndpointKind>('url', 'page', 'automatic'),
  }),
)

function namesOf(faults: typeof TOKEN_FAULTS): readonly TokenFaultName[] {
  return Object.keys(faults) as TokenFaultName[]
}
