import { noValue, within } from '../base/async'
import { OWNER_LOCK_MS, QUEUE_MS } from '../base/durations'
import type { Platform } from '../base/platform'

export interface Locks {
  /**
   * Runs `work` when it is this frame's turn. The queue only keeps frames from crowding: nobody waits in it for ever and
   * nobody holds it for ever, so `work` has to be right without it.
   */
  inQueue<T>(name: string, work: () => Promise<T>): Promise<T>
  /**
   * Takes a lock with a new name, which shows that its owner lives. The browser frees it when the frame dies. The name of
   * an owner who could not get a lock says so: nobody takes it for dead.
   */
  holdOwnerLock(): Promise<OwnerLock>
  /** Whether the owner of that name is gone for sure. */
  isFree(owner: string): Promise<boolean>
}

export interface OwnerLock {
  name: string
  release(): void
}

const PREFIX = 'powerup-oauth:'
const LOCKED = `${PREFIX}owner:`
const UNLOCKED = `${PREFIX}owner without a lock:`

export function createLocks(platform: Platform): Locks {
  const frame = platform.randomId()
  const own = new Set<string>()
  let count = 0
  return {
    inQueue: (name, work) => inQueue(platform, PREFIX + name, work),
    holdOwnerLock: async () => {
      const id = `${frame}:${++count}`
      const { isHeld, release } = await holdLock(platform, LOCKED + id)
      const name = (isHeld ? LOCKED : UNLOCKED) + id
      own.add(name)
      return {
        name,
        release: () => {
          own.delete(name)
          release()
        },
      }
    },
    isFree: async (owner) => {
      if (owner.startsWith(`${LOCKED}${frame}:`) || owner.startsWith(`${UNLOCKED}${frame}:`)) {
        return !own.has(owner)
      }
      if (!owner.startsWith(LOCKED)) return false
      try {
        const { held } = (await platform.locks()?.query()) ?? {}
        return held !== undefined && !held.some(({ name }) => name === owner)
      } catch {
        return false // without Web Locks nobody can tell: the owner counts as alive until its lease is over
      }
    },
  }
}

async function inQueue<T>(platform: Platform, name: string, work: () => Promise<T>): Promise<T> {
  const locks = platform.locks()
  if (!locks) return work()
  const waiting = new AbortController()
  const timer = platform.setTimeout(() => waiting.abort(), QUEUE_MS)
  let running: Promise<T> | undefined
  const run = () => {
    platform.clearTimeout(timer)
    running ??= work()
    return running
  }
  try {
    await locks.request(name, { signal: waiting.signal }, () =>
      within(platform, QUEUE_MS, run().then(noValue, noValue), noValue),
    )
  } catch {
    // Waited long enough, or there are no locks here (opaque origins): on without the queue.
  }
  return run()
}

/** Resolves once the lock is held, or soon where that is not to be had. */
async function holdLock(platform: Platform, name: string): Promise<{ isHeld: boolean; release: () => void }> {
  let release: () => void = noValue
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const granted = new Promise<boolean>((resolve) => {
    const request = platform.locks()?.request(name, () => {
      resolve(true)
      return released
    })
    if (!request) resolve(false)
    request?.catch(() => resolve(false))
  })
  return { isHeld: await within(platform, OWNER_LOCK_MS, granted, () => false), release }
}
