import type { Browser as Puppet } from 'puppeteer-core'
import type { Evaluates, FrameBench, Grant, Way } from './frames'

/** A page whose heap is looked at. */
interface HeapPage extends Evaluates {
  /** Bytes of JavaScript heap in use, beyond what the page used before anything of a client was loaded. */
  heap(): Promise<number>
}

/** Heap in bytes, and times of one `isAuthorized()` in microseconds. */
export interface Figures {
  [what: string]: number
}

/**
 * Measures the first client of a page that never had a grant, its code included; and each of a hundred more, once the
 * engine has made of the code what it makes of it when it runs often.
 */
export function heapWithoutGrant(puppet: Puppet, bench: FrameBench, client: Way): Promise<Figures> {
  return withHeapPage(puppet, bench, client, 'none', async ({ evaluate, heap }) => {
    await evaluate('load()')
    await evaluate('hold(1)')
    const first = await heap()
    await evaluate('hold(100)')
    const warm = await heap()
    await evaluate('hold(200)')
    return { first, further: ((await heap()) - warm) / 100 }
  })
}

/** Measures the first client of a page that has a grant and makes a call, with the code of both. */
export function heapWithGrant(puppet: Puppet, bench: FrameBench, client: Way): Promise<Figures> {
  return withHeapPage(puppet, bench, client, 'good', async ({ evaluate, heap }) => {
    await evaluate('load()')
    await evaluate('hold(1)')
    return { first: await heap() }
  })
}

/** Measures what clients of this library cost a page with a grant: those that stay, and 5,000 that are let go of. */
export function heapOfMany(puppet: Puppet, bench: FrameBench, hasOwnListener: boolean): Promise<Figures> {
  return withHeapPage(puppet, bench, 'powerup-oauth', 'good', async ({ evaluate, heap }) => {
    const lookUs = () => evaluate<number>('isAuthorizedUs(2_000)')
    await evaluate('load()')
    await evaluate('hold(1)')
    await lookUs()
    const usOfOne = await lookUs()
    const ofOne = await heap()
    await evaluate(`drop(5_000, ${hasOwnListener})`)
    const afterMany = await heap()
    const usAfterMany = await lookUs()
    await evaluate(`hold(101, ${hasOwnListener})`)
    const warm = await heap()
    await evaluate(`hold(201, ${hasOwnListener})`)
    return { usOfOne, ofOne, usAfterMany, afterMany, further: ((await heap()) - warm) / 100 }
  })
}

async function withHeapPage<T>(
  puppet: Puppet,
  bench: FrameBench,
  client: Way,
  grant: Grant,
  work: (page: HeapPage) => Promise<T>,
): Promise<T> {
  await inTab(puppet, bench.idlePage(client), (page) => bench.fill(page, grant))
  return inTab(puppet, bench.idlePage(client), async ({ evaluate, heap }) => {
    const before = await heap()
    return work({ evaluate, heap: async () => (await heap()) - before })
  })
}

async function inTab<T>(puppet: Puppet, url: string, work: (page: HeapPage) => Promise<T>): Promise<T> {
  const page = await puppet.newPage()
  try {
    await page.goto(url, { waitUntil: 'load' })
    await page.waitForFunction('window.isReady')
    await page.evaluate('isReady')
    const session = await page.createCDPSession()
    return await work({
      evaluate: (expression) => page.evaluate(expression) as Promise<never>,
      async heap() {
        // What one collection frees may hold what the next one finds.
        for (let i = 0; i < 3; i++) await session.send('HeapProfiler.collectGarbage')
        return (await session.send('Runtime.getHeapUsage')).usedSize
      },
    })
  } finally {
    await page.close()
  }
}
