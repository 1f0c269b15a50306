import { readFileSync } from 'node:fs'
import { ensureBrowser } from '../../scripts/browsers'
import { driveChromium } from '../browser/support/chromium'
import type { Browser } from '../browser/support/driver'
import { packTool } from '../browser/support/packed-tool'
import { type Row, readRows } from '../support/row'
import { isTableCurrent } from '../support/table'
import { tryRow } from '../support/try-row'
import type { Outcome } from './command'

/** Tries the rows of docs/support.md that are quick to build; `npm run support` has them all. */
export async function supportChecks(library: string, scratch: string): Promise<readonly Outcome[]> {
  const rows = readRows()
  const outcomes: Outcome[] = [
    {
      name: 'package: docs/support.md has each row, of this version',
      result: isTableCurrent(rows) ? 'passed' : 'failed',
    },
  ]
  const packed = { library, tool: packTool(scratch) }
  let driven: Promise<Browser> | undefined
  const browser = async () => {
    if ((await ensureBrowser('chromium')) === undefined) return undefined
    driven ??= driveChromium()
    return driven
  }
  async function tryEach(some: readonly Row[]): Promise<void> {
    for (const row of some) {
      const problem = await tryRow({ ...row, versions: [{}] }, { packed, scratch, browser })
      if (problem !== undefined) process.stdout.write(`${problem}\n`)
      outcomes.push({
        name: `package: it works with ${row.environment}`,
        result: problem === undefined ? 'passed' : 'failed',
      })
    }
  }

  const fast = rows.filter(({ isFast }) => isFast)
  const hasPages = ({ site, powerUp }: Row) => (site ?? powerUp) !== undefined
  try {
    // Two at a time: one waits for the disk and the browser, the other one computes.
    await Promise.all([tryEach(fast.filter(hasPages)), tryEach(fast.filter((row) => !hasPages(row)))])
  } finally {
    await (await driven)?.close()
  }
  return outcomes
}

/** Parcel 2 reads no `exports`, takes `main`, and parses modules: `alias` leads it to them. It has to name each entry. */
export function isAliasComplete(): boolean {
  const { alias, exports } = JSON.parse(readFileSync('package.json', 'utf8'))
  const [pattern = ''] = Object.keys(alias)
  const named = pattern.match(/^\.\/dist\/\{(.+)\}\.cjs$/)?.[1]?.split(',') ?? []
  const required = Object.values<string | { require: { default: string } }>(exports)
    .flatMap((target) => (typeof target === 'string' ? [] : [target.require.default]))
    .map((file) => file.replace('./dist/', '').replace('.cjs', ''))
  const missing = required.filter((name) => !named.includes(name))
  if (missing.length > 0) process.stdout.write(`"alias" of package.json lacks ${missing.join()}\n`)
  return missing.length === 0
}
