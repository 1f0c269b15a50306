import type { Clock, Life } from './clock'

/** Web Locks of one storage partition: freed by the death of a page, kept by a frozen one. */
export interface LockManager {
  /** The locks as one page sees them. */
  open(life: Life): Pick<globalThis.LockManager, 'request'>
  died(life: Life): void
  /** The next request takes so long to get through. */
  delayNext(delayMs: number): void
  /** From now on all goes well. */
  heal(): void
}

type Work = (lock: Lock | null) => unknown

interface Request {
  name: string
  life: Life
  grant(): void
}

export function createLockManager(clock: Clock): LockManager {
  const holders = new Map<string, Request>()
  let waiting: Request[] = []
  let delays: number[] = []

  function grantNext(name: string): void {
    const next = waiting.find((request) => request.name === name)
    if (!next || holders.has(name)) return
    waiting = waiting.filter((request) => request !== next)
    holders.set(name, next)
    clock.plan(clock.latency(), next.life, 'lock granted', next.grant)
  }

  function free(request: Request): void {
    if (holders.get(request.name) !== request) return
    holders.delete(request.name)
    grantNext(request.name)
  }

  function request<T>(life: Life, name: string, options: LockOptions, work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const asked: Request = {
        name,
        life,
        grant: () => {
          const result = Promise.resolve().then(work)
          result.finally(() => free(asked)).catch(() => undefined)
          result.then(resolve, reject)
        },
      }
      let isAborted = false
      options.signal?.addEventListener('abort', () => {
        isAborted = true
        if (holders.get(name) === asked) return
        waiting = waiting.filter((other) => other !== asked)
        reject(new DOMException('The request was aborted.', 'AbortError'))
      })
      clock.plan(delays.shift() ?? clock.latency(), undefined, 'lock asked for', () => {
        if (isAborted || life.isDead) return
        waiting.push(asked)
        grantNext(name)
      })
    })
  }

  /** A request with `ifAvailable`. The lock that it gets is given back within its answer. */
  function probe<T>(life: Life, name: string, work: (lock: Lock | null) => T): Promise<T> {
    return new Promise((resolve) => {
      clock.plan(clock.latency(), undefined, 'lock looked at', () => {
        const isTaken = holders.has(name) || waiting.some((request) => request.name === name)
        const lock = isTaken ? null : { name, mode: 'shared' as const }
        clock.plan(clock.latency(), life, 'lock told', () => resolve(work(lock)))
      })
    })
  }

  return {
    open: (life) => ({
      request: ((name: string, ...rest: [LockOptions, Work] | [() => unknown]) => {
        if (rest.length === 1) return request(life, name, {}, rest[0])
        const [options, work] = rest
        return options.ifAvailable ? probe(life, name, work) : request(life, name, options, () => work(null))
      }) as globalThis.LockManager['request'],
    }),
    died: (life) => {
      waiting = waiting.filter((request) => request.life !== life)
      for (const request of [...holders.values()]) if (request.life === life) free(request)
    },
    delayNext: (delayMs) => {
      delays = [...delays, delayMs]
    },
    heal: () => {
      delays = []
    },
  }
}
