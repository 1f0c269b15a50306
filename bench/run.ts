import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { ensurePackageIsBuilt } from '../examples/local-trello/package-build'
import { openChromium } from '../test/browser/support/chromium'
import type { Browser } from '../test/browser/support/driver'
import { drive } from '../test/browser/support/puppeteer'
import { measureApiCalls } from './api-calls'
import { buildPages, CLIENTS, type ClientName, measureBytes } from './bundles'
import { type AtExpiry, type FrameBench, openFrameBench } from './frames'
import { KEEPERS, measureKeepers } from './keepers'
import { measureMemory } from './memory'

// `npm run bench`: this library beside four others, in one run in Chromium against the local Trello on loopback, and its keeper
// beside two others in processes. Writes its tables into docs/performance.md. `npm run bench -- --quick` makes one round of each
// and writes nothing; `npm run bench -- --server` makes the table of the keeper only.

const isQuick = process.argv.includes('--quick')
const isServerOnly = process.argv.includes('--server')
const rounds = { lookup: isQuick ? 1 : 5, coldStart: isQuick ? 1 : 15, atExpiry: isQuick ? 1 : 3 }
const frameCounts = isQuick ? [1, 2] : [1, 2, 5, 10]
const clientCounts = [1, 10, 100]
const keeperCounts = isQuick
  ? { grants: 10, calls: 50, processes: [1, 2] }
  : { grants: 100, calls: 1_000, processes: [1, 2, 4, 8] }

/** Those whose storage a grant of the local Trello can be put into. msal-browser takes tokens of Microsoft's servers alone. */
const withGrant = CLIENTS.filter((client) => client !== 'msal-browser')

const CANNOT_HOLD = 'takes no tokens of this server'

const tables = isServerOnly ? {} : await measureInChromium()
const keepers = await keeperTable()
if (keepers !== undefined) Object.assign(tables, { server: keepers })
for (const [name, table] of Object.entries(tables)) console.log(`\n${name}\n${table}`)
if (!isQuick) writeTables(tables)

async function measureInChromium(): Promise<Record<string, string>> {
  ensurePackageIsBuilt(console.log)
  const pages = await buildPages()
  const puppet = await openChromium()
  try {
    return await measureAll(puppet, pages)
  } finally {
    await puppet.close()
    rmSync(pages, { recursive: true, force: true })
  }
}

type Puppet = Awaited<ReturnType<typeof openChromium>>

async function measureAll(puppet: Puppet, pages: string): Promise<Record<string, string>> {
  const browser = drive('chromium', puppet)
  const bytes = await bytesTable()
  const bench = await openFrameBench(browser, pages)
  try {
    return {
      bytes,
      'token look-up': await lookupTable(bench),
      'cold start': await coldStartTable(bench),
      'at expiry': await atExpiryTable(bench),
      memory: await memoryTable(bench, puppet),
      api: await apiTable(browser),
    }
  } finally {
    await bench.close()
  }
}

async function bytesTable(): Promise<string> {
  const measured = await Promise.all(CLIENTS.map(measureBytes))
  const ours = measured[0]?.allIn ?? 0
  return table(
    ['', 'at start', 'all in', 'ratio'],
    [
      ...CLIENTS.map((client, index) => {
        const { atStart = 0, allIn = 0 } = measured[index] ?? {}
        return [client, kilobytes(atStart), kilobytes(allIn), ratio(allIn, ours)]
      }),
    ],
  )
}

async function lookupTable(bench: FrameBench): Promise<string> {
  const times = await inTurns(withGrant, rounds.lookup, (client) => bench.lookup(client))
  const ours = times.get('powerup-oauth') ?? 0
  return table(
    ['', 'one look', 'ratio'],
    CLIENTS.map((client) => {
      const us = times.get(client)
      return us === undefined ? [client, CANNOT_HOLD, ''] : [client, `${us.toFixed(1)} µs`, ratio(us, ours)]
    }),
  )
}

async function coldStartTable(bench: FrameBench): Promise<string> {
  const ways = ['bare', ...withGrant] as const
  const times = await inTurns(ways, rounds.coldStart, (client) => bench.coldStart(client))
  const bare = times.get('bare') ?? 0
  return table(
    ['', 'first answer', 'ratio'],
    ways.map((way) => {
      const ms = times.get(way) ?? 0
      return [way === 'bare' ? 'IndexedDB and `fetch`' : way, `${ms.toFixed(0)} ms`, ratio(ms, bare)]
    }),
  )
}

async function atExpiryTable(bench: FrameBench): Promise<string> {
  const rows: string[][] = []
  for (const client of withGrant) {
    const cells: string[] = []
    for (const frames of frameCounts) {
      const runs: AtExpiry[] = []
      while (runs.length < rounds.atExpiry) runs.push(await bench.atExpiry(client, frames))
      const failed = median(runs.map((run) => run.failed))
      const requests = median(runs.map((run) => run.tokenRequests))
      const ms = median(runs.map((run) => run.ms))
      cells.push(`${requests}, ${ms} ms${failed > 0 ? `, **${failed} of ${frames * 10} calls failed**` : ''}`)
    }
    rows.push([client, ...cells])
  }
  rows.push(['msal-browser', ...frameCounts.map(() => CANNOT_HOLD)])
  return table(['', ...frameCounts.map((frames) => `${frames} × 10 calls`)], rows)
}

async function memoryTable(bench: FrameBench, puppet: Puppet): Promise<string> {
  const rows: string[][] = []
  for (const client of CLIENTS) {
    const held = await measureMemory(puppet, bench.idlePage(client), clientCounts)
    rows.push([client, ...held.map(kilobytes)])
  }
  return table(['', ...clientCounts.map((count) => `of ${count}`)], rows)
}

async function apiTable(browser: Browser): Promise<string> {
  const { callsRatio, tokenLookupUs } = await measureApiCalls(browser)
  return table(
    ['what', 'figure'],
    [
      ['1,000 API calls through the client, beside bare `fetch`', `${callsRatio.toFixed(3)} times the time`],
      ['one warm `getAccessToken()`', `${tokenLookupUs.toFixed(1)} µs`],
    ],
  )
}

/** `undefined`: this machine has not the database that the libraries share. */
async function keeperTable(): Promise<string | undefined> {
  const figures = await measureKeepers(keeperCounts)
  if (figures === undefined) return undefined
  const { processes } = keeperCounts
  return table(
    ['', 'grants a second', 'calls a second', ...processes.map((count) => `${count} × 10 calls at expiry`)],
    KEEPERS.map((name) => {
      const { grantsPerS, callsPerS, atExpiry } = figures.get(name) ?? {}
      const cells = (atExpiry ?? []).map(({ tokenRequests, failed, of }) => {
        return `${tokenRequests}${failed > 0 ? `, **${failed} of ${of} calls failed**` : ''}`
      })
      return [
        name,
        grantsPerS?.toFixed(0) ?? 'in its own sign-in only',
        callsPerS?.toFixed(0) ?? '',
        ...cells,
      ]
    }),
  )
}

/** The median of each, taken in turns: what slows the machine down for a while slows all. */
async function inTurns<Way extends ClientName | 'bare'>(
  ways: readonly Way[],
  count: number,
  measure: (way: Way) => Promise<number>,
): Promise<Map<string, number>> {
  const values = new Map<string, number[]>()
  for (let round = 0; round < count; round++) {
    for (const way of ways) values.set(way, [...(values.get(way) ?? []), await measure(way)])
  }
  return new Map([...values].map(([way, all]) => [way, median(all)]))
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} KB`
}

function ratio(value: number, of: number): string {
  return `${(value / of).toFixed(2)}`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function writeTables(tables: Record<string, string>): void {
  const page = 'docs/performance.md'
  let text = readFileSync(page, 'utf8')
  for (const [name, rows] of Object.entries(tables)) {
    const between = new RegExp(`(<!-- ${name} figures -->)[\\s\\S]*(<!-- /${name} figures -->)`)
    if (!between.test(text)) throw new Error(`${page} has no place for the ${name} figures`)
    text = text.replace(between, `$1\n\n${rows}\n\n$2`)
  }
  writeFileSync(page, text)
}
