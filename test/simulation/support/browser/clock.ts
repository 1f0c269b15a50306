/** A page's life. What a dead page waits for never comes; what a frozen one waits for is held until it thaws. */
export interface Life {
  readonly name: string
  isDead: boolean
  isFrozen: boolean
}

/** One thing that happens outside of the code under test: a timer, a transaction, an answer. */
export interface Step {
  at: number
  order: number
  /** Whose code it resumes. Without an owner it is the network's or the browser's own. */
  owner: Life | undefined
  label: string
  run(): void
}

export interface Clock {
  /** Milliseconds since the beginning. */
  elapsed(): number
  /** From 0 to 1, from the seed of the schedule. */
  random(): number
  /** How long a facility of the browser takes: mostly nothing, and never the same twice. */
  latency(): number
  plan(delayMs: number, owner: Life | undefined, label: string, run: () => void): Step
  cancel(step: Step): void
  /** Lets happen what was held for a frozen page. */
  release(owner: Life): void
  /** Runs step by step until `isReached`, at most for `limitMs`. */
  run(limitMs: number, isReached?: () => boolean): Promise<void>
}

const LATENCIES = [0, 0, 0, 1, 1, 2, 4, 9, 30]

/** Virtual time: it passes only when nothing is left to do now. The seed 0 does everything in the order of asking. */
export function createClock(seed: number, onStep: (step: Step) => void): Clock {
  const random = seededRandom(seed)
  let elapsed = 0
  let order = 0
  /** The last is the next. */
  const planned: Step[] = []
  let held: Step[] = []

  function insert(step: Step): void {
    let index = planned.length
    while (index > 0 && isBefore(planned[index - 1], step)) index--
    planned.splice(index, 0, step)
  }

  function next(until: number): Step | undefined {
    for (;;) {
      const step = planned.at(-1)
      if (!step || step.at > until) return undefined
      planned.pop()
      if (step.owner?.isDead) continue
      if (!step.owner?.isFrozen) return step
      held.push(step)
    }
  }

  const clock: Clock = {
    elapsed: () => elapsed,
    random,
    latency: () => (seed === 0 ? 1 : (LATENCIES[Math.floor(random() * LATENCIES.length)] ?? 0)),
    plan: (delayMs, owner, label, run) => {
      const step = { at: elapsed + Math.max(0, delayMs), order: order++, owner, label, run }
      insert(step)
      return step
    },
    cancel: (step) => {
      const index = planned.indexOf(step)
      if (index >= 0) planned.splice(index, 1)
      else held = held.filter((other) => other !== step)
    },
    release: (owner) => {
      const released = held.filter((step) => step.owner === owner)
      held = held.filter((step) => step.owner !== owner)
      for (const step of released) insert({ ...step, at: elapsed + clock.latency(), order: order++ })
    },
    run: async (limitMs, isReached = () => false) => {
      const until = elapsed + limitMs
      await settled()
      while (!isReached()) {
        const step = next(until)
        if (!step) {
          elapsed = until
          return
        }
        elapsed = Math.max(elapsed, step.at)
        onStep(step)
        step.run()
        if (step.owner) await settled()
      }
    },
  }
  return clock
}

/** Resolves when the code under test has gone as far as it can without another step. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

function isBefore(a: Step | undefined, b: Step): boolean {
  return a !== undefined && (a.at < b.at || (a.at === b.at && a.order < b.order))
}

/** The generator "mulberry32". */
function seededRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
