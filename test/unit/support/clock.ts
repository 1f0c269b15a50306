import { setImmediate } from 'node:timers/promises'

/** A wall clock, a monotonic clock and their timers, moved by hand. */
export interface Clock {
  now(): number
  monotonicNow(): number
  setTimeout(callback: () => void, delayMs: number): unknown
  clearTimeout(timer: unknown): void
  /** Lets this much time go by, with every timer on the way and all that follows from it. */
  advance(ms: number): Promise<void>
  /** Sets the wall clock forward or back, as a person or a time server does. */
  jump(ms: number): void
  /** How many timers are set. */
  timers(): number
}

export const START = Date.UTC(2027, 0, 1)

export function createClock(): Clock {
  let monotonic = 0
  let offset = START
  let count = 0
  const timers = new Map<number, { at: number; callback: () => void }>()

  function nextUntil(end: number): number | undefined {
    const due = [...timers].filter(([, { at }]) => at <= end)
    return due.sort(([a, { at: aAt }], [b, { at: bAt }]) => aAt - bAt || a - b)[0]?.[0]
  }

  return {
    now: () => offset + monotonic,
    monotonicNow: () => monotonic,
    setTimeout: (callback, delayMs) => {
      timers.set(++count, { at: monotonic + Math.max(0, delayMs), callback })
      return count
    },
    clearTimeout: (timer) => {
      timers.delete(Number(timer))
    },
    advance: async (ms) => {
      const end = monotonic + ms
      await settle()
      for (let id = nextUntil(end); id !== undefined; id = nextUntil(end)) {
        const timer = timers.get(id)
        timers.delete(id)
        monotonic = Math.max(monotonic, timer?.at ?? monotonic)
        timer?.callback()
        await settle()
      }
      monotonic = end
    },
    jump: (ms) => {
      offset += ms
    },
    timers: () => timers.size,
  }
}

/** Lets everything happen that needs no time. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 4; round++) await setImmediate()
}

/** Waits for what real work brings about: a key that is computed, a module that is loaded, a mocked request. */
export async function until(isTrue: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + 20_000
  while (performance.now() < giveUpAt) {
    if (isTrue()) return
    await setImmediate()
  }
  throw new Error(`It never came to this: ${isTrue}`)
}
