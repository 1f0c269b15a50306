import { ensurePackageIsBuilt } from '../examples/local-trello/package-build'
import { openChromium } from '../test/browser/support/chromium'
import type { Browser } from '../test/browser/support/driver'
import { drive } from '../test/browser/support/puppeteer'
import { measureApiCalls } from './api-calls'
import { buildPages, CANNOT, CLIENTS, type Pages } from './bundles'
import { BARE, type FrameBench, openFrameBench } from './frames'
import { KEEPERS, measureKeepers } from './keepers'
import { manyTable, memoryTable } from './memory-tables'
import { loadedBytes, SITUATIONS } from './situations'
import { inTurns, kilobytes, median, medians, ratio, table, writeTables } from './tables'
import { atExpiry, coldStart, lookup } from './timing'

// `npm run bench`: this library beside six others, in one run in Chromium against the local Trello on loopback, and its
// keeper beside two others in processes. Writes its tables into docs/performance.md. `npm run bench -- --only memory`
// makes the tables whose names begin like that, `npm run bench -- --quick` one round of each, and writes nothing.

const isQuick = process.argv.includes('--quick')
const onlyAt = process.argv.indexOf('--only')
const only = onlyAt < 0 ? '' : (process.argv[onlyAt + 1] ?? '')
const rounds = isQuick
  ? { lookup: 1, coldStart: 1, atExpiry: 1, memory: 1, api: 1 }
  : { lookup: 7, coldStart: 21, atExpiry: 9, memory: 5, api: 9 }
const frameCounts = isQuick ? [1, 2] : [1, 2, 5, 10]
const keeperCounts = isQuick
  ? { grants: 10, calls: 50, processes: [1, 2] }
  : { grants: 100, calls: 1_000, processes: [1, 2, 4, 8] }

/** Those whose storage a grant of the local Trello can be put into. */
const withGrant = CLIENTS.filter((client) => CANNOT[client]?.hold === undefined)
const OURS = 'powerup-oauth'

interface Chromium {
  bench: FrameBench
  pages: Pages
  puppet: Awaited<ReturnType<typeof openChromium>>
  browser: Browser
}

/** The tables that take a browser, by their names. */
const makers: Record<string, (chromium: Chromium) => Promise<string>> = {
  bytes: bytesTable,
  'token look-up': lookupTable,
  'cold start': coldStartTable,
  'at expiry': atExpiryTable,
  memory: ({ puppet, bench }) => memoryTable(puppet, bench, rounds.memory),
  'memory of many': ({ puppet, bench }) => manyTable(puppet, bench, rounds.memory),
  api: apiTable,
}

const asked = Object.keys(makers).filter((name) => name.startsWith(only))
const tables = asked.length > 0 ? await measureInChromium(asked) : {}
const keepers = 'server'.startsWith(only) ? await keeperTable() : undefined
if (keepers !== undefined) tables.server = keepers
for (const [name, made] of Object.entries(tables)) console.log(`\n${name}\n${made}`)
if (!isQuick) writeTables(tables)

async function measureInChromium(names: readonly string[]): Promise<Record<string, string>> {
  ensurePackageIsBuilt(console.log)
  const pages = await buildPages()
  const puppet = await openChromium()
  try {
    const browser = drive('chromium', puppet)
    const bench = await openFrameBench(browser, pages.folder)
    try {
      const made: Record<string, string> = {}
      for (const name of names) {
        // What came before may have cost the grant.
        await bench.renewGrant()
        made[name] = (await makers[name]?.({ bench, pages, puppet, browser })) ?? ''
      }
      return made
    } finally {
      await bench.close()
    }
  } finally {
    await puppet.close()
    pages.remove()
  }
}

async function bytesTable({ bench, pages }: Chromium): Promise<string> {
  const rows: string[][] = []
  for (const client of CLIENTS) {
    const cells: string[] = []
    for (const situation of Object.values(SITUATIONS)) {
      const bytes = await loadedBytes(bench, pages, client, situation)
      cells.push(typeof bytes === 'number' ? kilobytes(bytes) : bytes)
    }
    rows.push([client, ...cells, kilobytes(pages.gzipOf(client))])
  }
  return table(['', ...Object.keys(SITUATIONS), 'all of it'], rows)
}

async function lookupTable({ bench }: Chromium): Promise<string> {
  const times = await inTurns(withGrant, rounds.lookup, (client) => lookup(bench, client))
  const ours = median(times.get(OURS) ?? [])
  return table(
    ['', 'one look', 'ratio'],
    CLIENTS.map((client) => {
      const reason = CANNOT[client]?.hold
      if (reason !== undefined) return [client, reason, '']
      const us = median(times.get(client) ?? [])
      return [client, `${us.toFixed(1)} µs`, ratio(us, ours)]
    }),
  )
}

async function coldStartTable({ bench }: Chromium): Promise<string> {
  const ways = ['bare', ...withGrant] as const
  const times = await inTurns(ways, rounds.coldStart, (way) => coldStart(bench, way))
  const ms = (way: (typeof ways)[number]) => median(times.get(way) ?? [])
  const fastest = Math.min(...withGrant.filter((client) => client !== OURS).map(ms))
  return table(
    ['', 'first answer', 'beside the fastest of the others'],
    ways.map((way) => [way === 'bare' ? BARE : way, `${ms(way).toFixed(1)} ms`, ratio(ms(way), fastest)]),
  )
}

async function atExpiryTable({ bench }: Chromium): Promise<string> {
  const columns: string[][] = []
  for (const frames of frameCounts) {
    const runs = await inTurns(withGrant, rounds.atExpiry, (client) => atExpiry(bench, client, frames))
    const figures = new Map(
      [...runs].map(([client, all]) => [client, medians(all.map((run) => ({ ...run })))]),
    )
    const good = [...figures].filter(([client, { tokenRequests, failed }]) => {
      return client !== OURS && tokenRequests === 1 && failed === 0
    })
    const fastest = Math.min(...good.map(([, { ms }]) => ms))
    columns.push(
      CLIENTS.map((client) => {
        const run = figures.get(client)
        if (run === undefined) return CANNOT[client]?.hold ?? ''
        const { tokenRequests, ms, failed } = run
        if (failed > 0) return `${tokenRequests}, ${ms} ms, **${failed} of ${frames * 10} calls failed**`
        return `${tokenRequests}, ${ms} ms, ${ratio(ms, fastest)}`
      }),
    )
  }
  return table(
    ['', ...frameCounts.map((frames) => `${frames} × 10 calls`)],
    CLIENTS.map((client, row) => [client, ...columns.map((cells) => cells[row] ?? '')]),
  )
}

async function apiTable({ browser }: Chromium): Promise<string> {
  const { callsRatio, tokenLookupUs } = await measureApiCalls(browser, rounds.api)
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
