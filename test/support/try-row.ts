import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from '../browser/support/driver'
import { startTool } from '../browser/support/packed-tool'
import { freshEnvironment, layOut, type Packed, typeCommands } from './project'
import type { Row } from './row'
import { visitBoard, visitPage, visitPowerUp, visitSite } from './visit'

/** What trying a row needs. */
export interface Workshop {
  packed: Packed
  /** A folder outside of the repository, so that nothing of it is found by accident. */
  scratch: string
  /** Starts the browser, once. `undefined`: there is none on this machine. */
  browser(): Promise<Browser | undefined>
}

/** Builds a row's project with the tools in each of its versions. `undefined`: it works. Otherwise: what went wrong. */
export async function tryRow(row: Row, workshop: Workshop): Promise<string | undefined> {
  for (const versions of row.versions ?? [{}]) {
    const folder = mkdtempSync(join(workshop.scratch, `${row.name}-`))
    const problem = await tryProject(row, versions, folder, workshop)
    if (problem !== undefined) return `${JSON.stringify(versions)}\n${problem}`
    rmSync(folder, { recursive: true, force: true })
  }
  return undefined
}

async function tryProject(
  row: Row,
  versions: Readonly<Record<string, string>>,
  folder: string,
  { packed, browser }: Workshop,
): Promise<string | undefined> {
  mkdirSync(folder, { recursive: true })
  layOut(row, versions, folder)
  const problem = await typeCommands(row, packed, folder)
  if (problem !== undefined) return problem
  try {
    await visit(row, folder, browser)
    return undefined
  } catch (error) {
    const messages = (await browser())?.consoleMessages() ?? []
    return [`${error}`, ...messages.slice(-20)].join('\n')
  }
}

async function visit(row: Row, folder: string, browser: Workshop['browser']): Promise<void> {
  const { site, powerUp, serves, shows } = row
  const driven = (site ?? powerUp ?? serves ?? shows) ? await browser() : undefined
  if (!driven) return
  if (site !== undefined)
    await visitSite(driven, join(folder, site), join(folder, 'node_modules/powerup-oauth'))
  if (powerUp !== undefined) await visitPowerUp(driven, join(folder, powerUp))
  if (shows !== undefined) await visitPage(driven, join(folder, shows.site), shows.page, shows.words)
  if (serves === undefined) return
  const tool = await startTool('sh', ['-c', serves.join(' & ')], { cwd: folder, env: freshEnvironment() })
  try {
    await visitBoard(driven, `${tool.boardUrl}`)
  } finally {
    await tool.stop()
  }
}
