import type { Browser, Frame } from '../test/browser/driver'
import { openStage, signIn } from '../test/browser/stage'

/** What the client costs beside bare `fetch`. Side by side and as ratios: the machine's own speed falls out. */
export interface ApiFigures {
  /** Time of a thousand calls through the client, divided by that of bare `fetch`; the median of the rounds. */
  callsRatio: number
  /** One warm `getAccessToken()`, in microseconds. */
  tokenLookupUs: number
}

export async function measureApiCalls(browser: Browser): Promise<ApiFigures> {
  const stage = await openStage()
  try {
    const { tab, frames } = await stage.openBoard(browser)
    const frame = frames[0] as Frame
    if ((await signIn(browser, frame)) !== 'authorized') throw new Error('The sign-in did not succeed')
    const url = `${stage.trello.origins.api}/1/members/me?fields=id`
    const figures = await frame.evaluate(measureInPage, url)
    await tab.close()
    return figures
  } finally {
    await stage.close()
  }
}

/** Runs in the page: sees its arguments and the page, nothing else. */
async function measureInPage(url: string): Promise<ApiFigures> {
  const { client } = window as unknown as {
    client: { fetch: typeof fetch; getAccessToken(): Promise<string> }
  }
  const headers = { Authorization: `Bearer ${await client.getAccessToken()}` }
  const ways = {
    bare: () => fetch(url, { headers }),
    client: () => client.fetch(url),
  }
  const timeOf = async (call: () => Promise<Response>, calls: number) => {
    const start = performance.now()
    for (let i = 0; i < calls; i++) await (await call()).text()
    return performance.now() - start
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

  await timeOf(ways.bare, 50)
  await timeOf(ways.client, 50)
  const ratios: number[] = []
  // Twenty rounds of fifty calls each way, in turns: what slows the machine down for a while slows both.
  for (let round = 0; round < 20; round++) {
    const isBareFirst = round % 2 === 0
    const first = await timeOf(isBareFirst ? ways.bare : ways.client, 50)
    const second = await timeOf(isBareFirst ? ways.client : ways.bare, 50)
    ratios.push(isBareFirst ? second / first : first / second)
  }
  const lookups = 10_000
  const start = performance.now()
  for (let i = 0; i < lookups; i++) await client.getAccessToken()
  const tokenLookupUs = ((performance.now() - start) * 1_000) / lookups
  return { callsRatio: median(ratios), tokenLookupUs }
}
