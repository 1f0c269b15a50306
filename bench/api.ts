import { readFileSync, writeFileSync } from 'node:fs'
import { driveChromium } from '../test/browser/chromium'
import type { Frame } from '../test/browser/driver'
import { openStage, signIn } from '../test/browser/stage'

// `npm run bench`: what the client costs beside bare `fetch`, in one run in Chromium on loopback. Writes its figures into
// docs/performance.md. Side by side and as ratios: the machine's own speed falls out.

interface Figures {
  /** Time of a thousand calls through the client, divided by that of bare `fetch`; the median of the rounds. */
  callsRatio: number
  /** One warm `getAccessToken()`, in microseconds. */
  tokenLookupUs: number
}

const figures = await measure()
writeFigures(figures)
console.log(figures)

async function measure(): Promise<Figures> {
  const stage = await openStage()
  const browser = await driveChromium()
  try {
    const { frames } = await stage.openBoard(browser)
    const frame = frames[0] as Frame
    if ((await signIn(browser, frame)) !== 'authorized') throw new Error('The sign-in did not succeed')
    const url = `${stage.trello.origins.api}/1/members/me?fields=id`
    return await frame.evaluate(measureInPage, url)
  } finally {
    await browser.close()
    await stage.close()
  }
}

/** Runs in the page: sees its arguments and the page, nothing else. */
async function measureInPage(url: string): Promise<Figures> {
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

function writeFigures({ callsRatio, tokenLookupUs }: Figures): void {
  const page = 'docs/performance.md'
  const rows = [
    '| what | figure |',
    '| --- | --- |',
    `| 1,000 API calls through the client, beside bare \`fetch\` | ${callsRatio.toFixed(3)} times the time |`,
    `| one warm \`getAccessToken()\` | ${tokenLookupUs.toFixed(1)} µs |`,
  ]
  const text = readFileSync(page, 'utf8')
  const between = /(<!-- api figures -->)[\s\S]*(<!-- \/api figures -->)/
  writeFileSync(page, text.replace(between, `$1\n\n${rows.join('\n')}\n\n$2`))
}
