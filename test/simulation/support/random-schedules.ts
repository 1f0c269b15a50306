import fc from 'fast-check'
import type { StorageFault } from './browser/storage'
import type { Moment } from './oracle/history'
import type { Action, Deed, Schedule } from './schedule'
import type { ServerKind } from './servers/authorization-server'
import type { ApiFault } from './servers/network'
import { TOKEN_FAULTS, type TokenFaultName } from './servers/token-faults'

const MOMENTS: readonly Moment[] = [
  'claimed',
  'sent',
  'acted',
  'answered',
  'committed',
  'condemned',
  'opened',
  'exchanged',
  'consented',
  'signedOut',
]

const frame = fc.nat({ max: 7 })
const times = fc.integer({ min: 1, max: 4 })
const signIn: fc.Arbitrary<Deed> = fc.record({
  does: fc.constant('signIn' as const),
  frame,
  person: fc.constantFrom('allows', 'allows', 'allows', 'allows', 'denies', 'closes', 'leaves'),
  afterMs: fc.constantFrom(0, 400, 3_000, 20_000),
  asSomebodyElse: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
  scope: fc.nat({ max: 3 }),
})

const anyDeed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ does: fc.constant('call' as const), frame }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('callApi' as const), frame }) },
  {
    weight: 7,
    arbitrary: fc.record({
      does: fc.constantFrom('readState', 'signOut', 'abort', 'die', 'reload', 'freeze', 'freeze', 'thaw'),
      frame,
    }),
  },
  { weight: 3, arbitrary: signIn },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('show' as const), frame, isVisible: fc.boolean() }) },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('disturbToken' as const),
      fault: fc.constantFrom(...(Object.keys(TOKEN_FAULTS) as TokenFaultName[])),
      times,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('disturbApi' as const),
      fault: fc.constantFrom<ApiFault>('lost', 'refusedAsDead', 'refusedInUnknownWords', 'notPermitted'),
      times,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('disturbStorage' as const),
      frame,
      kind: fc.constantFrom('read', 'write', 'write'),
      fault: fc.constantFrom<StorageFault>(
        'fails',
        'commitFails',
        'hangs',
        'late',
        'answerLost',
        'answerLate',
      ),
      times,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('disturbMessages' as const),
      lateMs: fc.constantFrom(null, 700, 20_000),
      times,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('setClock' as const),
      byMs: fc.constantFrom(-3_600_000, -40_000, -4_000, 4_000, 40_000, 3_600_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.record({ does: fc.constant('delayLocks' as const), delayMs: fc.constantFrom(500, 5_000, 40_000) }),
      fc.record({ does: fc.constantFrom('revoke', 'revoke', 'evict') }),
    ),
  },
)

/** In which people sign in and out all the time. */
const signingDeed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: signIn },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('signOut', 'signOut', 'abort'), frame }) },
  { weight: 5, arbitrary: anyDeed },
)

const after: fc.Arbitrary<Action['after']> = fc.oneof(
  fc.constantFrom(0, 0, 0, 20, 600, 5_000, 31_000, 58_000, 125_000),
  fc.record({ steps: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ moment: fc.constantFrom(...MOMENTS) }),
  fc.record({ moment: fc.constantFrom(...MOMENTS.slice(0, 5)), frame }),
)

const schedulesOf = (
  deed: fc.Arbitrary<Deed>,
  grants: readonly Schedule['grant'][],
): fc.Arbitrary<Schedule> =>
  fc.record({
    server: fc.record({
      kind: fc.constantFrom<ServerKind>('strict', 'plain', 'same', 'sibling', 'supersede'),
      leewayMs: fc.constantFrom(2_000, 10_000, 60_000),
      accessTokenMs: fc.constantFrom(3_600_000, 60_000, 300_000),
      revokesAccessTokens: fc.boolean(),
      deadForm: fc.nat({ max: 4 }),
      hidesErrors: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
    browser: fc.record({
      hasLocks: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
      hasChannel: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
      cutsOpener: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
    tabs: fc
      .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 })
      .filter((tabs) => tabs.reduce((sum, frames) => sum + frames, 0) <= 8),
    isVisible: fc.boolean(),
    revokes: fc.boolean(),
    grant: fc.constantFrom(...grants),
    isMemberChecked: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
    closesWindows: fc.oneof({ weight: 7, arbitrary: fc.constant(true) }, fc.constant(false)),
    thaws: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
    seed: fc.oneof(fc.constant(0), fc.nat({ max: 1_000_000 }), fc.nat({ max: 1_000_000 })),
    actions: fc
      .array(fc.tuple(after, deed), { minLength: 1, maxLength: 16, size: 'max' })
      .map((pairs) => pairs.map(([after, deed]) => ({ after, ...deed }))),
  })

/** The seeds decide what happens, and the odd ones have it happen around sign-ins. */
export function schedulesFor(seed: number): fc.Arbitrary<Schedule> {
  return seed % 2 === 0
    ? schedulesOf(anyDeed, ['over', 'over', 'due', 'fresh', 'none'])
    : schedulesOf(signingDeed, ['none', 'over', 'fresh'])
}
