import fc from 'fast-check'
import { schedulesFor } from './random-schedules'
import { report } from './report'
import type { Schedule } from './schedule'
import type { Outcome } from './simulate'
import { simulate } from './simulate'

/** Plays random schedules. Resolves with nothing if all goes well, else with the report of the smallest that fails. */
export async function explore(
  options: { numRuns: number; seed: number; path?: string },
  onOutcome: (outcome: Outcome) => void = () => undefined,
): Promise<string> {
  const holds = async (schedule: Schedule) => {
    const outcome = await simulate(schedule)
    onOutcome(outcome)
    if (outcome.violations.length > 0) throw new Error(outcome.violations[0])
  }
  const result = await fc.check(fc.asyncProperty(schedulesFor(options.seed), holds), {
    ...options,
    endOnFailure: false,
  })
  return result.failed ? report(options.seed, result) : ''
}
