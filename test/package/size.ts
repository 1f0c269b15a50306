import { readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { type BuildResult, build, type Metafile } from 'esbuild'
import type { Outcome } from './command'

/** What somebody's bundler makes of one import of the built package. Gzip, in bytes. */
interface Measured {
  name: string
  /** The entry and all that it imports statically. */
  atStart: number
  /** The same, and all that may be loaded on demand. */
  allIn: number
  last: Entry
}

/** One line of `size.json`: what is imported from the package, and what it weighed when `npm run size` was run last. */
interface Entry {
  name: string
  imports: string
  atStart: number
  allIn: number
}

/** An entry may grow by this share before somebody has to look at it, and run `npm run size`. */
const TOLERANCE = 0.02
const SIZES = 'test/package/size.json'

/** Bundles each entry of `size.json` as an application would. Fails where one is two per cent larger than it was last. */
export async function sizeChecks(): Promise<readonly Outcome[]> {
  const measured = await measureAll()
  process.stdout.write(`${sizeTable(measured)}\n`)
  return measured.map((entry) => ({
    name: `size: ${entry.name} is within its limits`,
    result: isWithinLimits(entry) ? 'passed' : 'failed',
  }))
}

/** Writes what stands into `size.json`. The limits follow. */
export async function keepSizes(): Promise<void> {
  const entries = (await measureAll()).map(({ atStart, allIn, last }) => ({ ...last, atStart, allIn }))
  writeFileSync(SIZES, `${JSON.stringify(entries, null, 2)}\n`)
}

/** The same as a table for a page, and the minified bytes of each module behind `createClient`, the largest first. */
export async function sizePage(): Promise<string> {
  const measured = await measureAll()
  const entries = measured.map(({ name, atStart, allIn }) => [name, String(atStart), String(allIn)])
  return [
    ...markdown([['gzip, in bytes', 'at start', 'all in'], ...entries]),
    '',
    ...markdown([['module, minified, in bytes', 'at start', 'on demand'], ...(await moduleRows())]),
  ].join('\n')
}

async function moduleRows(): Promise<string[][]> {
  const { metafile } = await bundle("export { createClient } from './src/client/client'")
  const atStart = staticClosure(metafile, entryOf(metafile))
  const rows = Object.entries(metafile.outputs).flatMap(([output, { inputs }]) =>
    Object.entries(inputs).map(([input, { bytesInOutput }]) => ({
      name: input.replace(/^src\/|^node_modules\/|\/(build|dist)\/index\.js$/g, ''),
      bytes: bytesInOutput,
      isAtStart: atStart.has(output),
    })),
  )
  const sorted = rows.filter(({ bytes }) => bytes > 0).sort((a, b) => b.bytes - a.bytes)
  return sorted.map(({ name, bytes, isAtStart }) =>
    isAtStart ? [name, String(bytes), ''] : [name, '', String(bytes)],
  )
}

function measureAll(): Promise<readonly Measured[]> {
  const entries: Entry[] = JSON.parse(readFileSync(SIZES, 'utf8'))
  return Promise.all(entries.map(measure))
}

async function measure(last: Entry): Promise<Measured> {
  const { metafile, outputFiles } = await bundle(last.imports)
  const sizes = new Map(outputFiles.map(({ path, contents }) => [path, gzipSync(contents).length]))
  const outputs = Object.keys(metafile.outputs)
  const sizeOf = (names: Iterable<string>) =>
    [...names].reduce(
      (sum, output) => sum + ([...sizes].find(([path]) => path.endsWith(output))?.[1] ?? 0),
      0,
    )
  return {
    name: last.name,
    atStart: sizeOf(staticClosure(metafile, entryOf(metafile))),
    allIn: sizeOf(outputs),
    last,
  }
}

function bundle(contents: string): Promise<BuildResult<{ write: false; metafile: true }>> {
  return build({
    stdin: { contents, resolveDir: '.' },
    bundle: true,
    splitting: true,
    format: 'esm',
    minify: true,
    target: 'es2022',
    outdir: 'out',
    write: false,
    metafile: true,
    external: ['react'],
    // The package as it was built, whatever the project's own paths lead to.
    tsconfigRaw: {},
    logLevel: 'error',
  })
}

function entryOf({ outputs }: Metafile): string {
  return Object.keys(outputs).find((output) => outputs[output]?.entryPoint === '<stdin>') ?? ''
}

function staticClosure({ outputs }: Metafile, from: string, found = new Set<string>()): Set<string> {
  if (found.has(from)) return found
  found.add(from)
  for (const { path, kind } of outputs[from]?.imports ?? []) {
    if (kind === 'import-statement' && path in outputs) staticClosure({ inputs: {}, outputs }, path, found)
  }
  return found
}

function isWithinLimits({ atStart, allIn, last }: Measured): boolean {
  return atStart <= limitOf(last.atStart) && allIn <= limitOf(last.allIn)
}

function limitOf(lastBytes: number): number {
  return Math.ceil(lastBytes * (1 + TOLERANCE))
}

function sizeTable(measured: readonly Measured[]): string {
  const rows = measured.map((entry) => [
    entry.name,
    String(entry.atStart),
    difference(entry.atStart, entry.last.atStart),
    String(limitOf(entry.last.atStart)),
    String(entry.allIn),
    difference(entry.allIn, entry.last.allIn),
    String(limitOf(entry.last.allIn)),
    isWithinLimits(entry) ? '' : 'too large: see CONTRIBUTING.md',
  ])
  return table([['gzip, in bytes', 'at start', '+/-', 'limit', 'all in', '+/-', 'limit', ''], ...rows])
}

function difference(bytes: number, lastBytes: number): string {
  return bytes === lastBytes ? '=' : `${bytes > lastBytes ? '+' : ''}${bytes - lastBytes}`
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
