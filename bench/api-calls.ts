import type { Browser, Frame } from '../test/browser/support/driver'
import { openStage, signIn } from '../test/browser/support/stage'
import { median } from './tables'

/** What the client costs beside bare `fetch`. Side by side and as ratios: the machine's own speed falls out. */
export interface ApiFigures {
  /** A thousand calls through the client and a thousand by bare `fetch`: the ratio of their median times, in the middle of so many rounds. */
  callsRatio: number
  /** One warm `getAccessToken()`, in microseconds. */
  tokenLookupUs: number
}

export async function measureApiCalls(browser: Browser, rounds: number): Promise<ApiFigures> {
  const stage = await openStage()
  try {
    const { tab, frames } = await stage.openBoard(browser)
    const frame = frames[0] as Frame
    if ((await signIn(browser, frame)) !== 'authorized') throw new Error('The sign-in did not succeed')
    const url = `${stage.trello.origins.api}/1/members/me?fields=id`
    // One ratio varies by more than what is to be measured.
    const ratios: number[] = []
    while (ratios.length < rounds) ratios.push(await frame.evaluate(ratioOfThousand, url))
    const tokenLookupUs = await frame.evaluate(lookupInPage)
    await tab.close()
    return { callsRatio: median(ratios), tokenLookupUs }
  } finally {
    await stage.close()
  }
}

/** Runs in the page: sees its arguments and the page, nothing else. */
async function ratioOfThousand(url: string): Promise<number> {
  const { client } = window as unknown as {
    client: { fetch: typeof fetch; getAccessToken(): Promise<string> }
  }
  // So many at once that the clock of a page, a tenth of a millisecond fine, is fine enough.
  const batchSize = 20
  const headers = { Authorization: `Bearer ${await client.getAccessToken()}` }
  const ways = {
    bare: () => fetch(url, { headers }),
    client: () => client.fetch(url),
  }
  const timeOf = async (call: () => Promise<Response>) => {
    const start = performance.now()
    for (let nth = 0; nth < batchSize; nth++) await (await call()).text()
    return performance.now() - start
  }
  const middle = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

  const times: Record<keyof typeof ways, number[]> = { bare: [], client: [] }
  // The first four warm up. In turns, and each first as often: what slows the machine down for a while slows both.
  for (let batch = -4; batch < 1_000 / batchSize; batch++) {
    for (const way of batch % 2 === 0 ? (['bare', 'client'] as const) : (['client', 'bare'] as const)) {
      const time = await timeOf(ways[way])
      if (batch >= 0) times[way].push(time)
    }
  }
  return middle(times.client) / middle(times.bare)
}

/** Runs in the page. */
async function lookupInPage(): Promise<number> {
  const { client } = window as unknown as { client: { getAccessToken(): Promise<string> } }
  const lookups = 10_000
  const start = performance.now()
  for (let i = 0; i < lookups; i++) await client.getAccessToken()
  return ((performance.now() - start) * 1_000) / lookups
}
