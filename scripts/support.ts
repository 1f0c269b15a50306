import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { driveChromium } from '../test/browser/support/chromium'
import type { Browser } from '../test/browser/support/driver'
import { packTool } from '../test/browser/support/packed-tool'
import { readRows } from '../test/support/row'
import { writeTable } from '../test/support/table'
import { tryRow } from '../test/support/try-row'
import { ensureBrowser } from './browsers'

// `npm run support`: each row of docs/support.md as a project of its own, from the packed package; then the table. With names,
// `npm run support -- jest webpack-4`, these rows only, and no table.

const wanted = process.argv.slice(2)
const rows = readRows()
const scratch = mkdtempSync(join(tmpdir(), 'powerup-oauth-support-'))
let driven: Promise<Browser> | undefined
const failed: string[] = []

const unknown = wanted.filter((name) => rows.every((row) => row.name !== name))
if (unknown.length > 0)
  throw new Error(`There is no row ${unknown}; there are ${rows.map(({ name }) => name)}`)

try {
  // First, because it builds the library where that is older than its sources.
  const tool = packTool(scratch)
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch]
  const [{ filename }] = JSON.parse(execFileSync('npm', pack, { encoding: 'utf8' }))
  const packed = { library: join(scratch, filename), tool }
  for (const row of rows) {
    if (wanted.length > 0 && !wanted.includes(row.name)) continue
    const begun = performance.now()
    const problem = await tryRow(row, { packed, scratch, browser })
    const seconds = ((performance.now() - begun) / 1000).toFixed(0)
    console.log(`${problem === undefined ? 'works ' : 'FAILED'} ${row.name} (${seconds} s)`)
    if (problem === undefined) continue
    console.log(problem)
    failed.push(row.name)
  }
} finally {
  await (await driven)?.close()
  if (failed.length === 0) rmSync(scratch, { recursive: true, force: true })
}
if (failed.length > 0) {
  console.log(`Failed: ${failed.join(', ')}. Their folders are in ${scratch}`)
  process.exitCode = 1
} else if (wanted.length === 0) {
  writeTable(rows)
}

async function browser(): Promise<Browser | undefined> {
  if ((await ensureBrowser('chromium')) === undefined) return undefined
  driven ??= driveChromium()
  return driven
}
