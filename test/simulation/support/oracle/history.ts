import type { Life } from '../browser/clock'

/** Moments that a schedule can wait for, each named for what has just happened. */
export type Moment =
  | 'claimed'
  | 'sent'
  | 'acted'
  | 'answered'
  | 'committed'
  | 'condemned'
  | 'opened'
  | 'exchanged'
  | 'consented'
  | 'signedOut'

/** What happened in a run so far, for all that judge it. */
export interface History {
  readonly violations: readonly string[]
  /** How often each moment and each fault came. */
  readonly counts: Readonly<Record<string, number>>
  faults(): number
  hasClockJumped(): boolean
  violation(what: string): void
  fault(what: string): void
  clockJumped(): void
  happened(moment: Moment, life: Life): void
  trace(line: string): void
}

export function createHistory(
  trace: (line: string) => void,
  onMoment: (moment: Moment, life: Life) => void,
): History {
  const violations: string[] = []
  const counts: Record<string, number> = {}
  let faults = 0
  let hasClockJumped = false

  function count(what: string): void {
    counts[what] = (counts[what] ?? 0) + 1
  }

  return {
    violations,
    counts,
    faults: () => faults,
    hasClockJumped: () => hasClockJumped,
    violation: (what) => {
      trace(`VIOLATION ${what}`)
      violations.push(what)
    },
    fault: (what) => {
      faults++
      count(what)
      trace(`FAULT ${what}`)
    },
    clockJumped: () => {
      hasClockJumped = true
    },
    happened: (moment, life) => {
      count(moment)
      onMoment(moment, life)
    },
    trace,
  }
}
