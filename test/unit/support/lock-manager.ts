type Locks = Pick<LockManager, 'request'>
type Callback = (lock: Lock | null) => unknown

export interface FakeLockManager extends Locks {
  /** What a browser does with the locks of a frame that died. */
  breakLock(name: string): void
  heldNames(): readonly string[]
}

/**
 * Exclusive Web Locks: one holder, a queue in the order of the requests, and a signal that takes one out of it. With
 * `ifAvailable` a request is answered at once, and holds nothing.
 */
export function createLockManager(): FakeLockManager {
  const held = new Map<string, object>()
  const queues = new Map<string, (() => void)[]>()

  function grantNext(name: string): void {
    if (!held.has(name)) queues.get(name)?.shift()?.()
  }

  function free(name: string, holder: object): void {
    if (held.get(name) !== holder) return
    held.delete(name)
    grantNext(name)
  }

  function request(name: string, ...rest: [Callback] | [LockOptions, Callback]): Promise<unknown> {
    const [options, callback] = rest.length === 1 ? [{}, rest[0]] : rest
    const { signal, ifAvailable = false } = options
    if (ifAvailable) {
      const isTaken = held.has(name) || (queues.get(name)?.length ?? 0) > 0
      return Promise.resolve().then(() => callback(isTaken ? null : { name, mode: 'shared' }))
    }
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const holder = {}
      const queue = queues.get(name) ?? []
      queues.set(name, queue)
      const leave = () => {
        queue.splice(queue.indexOf(take), 1)
        reject(signal?.reason)
      }
      const take = () => {
        signal?.removeEventListener('abort', leave)
        held.set(name, holder)
        Promise.resolve()
          .then(() => callback({ name, mode: 'exclusive' }))
          .then(resolve, reject)
          .finally(() => free(name, holder))
      }
      signal?.addEventListener('abort', leave, { once: true })
      queue.push(take)
      grantNext(name)
    })
  }

  return {
    request: request as Locks['request'],
    breakLock: (name) => {
      const holder = held.get(name)
      if (holder) free(name, holder)
    },
    heldNames: () => [...held.keys()],
  }
}
