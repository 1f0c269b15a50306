import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Engine } from '../../../scripts/browsers'

export interface Profile {
  path: string
  /** A browser that has just ended may still be writing to it. */
  remove(): void
}

/**
 * A new profile, which goes with the browser, or with this process where the run is cut off.
 * @param model a profile to begin with
 */
export function newProfile(engine: Engine, model?: string): Profile {
  const path = mkdtempSync(join(tmpdir(), `powerup-oauth-${engine}-`))
  if (model !== undefined) cpSync(model, path, { recursive: true })
  const removeNow = () => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  process.once('exit', removeNow)
  return {
    path,
    remove() {
      process.off('exit', removeNow)
      removeNow()
    },
  }
}
