import type { Browser as Puppet } from 'puppeteer-core'

/** Bytes of JavaScript heap that each client of a page holds, for pages with so many of them. */
export async function measureMemory(
  puppet: Puppet,
  url: string,
  counts: readonly number[],
): Promise<number[]> {
  const page = await puppet.newPage()
  try {
    await page.goto(url, { waitUntil: 'load' })
    await page.waitForFunction('window.isReady')
    const session = await page.createCDPSession()
    const heap = async () => {
      // What one collection frees may hold what the next one finds.
      for (let i = 0; i < 3; i++) await session.send('HeapProfiler.collectGarbage')
      return (await session.send('Runtime.getHeapUsage')).usedSize
    }
    const before = await heap()
    const held: number[] = []
    for (const count of counts) {
      await page.evaluate(`hold(${count})`)
      held.push(((await heap()) - before) / count)
    }
    return held
  } finally {
    await page.close()
  }
}
