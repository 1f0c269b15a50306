import { mkdir, rm } from 'node:fs/promises'
import type { PromptSituation } from '../src/prompt/texts'
import { axeViolations } from '../test/browser/support/axe'
import build from '../test/browser/support/build'
import { causes, openGallery } from '../test/browser/support/prompt-gallery'
import { ensureBrowser } from './browsers'

// `npm run screenshots`: a picture of the prompt in each situation, light and dark, 300 pixels wide.

const directory = 'screenshots/prompt'

build()
if (await ensureBrowser('chromium')) process.exitCode = await shootAll()

async function shootAll(): Promise<number> {
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { recursive: true })
  const gallery = await openGallery()
  let found = 0
  try {
    for (const situation of Object.keys(causes) as PromptSituation[]) {
      for (const color of ['light', 'dark'] as const) {
        await gallery.show(situation, color)
        await gallery.screenshot(`${directory}/${situation}-${color}.png`)
        const violations = await axeViolations(gallery.frame)
        found += violations.length
        for (const violation of violations) console.log(`✗ ${situation}, ${color}: ${violation}`)
      }
    }
  } finally {
    await gallery.close()
  }
  console.log(`${2 * Object.keys(causes).length} pictures in ${directory}/, ${found} violations found by axe`)
  return found === 0 ? 0 : 1
}
