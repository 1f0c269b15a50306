import { ensurePackageIsBuilt } from '../examples/local-trello/package-build'
import { openChromium } from '../test/browser/support/chromium'
import type { Browser } from '../test/browser/support/driver'
import { drive } from '../test/browser/support/puppeteer'
import { measureApiCalls } from './api-calls'
import { buildPages, CANNOT, CLIENTS, type Pages } from './bundles'
import { type FrameBench, openFrameBench } from './frames'
import { KEEPERS, measureKeepers } from './keepers'
import { heapOfMany, heapWithGrant, heapWithoutGrant } from './memory'
import { loadedBytes, SITUATIONS } from './situations'
import { inTurns, kilobytes, median, medians, ratio, table, writeTables } from './tables'
import { atExpiry, coldStart, lookup } from './timing'

// `npm run bench`: this library beside six others, in one run in Chromium against the local Trello on loopback, and its keeper
// beside two others in processes. Writes its tables into docs/performance.md. `npm run bench -- --only memory` makes the tables
// whose names begin like that, and `npm run bench -- --quick` one round of each, which it writes nowhere.

const isQuick = process.argv.includes('--quick')
const onlyAt = process.argv.indexOf('--only')
const only = onlyAt < 0 ? '' : (process.argv[onlyAt + 1] ?? '')
const rounds = isQuick
  ? { lookup: 1, coldStart: 1, atExpiry: 1, memory: 1 }
  : { lookup: 7, coldStart: 21, atExpiry: 9, memory: 5 }
const frameCounts = isQuick ? [1, 2] : [1, 2, 5, 10]
const keeperCounts = isQuick
  ? { grants: 10, calls: 50, processes: [1, 2] }
  : { grants: 100, calls: 1_000, processes: [1, 2, 4, 8] }

/** Those whose storage a grant of the local Trello can be put into. */
const withGrant = CLIENTS.filter((client) => CANNOT[client]?.hold === undefined)
const OURS = 'powerup-oauth'
const BARE = 'IndexedDB and `fetch`'

type Puppet = Awaited<ReturnType<typeof openChromium>>

interface Chromium {
  bench: FrameBench
  pages: Pages
  puppet: Puppet
  browser: Browser
}

/** Tables by their names. `undefined`: this machine lacks what it takes. */
const makers: Record<string, () => Promise<string | undefined>> = {
  bytes: () => inChromium(bytesTable),
  'token look-up': () => inChromium(lookupTable),
  'cold start': () => inChromium(coldStartTable),
  'at expiry': () => inChromium(atExpiryTable),
  memory: () => inChromium(memoryTable),
  'memory of many': () => inChromium(manyTable),
  api: () => inChromium(apiTable),
  server: keeperTable,
}

const tables: Record<string, string> = {}
let chromium: Chromium | undefined
try {
  for (const [name, make] of Object.entries(makers)) {
    const made = name.startsWith(only) ? await make() : undefined
    if (made !== undefined) tables[name] = made
  }
} finally {
  await chromium?.bench.close()
  await chromium?.puppet.close()
  chromium?.pages.remove()
}
for (const [name, made] of Object.entries(tables)) console.log(`\n${name}\n${made}`)
if (!isQuick) writeTables(tables)

/** Opens the one browser of the run when the first table needs it. */
async function inChromium(make: (chromium: Chromium) => Promise<string>): Promise<string> {
  if (chromium === undefined) {
    ensurePackageIsBuilt(console.log)
    const pages = await buildPages()
    const puppet = await openChromium()
    const browser = drive('chromium', puppet)
    chromium = { bench: await openFrameBench(browser, pages.folder), pages, puppet, browser }
  }
  return make(chromium)
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

async function memoryTable({ bench, puppet }: Chromium): Promise<string> {
  const ways = ['bare', ...CLIENTS] as const
  const without = await inTurns(ways, rounds.memory, (way) => heapWithoutGrant(puppet, bench, way))
  const held = ['bare', ...withGrant] as const
  const having = await inTurns(held, rounds.memory, (way) => heapWithGrant(puppet, bench, way))
  return table(
    ['', 'the first, without a grant', 'the first, with a grant', 'each further of 100 alike'],
    ways.map((way) => {
      const { first = 0, further = 0 } = medians(without.get(way))
      if (way === 'bare') return [BARE, kilobytes(first), kilobytes(medians(having.get(way)).first ?? 0), '']
      const reason = CANNOT[way]?.hold
      const withOne = reason ?? kilobytes(medians(having.get(way)).first ?? 0)
      return [way, kilobytes(first), withOne, kilobytes(further)]
    }),
  )
}

async function manyTable({ bench, puppet }: Chromium): Promise<string> {
  const ways = [false, true]
  const figures = await inTurns(ways, rounds.memory, (own) => heapOfMany(puppet, bench, own))
  return table(
    ['', 'each further of 100', 'with one client', 'after 5,000 more, used once and let go of'],
    ways.map((own) => {
      const {
        further = 0,
        usOfOne = 0,
        ofOne = 0,
        usAfterMany = 0,
        afterMany = 0,
      } = medians(figures.get(own))
      return [
        own ? 'with an `onEvent` of their own' : 'with the same options',
        kilobytes(further),
        `${kilobytes(ofOne)}, ${usOfOne.toFixed(0)} µs`,
        `${kilobytes(afterMany)}, ${usAfterMany.toFixed(0)} µs`,
      ]
    }),
  )
}

async function apiTable({ browser }: Chromium): Promise<string> {
  const { callsRatio, tokenLookupUs } = await measureApiCalls(browser)
  return table(
    ['what', 'figure'],
    [
      ['1,000 API calls through the client, beside bare `fetch`', `${callsRatio.toFixed(3)} times the time`],
      ['one warm `getAccessToken()`', `${tokenLookupUs.toFixed(1)} µs`],
    ],
  )
}

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
