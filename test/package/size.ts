import { readFileSync, writeFileSync } from 'node:fs'
import { bundleApp } from './app-bundle'
import type { Outcome } from './command'
import { startParts } from './start-parts'

/** What stands in `size.json`: gzip bytes, as `npm run size` found them last. The limits follow. */
export interface Sizes {
  /** What a page loads of the everyday path, in one situation each. */
  situations: readonly Situation[]
  /** What an import of each entry of the package costs. */
  entries: readonly Entry[]
}

/** Something that happens in a frame. The tests of later-pieces.test.ts see in a browser what it loads. */
interface Situation {
  name: string
  /** What it loads on demand besides what is at start: names with commas between, or nothing. */
  pieces: string
  bytes: number
}

interface Entry {
  name: string
  imports: string
  /** The entry and all that it imports statically. */
  atStart: number
  /** The same, and all that may be loaded on demand. */
  allIn: number
}

/** A figure may grow by this share before somebody has to look at it, and run `npm run size`. */
const TOLERANCE = 0.02
const SIZES = 'test/package/size.json'
const EVERYDAY = "export { createClient } from 'powerup-oauth'"

/** Bundles what `size.json` lists as an application would. Fails where a figure is two per cent larger than it was last. */
export async function sizeChecks(): Promise<readonly Outcome[]> {
  const last = keptSizes()
  const rows = rowsOf(await measure(last), last)
  process.stdout.write(`${table(reportOf(rows))}\n`)
  return rows.map((row) => ({
    name: `size: ${row.name} is within its limit`,
    result: isWithinLimit(row) ? 'passed' : 'failed',
  }))
}

/** Writes what stands into `size.json`. */
export async function keepSizes(): Promise<void> {
  writeFileSync(SIZES, `${JSON.stringify(await measure(keptSizes()), null, 2)}\n`)
}

/** Returns what `size.json` says. */
export function keptSizes(): Sizes {
  return JSON.parse(readFileSync(SIZES, 'utf8'))
}

/** Returns the figures beside those of another version of `size.json`, as a table in Markdown. */
export async function sizeReport(other: Sizes): Promise<string> {
  return markdown(reportOf(rowsOf(await measure(keptSizes()), other))).join('\n')
}

/** Returns the same for a page, with the minified bytes of each module behind `createClient`, the largest first. */
export async function sizePage(): Promise<string> {
  const { situations, entries } = await measure(keptSizes())
  return [
    ...markdown([
      ['situation', 'loads besides the start', 'gzip, in bytes'],
      ...situations.map(({ name, pieces, bytes }) => [name, pieces, String(bytes)]),
    ]),
    '',
    ...markdown([
      ['entry', 'gzip at start, in bytes', 'all in'],
      ...entries.map(({ name, atStart, allIn }) => [name, String(atStart), String(allIn)]),
    ]),
    '',
    ...markdown([['part, left out', 'gzip at start, in bytes, less'], ...(await startParts(SOURCE))]),
    '',
    ...markdown([['module, minified, in bytes', 'at start', 'on demand'], ...(await moduleRows())]),
  ].join('\n')
}

const SOURCE = "export { createClient } from './src/client/client'"

async function moduleRows(): Promise<string[][]> {
  const { modules } = await bundleApp(SOURCE)
  const sorted = modules.filter(({ bytes }) => bytes > 0).sort((a, b) => b.bytes - a.bytes)
  return sorted.map(({ path, bytes, isAtStart }) => {
    const name = path.replace(/^src\/|^node_modules\/|\/(build|dist)\/index\.js$/g, '')
    return isAtStart ? [name, String(bytes), ''] : [name, '', String(bytes)]
  })
}

/** Measures again what a version of `size.json` lists. */
async function measure({ situations, entries }: Sizes): Promise<Sizes> {
  const everyday = await bundleApp(EVERYDAY)
  return {
    situations: situations.map((situation) => ({
      ...situation,
      bytes: everyday.withPieces(situation.pieces.split(', ').filter(Boolean)),
    })),
    entries: await Promise.all(
      entries.map(async (entry) => {
        const { atStart, allIn } = await bundleApp(entry.imports)
        return { ...entry, atStart, allIn }
      }),
    ),
  }
}

/** One figure, beside the one that it is compared with. */
interface Row {
  name: string
  bytes: number
  /** The figure of the other version, if it has one. */
  before: number | undefined
}

function rowsOf(now: Sizes, before: Sizes): readonly Row[] {
  const known = new Map(figuresOf(before))
  return figuresOf(now).map(([name, bytes]) => ({ name, bytes, before: known.get(name) }))
}

function figuresOf({ situations, entries }: Sizes): readonly (readonly [name: string, bytes: number])[] {
  return [
    ...situations.map(({ name, bytes }) => [name, bytes] as const),
    ...entries.flatMap(({ name, atStart, allIn }) =>
      atStart === allIn
        ? [[name, allIn] as const]
        : [[`${name}, at start`, atStart] as const, [`${name}, all in`, allIn] as const],
    ),
  ]
}

function isWithinLimit({ bytes, before }: Row): boolean {
  return before === undefined || bytes <= limitOf(before)
}

function limitOf(bytes: number): number {
  return Math.ceil(bytes * (1 + TOLERANCE))
}

function reportOf(rows: readonly Row[]): readonly string[][] {
  return [
    ['gzip, in bytes', 'now', '+/-', 'limit', ''],
    ...rows.map((row) => [
      row.name,
      String(row.bytes),
      difference(row),
      row.before === undefined ? '' : String(limitOf(row.before)),
      isWithinLimit(row) ? '' : 'too large: see CONTRIBUTING.md',
    ]),
  ]
}

function difference({ bytes, before }: Row): string {
  if (before === undefined) return 'new'
  return bytes === before ? '=' : `${bytes > before ? '+' : ''}${bytes - before}`
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function markdown([head = [], ...rows]: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
}
