import { expect } from 'vitest'
import type { Action, Schedule } from './schedule'
import { simulate } from './simulate'

/** Two frames in two tabs of one browser, in which everything happens in the order in which it was asked for. */
const PLAIN: Schedule = {
  server: {
    kind: 'strict',
    leewayMs: 60_000,
    accessTokenMs: 3_600_000,
    revokesAccessTokens: true,
    refreshBrings: 'new',
    replacedDies: 'never',
    hasOneConsent: false,
    refusal: 0,
    hidesErrors: false,
    refusesPreflight: false,
  },
  browser: { hasLocks: true, hasChannel: true, cutsOpener: false, countsSleep: true },
  tabs: [1, 1],
  partitions: 1,
  endpoint: 'url',
  isVisible: false,
  revokes: false,
  grant: 'over',
  ageDays: 0,
  isMemberChecked: true,
  closesWindows: true,
  thaws: true,
  seed: 0,
  actions: [],
}

export interface Scenario extends Partial<Omit<Schedule, 'server' | 'browser'>> {
  server?: Partial<Schedule['server']>
  browser?: Partial<Schedule['browser']>
  actions: readonly Action[]
}

export const A = 0
export const B = 1

/** Adds what a scenario leaves out. */
export function scheduleOf(scenario: Scenario): Schedule {
  const server = { ...PLAIN.server, ...scenario.server }
  const browser = { ...PLAIN.browser, ...scenario.browser }
  return { ...PLAIN, ...scenario, server, browser }
}

/** Plays it, and lets the test fail with the whole story where the oracle finds something. */
export async function play(scenario: Scenario) {
  const lines: string[] = []
  const outcome = await simulate(scheduleOf(scenario), (line) => lines.push(line))
  expect(outcome.violations, lines.join('\n')).toEqual([])
  const outcomesOf = (frame: number, name: string) =>
    outcome.calls.flatMap((call) =>
      call.frame === 'AB'[frame] && call.name === name ? [kindOf(call.outcome)] : [],
    )
  return {
    record: outcome.record,
    reason: outcome.reason,
    sent: outcome.counts.sent ?? 0,
    story: lines.join('\n'),
    /** What `getAccessToken` came to in a frame, call after call; the last two are made at rest. */
    tokens: (frame: number) => outcomesOf(frame, 'getAccessToken'),
    signIns: (frame: number) => outcomesOf(frame, 'authorize'),
  }
}

function kindOf(outcome: string | undefined): string | undefined {
  return outcome?.startsWith('access-') ? 'token' : outcome
}
