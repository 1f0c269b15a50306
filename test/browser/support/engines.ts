import { afterAll, beforeAll, describe, it } from 'vitest'
import { chosenEngines, type Engine, findBrowser } from '../../../scripts/browsers'
import { driveChromium } from './chromium'
import type { Browser } from './driver'
import { driveFirefox } from './firefox'
import { driveWebKit } from './webkit'

const drivers: Record<Engine, () => Promise<Browser>> = {
  chromium: driveChromium,
  firefox: driveFirefox,
  webkit: driveWebKit,
}

/** A fresh browser with a fresh profile. */
export function openBrowser(engine: Engine): Promise<Browser> {
  return drivers[engine]()
}

/**
 * The same scenarios in each chosen engine, one after the other, each with a browser of its own. An engine that is not
 * on this machine is skipped aloud, and fails under `CI=true`.
 */
export function inEachEngine(
  title: string,
  scenarios: (engine: Engine, browser: () => Browser) => void,
  engines: readonly Engine[] = chosenEngines(),
): void {
  const wanted = chosenEngines().filter((chosen) => engines.includes(chosen))
  if (wanted.length === 0) leaveOut(title)
  for (const engine of wanted) {
    unlessMissing(engine, `${title}: ${engine}`, () => {
      let browser: Browser | undefined
      beforeAll(async () => {
        browser = await openBrowser(engine)
      })
      afterAll(() => browser?.close())
      scenarios(engine, () => {
        if (browser === undefined) throw new Error(`${engine} did not start`)
        return browser
      })
    })
  }
}

/** Scenarios that open Chromium themselves, for what the driver has no words for. They are skipped as any others are. */
export function inChromium(title: string, scenarios: () => void): void {
  if (chosenEngines().includes('chromium')) unlessMissing('chromium', title, scenarios)
  else leaveOut(title)
}

/** A file without any suite would fail. */
function leaveOut(title: string): void {
  describe.skip(title, () => it('runs in none of the chosen engines', () => undefined))
}

function unlessMissing(engine: Engine, title: string, scenarios: () => void): void {
  const isMissing = findBrowser(engine) === undefined
  const isSkipped = isMissing && process.env.CI !== 'true'
  describe.skipIf(isSkipped)(title, scenarios)
  if (isSkipped) process.stderr.write(`! ${engine} is not on this machine; its scenarios are skipped\n`)
}
