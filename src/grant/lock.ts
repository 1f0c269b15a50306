import { noValue, within } from '../base/async'
import { LOCK_QUERY_MS, OWNER_LOCK_MS, QUEUE_MS } from '../base/durations'
import type { Platform } from '../base/platform'
import type { Lease } from './grant'

/** The part of the locks through which those who present one refresh token take turns and see each other live. */
export interface LeaseLocks {
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
  /** Tells whether the owner of a mark is gone, and its answer with it. */
  isGone(lease: Lease): Promise<boolean>
}

/** The locks of a grant's frames. */
export interface Locks extends LeaseLocks {
  /** Tells whether the owner of that name is gone for sure. */
  isFree(owner: string): Promise<boolean>
  /** Tells whether the owner of that name is, or was, in this frame. */
  isOwn(owner: string): boolean
  /** Tells whether the owner of that name lives for sure. */
  isHeld(owner: string): Promise<boolean>
  /** Resolves when the owner of that name has gone. Rejects where that can't be told. */
  whenFree(owner: string): Promise<void>
}

/** A lock that shows that its owner lives. */
export interface OwnerLock {
  /** The name by which other frames can ask for the owner. */
  name: string
  /** Gives the lock back. */
  release(): void
}

const PREFIX = 'powerup-oauth:'
const LOCKED = `${PREFIX}owner:`
const UNLOCKED = `${PREFIX}owner without a lock:`

/** Makes the locks of this frame. Works without Web Locks too, with less certainty. */
export function createLocks(platform: Platform): Locks {
  const frame = platform.randomId()
  const own = new Set<string>()
  let count = 0

  function isOwn(owner: string): boolean {
    return owner.startsWith(`${LOCKED}${frame}:`) || owner.startsWith(`${UNLOCKED}${frame}:`)
  }

  async function isFree(owner: string): Promise<boolean> {
    if (isOwn(owner)) return !own.has(owner)
    if (!owner.startsWith(LOCKED)) return false
    // Without Web Locks nobody can tell: the owner counts as alive until its lease is over.
    return (await isLocked(platform, owner)) === false
  }

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
    isGone: ({ owner }) => isFree(owner),
    isFree,
    isOwn,
    isHeld: async (owner) => (await isLocked(platform, owner)) ?? false,
    whenFree: async (owner) => {
      await platform.locks()?.request(owner, noValue)
    },
  }
}

async function inQueue<T>(platform: Platform, name: string, work: () => Promise<T>): Promise<T> {
  const locks = platform.locks()
  if (!locks) return work()
  const waiting = new AbortController()
  const leave = () => waiting.abort()
  const timers = [
    platform.setTimeout(leave, QUEUE_MS),
    // A lock that nobody holds is granted at once, unless the lock manager hangs.
    platform.setTimeout(() => {
      void isLocked(platform, name).then((isHeld) => isHeld || leave())
    }, OWNER_LOCK_MS),
  ]
  let running: Promise<T> | undefined
  const run = () => {
    for (const timer of timers) platform.clearTimeout(timer)
    running ??= work()
    return running
  }
  const left = new Promise<void>((resolve) => {
    waiting.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  const inTurn = async () => {
    await locks.request(name, { signal: waiting.signal }, () =>
      within(platform, QUEUE_MS, run().then(noValue, noValue), noValue),
    )
  }
  try {
    // A lock manager that hangs may not mind the signal either.
    await Promise.race([inTurn(), left])
  } catch {
    // Waited long enough, or there are no locks here (opaque origins): on without the queue.
  }
  return run()
}

/**
 * Tells whether any frame holds the lock. `undefined`: the browser doesn't tell. Firefox refuses `query()` to the frames of
 * another site, so the lock is asked for, and given back at once.
 */
async function isLocked(platform: Platform, name: string): Promise<boolean | undefined> {
  try {
    // Shared, so that frames that ask at one moment don't take each other for the holder.
    const options = { mode: 'shared', ifAvailable: true } as const
    const asked = platform.locks()?.request(name, options, (lock) => lock === null)
    return await within(platform, LOCK_QUERY_MS, Promise.resolve(asked), () => undefined)
  } catch {
    return undefined
  }
}

/** Resolves once the lock is held, or soon where it can't be held. */
async function holdLock(platform: Platform, name: string): Promise<{ isHeld: boolean; release: () => void }> {
  let release: () => void = noValue
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const granted = new Promise<boolean>((resolve, reject) => {
    const request = platform.locks()?.request(name, () => {
      resolve(true)
      return released
    })
    if (!request) resolve(false)
    request?.catch(reject)
  })
  const isHeld = await within(platform, OWNER_LOCK_MS, granted, () => false).catch(() => false)
  return { isHeld, release }
}
