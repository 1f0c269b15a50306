// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { createLocks } from '../../../src/grant/lock'
import { createBrowser } from '../support/browser'
import { settle } from '../support/clock'
import { errorOf, watch } from '../support/outcome'
import { later } from '../support/token-endpoint'

const never = () => new Promise<never>(() => undefined)

function broken(): Pick<LockManager, 'request'> {
  return { request: () => Promise.reject(new DOMException('No locks here', 'SecurityError')) }
}

/** A lock manager that never answers. */
const silent: Pick<LockManager, 'request'> = { request: never }

describe('a lock manager that hangs', () => {
  it('keeps the work waiting for three seconds at most', async () => {
    const { clock, frame } = createBrowser()
    const { platform } = frame({ locks: () => silent })
    const outcome = watch(createLocks(platform).inQueue('a', async () => 'done'))
    await clock.advance(2_999)
    expect(outcome.status).toBe('pending')
    await clock.advance(1)
    expect(outcome.value).toBe('done')
    expect(clock.timers()).toBe(0)
  })

  it('grants the queue after three seconds where it only knows who holds what', async () => {
    const { clock, frame } = createBrowser()
    const request = async (_name: string, { ifAvailable }: LockOptions, work: (lock: object) => unknown) =>
      ifAvailable ? work({}) : never()
    const { platform } = frame({ locks: () => ({ request: request as LockManager['request'] }) })
    const outcome = watch(createLocks(platform).inQueue('a', async () => 'done'))
    await clock.advance(1_999)
    expect(outcome.status).toBe('pending')
    await clock.advance(1)
    expect(outcome.value).toBe('done')
  })

  it('makes an owner without a lock, whom nobody takes for dead', async () => {
    const { clock, frame } = createBrowser()
    const { platform } = frame({ locks: () => silent })
    const owner = watch(createLocks(platform).holdOwnerLock())
    await clock.advance(2_000)
    const isFree = watch(createLocks(frame().platform).isFree(owner.value?.name ?? ''))
    await clock.advance(0)
    expect(isFree.value).toBe(false)
  })

  it('tells within a second that it does not know whether an owner is dead', async () => {
    const { clock, frame } = createBrowser()
    const isFree = watch(
      createLocks(frame({ locks: () => silent }).platform).isFree('powerup-oauth:owner:other:1'),
    )
    await clock.advance(999)
    expect(isFree.status).toBe('pending')
    await clock.advance(1)
    expect(isFree.value).toBe(false)
  })

  it('is done without where it throws at once', async () => {
    const refuse = () => {
      throw new DOMException('No locks here', 'SecurityError')
    }
    const { platform } = createBrowser().frame({ locks: () => ({ request: refuse }) })
    const locks = createLocks(platform)
    expect(await locks.inQueue('a', async () => 'done')).toBe('done')
    expect((await locks.holdOwnerLock()).name).toContain('without a lock')
    expect(await locks.isFree('powerup-oauth:owner:other:1')).toBe(false)
  })
})

describe('the queue', () => {
  it('lets one frame work at a time, in the order in which they came', async () => {
    const browser = createBrowser()
    const [a, b] = [createLocks(browser.frame().platform), createLocks(browser.frame().platform)]
    const order: string[] = []
    const first = later<void>()
    const inA = a.inQueue('refresh', async () => {
      order.push('a begins')
      await first.promise
      order.push('a ends')
      return 1
    })
    const inB = b.inQueue('refresh', async () => {
      order.push('b')
      return 2
    })
    await settle()
    expect(order).toEqual(['a begins'])
    first.resolve()
    expect(await Promise.all([inA, inB])).toEqual([1, 2])
    expect(order).toEqual(['a begins', 'a ends', 'b'])
    await settle()
    expect(browser.clock.timers()).toBe(0)
    expect(browser.locks.heldNames()).toEqual([])
  })

  it('keeps apart what has different names', async () => {
    const browser = createBrowser()
    const locks = createLocks(browser.frame().platform)
    void locks.inQueue('a', never)
    expect(await locks.inQueue('b', async () => 'b')).toBe('b')
  })

  it('passes on a failure, and goes on with the next', async () => {
    const locks = createLocks(createBrowser().frame().platform)
    const failure = new Error('no')
    expect(await errorOf(locks.inQueue('a', () => Promise.reject(failure)))).toBe(failure)
    expect(await locks.inQueue('a', async () => 'next')).toBe('next')
  })

  it('keeps nobody waiting longer than 30 s: then the work is done without it, once', async () => {
    const browser = createBrowser()
    void browser.locks.request('powerup-oauth:a', never)
    let runs = 0
    const outcome = watch(createLocks(browser.frame().platform).inQueue('a', async () => ++runs))
    await browser.clock.advance(29_999)
    expect(outcome.status).toBe('pending')
    await browser.clock.advance(1)
    expect(outcome).toEqual({ status: 'resolved', value: 1 })
    browser.locks.breakLock('powerup-oauth:a')
    await settle()
    expect(runs).toBe(1)
  })

  it('is held by nobody longer than 30 s, and work that takes longer still gives its result', async () => {
    const browser = createBrowser()
    const locks = createLocks(browser.frame().platform)
    const slow = later<string>()
    const first = watch(locks.inQueue('a', () => slow.promise))
    await browser.clock.advance(10_000)
    const second = watch(locks.inQueue('a', async () => 'second'))
    await browser.clock.advance(19_999)
    expect(second.status).toBe('pending')
    await browser.clock.advance(1)
    expect(second).toEqual({ status: 'resolved', value: 'second' })
    expect(first.status).toBe('pending')
    slow.resolve('first')
    await settle()
    expect(first).toEqual({ status: 'resolved', value: 'first' })
  })

  it.each([
    ['are no Web Locks', () => undefined],
    ['Web Locks are refused', broken],
  ])('is left out where there %s', async (_case, locks) => {
    const { clock, frame } = createBrowser()
    let runs = 0
    expect(await createLocks(frame({ locks }).platform).inQueue('a', async () => ++runs)).toBe(1)
    expect([runs, clock.timers()]).toEqual([1, 0])
  })
})

describe("the owner's lock", () => {
  it('has a new name each time and shows that its owner lives', async () => {
    const browser = createBrowser()
    const [owner, sibling] = [createLocks(browser.frame().platform), createLocks(browser.frame().platform)]
    const [one, two] = [await owner.holdOwnerLock(), await owner.holdOwnerLock()]
    expect(one.name).not.toBe(two.name)
    expect(await sibling.isFree(one.name)).toBe(false)
    expect(await owner.isFree(one.name)).toBe(false)
    one.release()
    await settle()
    expect(await sibling.isFree(one.name)).toBe(true)
    expect(await owner.isFree(one.name)).toBe(true)
    expect(await sibling.isFree(two.name)).toBe(false)
  })

  it('is freed by the browser when its owner dies', async () => {
    const browser = createBrowser()
    const { name } = await createLocks(browser.frame().platform).holdOwnerLock()
    browser.locks.breakLock(name)
    expect(await createLocks(browser.frame().platform).isFree(name)).toBe(true)
  })

  it.each([
    ['are no Web Locks', () => undefined],
    ['Web Locks are refused', broken],
  ])('tells of itself alone where there %s: others count as alive', async (_case, locks) => {
    const browser = createBrowser()
    const own = createLocks(browser.frame({ locks }).platform)
    const { name, release } = await own.holdOwnerLock()
    expect(await own.isFree(name)).toBe(false)
    expect(await createLocks(browser.frame({ locks }).platform).isFree(name)).toBe(false)
    release()
    expect(await own.isFree(name)).toBe(true)
  })

  it('is not waited for longer than two seconds, and given back if it comes after its use', async () => {
    const browser = createBrowser()
    const held = later<unknown>()
    let grant: () => void = () => undefined
    const request = (_name: string, callback: () => Promise<unknown>) => {
      grant = () => callback().then(held.resolve)
      return held.promise
    }
    const locks = () => ({ ...browser.locks, request: request as LockManager['request'] })
    const outcome = watch(createLocks(browser.frame({ locks }).platform).holdOwnerLock())
    await browser.clock.advance(1_999)
    expect(outcome.status).toBe('pending')
    await browser.clock.advance(1)
    expect(outcome.status).toBe('resolved')
    const wasHeld = watch(held.promise)
    grant()
    await settle()
    expect(wasHeld.status).toBe('pending')
    outcome.value?.release()
    await settle()
    expect(wasHeld.status).toBe('resolved')
  })
})
