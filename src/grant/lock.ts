import { within } from '../deadline'
import { OWNER_LOCK_MS, QUEUE_MS } from '../durations'
import type { Platform } from '../platform'

export interface Locks {
  /**
   * Runs `work` when it is this frame's turn. The queue only keeps frames from crowding: nobody waits in it for ever and
   * nobody holds it for ever, so `work` has to be right without it.
   */
  inQueue<T>(name: string, work: () => Promise<T>): Promise<T>
  /** Takes a lock with a new name, which shows that its owner lives. The browser frees it when the frame dies. */
  holdOwnerLock(): Promise<OwnerLock>
  /** Whether the owner of that name is gone for sure. */
  isFree(owner: string): Promise<boolean>
}

export interface OwnerLock {
  name: string
  release(): void
}

const PREFIX = 'powerup-oauth:'

export function createLocks(platform: Platform): Locks {
  const frame = platform.randomId()
  const held = new Set<string>()
  let count = 0
  return {
    inQueue: (name, work) => inQueue(platform, PREFIX + name, work),
    holdOwnerLock: async () => {
      const name = `${PREFIX}owner:${frame}:${++count}`
      held.add(name)
      const release = await holdLock(platform, name)
      return {
        name,
        release: () => {
          held.delete(name)
          release()
        },
      }
    },
    isFree: async (owner) => {
      if (owner.startsWith(`${PREFIX}owner:${frame}:`)) return !held.has(owner)
      try {
        const { held: all } = (await platform.locks()?.query()) ?? {}
        return all !== undefined && !all.some(({ name }) => name === owner)
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

/** Resolves once the lock is held, or at once where there are no Web Locks. */
async function holdLock(platform: Platform, name: string): Promise<() => void> {
  let release: () => void = noValue
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const granted = new Promise<void>((resolve) => {
    const request = platform.locks()?.request(name, () => {
      resolve()
      return released
    })
    if (!request) resolve()
    request?.catch(() => resolve())
  })
  await within(platform, OWNER_LOCK_MS, granted, noValue)
  return release
}

function noValue(): void {}
