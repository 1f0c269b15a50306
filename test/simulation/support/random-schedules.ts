import fc from 'fast-check'
import type { EndpointKind } from './browser/frame'
import type { Moment } from './oracle/history'
import { anyDeed, frame, longDeed, processDeed, signIn } from './random-deeds'
import type { Action, Deed, Schedule } from './schedule'
import type { ServerKind, ServerOptions } from './servers/authorization-server'
import { REFUSALS, VERDICTS } from './servers/refusals'

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

/** In which people sign in and out all the time. */
const signingDeed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: signIn },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constantFrom('signOut', 'signOut', 'abort'), frame }),
  },
  { weight: 5, arbitrary: anyDeed },
)

/** In which servers, browsers and storage behave oddly for long. */
const oddDeed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 3, arbitrary: longDeed },
  { weight: 2, arbitrary: signIn },
  { weight: 8, arbitrary: anyDeed },
)

const after: fc.Arbitrary<Action['after']> = fc.oneof(
  fc.constantFrom(0, 0, 0, 20, 600, 5_000, 31_000, 58_000, 125_000),
  fc.record({ steps: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ moment: fc.constantFrom(...MOMENTS) }),
  fc.record({ moment: fc.constantFrom(...MOMENTS.slice(0, 5)), frame }),
)

const plainServer: fc.Arbitrary<Schedule['server']> = fc.record({
  kind: fc.constantFrom<ServerKind>('strict', 'plain', 'same', 'sibling', 'supersede'),
  leewayMs: fc.constantFrom(2_000, 10_000, 60_000),
  accessTokenMs: fc.constantFrom(3_600_000, 60_000, 300_000),
  revokesAccessTokens: fc.boolean(),
  refreshBrings: fc.constant('new' as const),
  replacedDies: fc.constant('never' as const),
  hasOneConsent: fc.constant(false),
  refusal: fc.nat({ max: VERDICTS - 1 }),
  hidesErrors: rarely(6),
  refusesPreflight: fc.constant(false),
})

const oddServer: fc.Arbitrary<Schedule['server']> = fc.record({
  kind: fc.constantFrom<ServerKind>('strict', 'plain', 'same', 'sibling', 'supersede'),
  leewayMs: fc.constantFrom(2_000, 60_000, 600_000),
  accessTokenMs: fc.constantFrom(3_600_000, 300_000, 1_000),
  revokesAccessTokens: fc.boolean(),
  refreshBrings: fc.constantFrom<ServerOptions['refreshBrings']>('new', 'same', 'prolonged', 'overstated'),
  replacedDies: fc.constantFrom<ServerOptions['replacedDies']>('never', 'atOnce', 'soon'),
  hasOneConsent: fc.boolean(),
  refusal: fc.nat({ max: REFUSALS.length - 1 }),
  hidesErrors: rarely(6),
  refusesPreflight: rarely(2),
})

/** The seeds decide what happens: refreshes, sign-ins, odd servers, or keepers in many processes. */
export function schedulesFor(seed: number): fc.Arbitrary<Schedule> {
  const kinds = [
    () => plainSchedules(anyDeed, ['over', 'over', 'due', 'fresh', 'none']),
    () => plainSchedules(signingDeed, ['none', 'over', 'fresh']),
    oddSchedules,
    processSchedules,
  ]
  const [first = oddSchedules] = kinds
  return (kinds[Math.abs(seed) % kinds.length] ?? first)()
}

function plainSchedules(
  deed: fc.Arbitrary<Deed>,
  grants: readonly Schedule['grant'][],
): fc.Arbitrary<Schedule> {
  return fc.record({
    server: plainServer,
    ...browserAndPeople(),
    partitions: fc.constant(1),
    endpoint: fc.constant('url' as const),
    grant: fc.constantFrom(...grants),
    ageDays: fc.constant(0),
    actions: actionsOf(deed),
  })
}

function oddSchedules(): fc.Arbitrary<Schedule> {
  return fc.record({
    server: oddServer,
    ...browserAndPeople(),
    partitions: fc.constantFrom(1, 1, 2),
    endpoint: fc.constantFrom<EndpointKind>('url', 'url', 'page', 'automatic', 'automatic'),
    grant: fc.constantFrom<Schedule['grant']>('over', 'due', 'fresh', 'none'),
    ageDays: fc.constantFrom(0, 0, 300, 364),
    actions: actionsOf(oddDeed),
  })
}

/** Keepers over one database that is slow, refuses or is cut off, killed at any point. */
function processSchedules(): fc.Arbitrary<Schedule> {
  return fc.record({
    runs: fc.constant('processes' as const),
    server: plainServer.map((server) => ({ ...server, hidesErrors: false })),
    ...browserAndPeople(),
    browser: fc.constant({ hasLocks: false, hasChannel: false, cutsOpener: false, countsSleep: true }),
    tabs: fc.integer({ min: 1, max: 5 }).map((count) => Array.from({ length: count }, () => 1)),
    isVisible: fc.constant(false),
    partitions: fc.constant(1),
    endpoint: fc.constant('url' as const),
    grant: fc.constantFrom<Schedule['grant']>('over', 'over', 'due', 'fresh', 'none'),
    ageDays: fc.constant(0),
    actions: actionsOf(processDeed),
  })
}

function browserAndPeople() {
  return {
    browser: fc.record({
      hasLocks: usually(4),
      hasChannel: usually(4),
      cutsOpener: rarely(4),
      countsSleep: fc.boolean(),
    }),
    tabs: fc
      .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 })
      .filter((tabs) => tabs.reduce((sum, frames) => sum + frames, 0) <= 8),
    isVisible: fc.boolean(),
    revokes: fc.boolean(),
    isMemberChecked: usually(3),
    closesWindows: usually(7),
    thaws: usually(3),
    seed: fc.oneof(fc.constant(0), fc.nat({ max: 1_000_000 }), fc.nat({ max: 1_000_000 })),
  }
}

function actionsOf(deed: fc.Arbitrary<Deed>): fc.Arbitrary<readonly Action[]> {
  return fc
    .array(fc.tuple(after, deed), { minLength: 1, maxLength: 16, size: 'max' })
    .map((pairs) => pairs.map(([after, deed]) => ({ after, ...deed })))
}

function usually(weight: number): fc.Arbitrary<boolean> {
  return fc.oneof({ weight, arbitrary: fc.constant(true) }, fc.constant(false))
}

function rarely(weight: number): fc.Arbitrary<boolean> {
  return fc.oneof({ weight, arbitrary: fc.constant(false) }, fc.constant(true))
}
