/** A page's life. What a dead page waits for never comes; what a frozen one waits for is held until it thaws. */
export interface Life {
  readonly name: string
  isDead: boolean
  isFrozen: boolean
  /** Its timers fire at multiples of this only, as in the background of a browser. 0: in time. */
  timerGridMs: number
}

/** One thing that happens outside of the code under test: a timer, a transaction, an answer. */
export interface Step {
  at: number
  order: number
  /** The page whose code it resumes. Without an owner it belongs to the network or the browser. */
  owner: Life | undefined
  label: string
  run(): void
}

export interface Clock {
  /** Milliseconds since the beginning. */
  elapsed(): number
  /** From 0 to 1, from the seed of the schedule. */
  random(): number
  /** How long a facility of the browser takes: often 0, and rarely the same twice. */
  latency(): number
  plan(delayMs: number, owner: Life | undefined, label: string, run: () => void): Step
  cancel(step: Step): void
  /** Lets happen what was held for a frozen page. */
  release(owner: Life): void
  /** Lets time pass in which nothing runs, as when a machine sleeps. What became due runs afterwards. */
  leap(byMs: number): void
  /** Runs step by step until `isReached`, at most for `limitMs`. */
  run(limitMs: number, isReached?: () => boolean): Promise<void>
}

/** The label of a page's own timer. */
export const TIMER = 'timer'

const LATENCIES = [0, 0, 0, 1, 1, 2, 4, 9, 30]

/** Makes virtual time: it passes only when nothing is left to do now. The seed 0 does everything in the order of asking. */
export function createClock(seed: number, onStep: (step: Step) => void): Clock {
  const random = seededRandom(seed)
  let elapsed = 0
  let order = 0
  /** The next step is the last item. */
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
      if (step.owner?.isFrozen) held.push(step)
      else if (isTooEarly(step)) insert(onGrid(step))
      else return step
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
      const isOther = (other: Step) => other.order !== step.order
      const index = planned.findIndex((other) => !isOther(other))
      if (index >= 0) planned.splice(index, 1)
      else held = held.filter(isOther)
    },
    release: (owner) => {
      const released = held.filter((step) => step.owner === owner)
      held = held.filter((step) => step.owner !== owner)
      for (const step of released) insert({ ...step, at: elapsed + clock.latency() })
    },
    leap: (byMs) => {
      elapsed += byMs
    },
    run: async (limitMs, isReached = () => false) => {
      const until = elapsed + limitMs
      await settled()
      while (!isReached()) {
        const step = next(until)
        if (!step) {
          elapsed = Math.max(elapsed, until)
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

function isTooEarly({ label, owner, at }: Step): boolean {
  return label === TIMER && owner !== undefined && owner.timerGridMs > 0 && at % owner.timerGridMs !== 0
}

function onGrid(step: Step): Step {
  const gridMs = step.owner?.timerGridMs ?? 1
  return { ...step, at: Math.ceil(step.at / gridMs) * gridMs }
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
