import type { RunDetails } from 'fast-check'
import type { Schedule } from './schedule'
import { simulate } from './simulate'

/** The steps before the failure that are shown. */
const LINES = 200

/**
 * A failure for people: what went wrong, how to run it again, and what happened, step by step.
 * @param seed as it was given: it decides which kind of schedules is played, and fast-check tells another one where it is large
 */
export async function report(seed: number, details: RunDetails<[Schedule]>): Promise<string> {
  const { counterexamplePath, counterexample, numRuns, errorInstance } = details
  const schedule = counterexample?.[0]
  if (!schedule) return `The simulation itself failed: ${errorInstance}`
  return [
    `${errorInstance}`,
    `after ${numRuns} schedules. Again:`,
    `  npm run soak -- --seed ${seed} --path ${counterexamplePath}`,
    `  npm run soak -- --schedule '${JSON.stringify(schedule)}'`,
    (await reportOn(schedule)).text,
  ].join('\n')
}

/** Plays one schedule and tells it, up to the first violation. */
export async function reportOn(schedule: Schedule): Promise<{ violations: number; text: string }> {
  const lines: string[] = []
  const { violations } = await simulate(schedule, (line) => lines.push(line))
  const first = lines.findIndex((line) => line.includes('VIOLATION'))
  const end = first < 0 ? lines.length : first + 1
  return {
    violations: violations.length,
    text: [...lines.slice(Math.max(0, end - LINES), end), ...violations.slice(0, 3)].join('\n'),
  }
}
