import { mkdir, readFile, rm } from 'node:fs/promises'
import type { Page } from 'puppeteer-core'
import type { PromptSituation } from '../src/prompt/texts'
import { axeViolations } from '../test/browser/support/axe'
import build from '../test/browser/support/build'
import { causes, openGallery } from '../test/browser/support/prompt-gallery'
import { ensureBrowser } from './browsers'

// `npm run screenshots`: a picture of the prompt in each situation, light and dark, 300 pixels wide. Six of them make the
// picture in docs/prompt.md.

const directory = 'screenshots/prompt'
const inDocs = [
  ['connect-light', 'expired-dark', 'popupBlocked-light'],
  ['inProgress-dark', 'missingScopes-light', 'accountMismatch-dark'],
]

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
    await shootForDocs(await gallery.page.browser().newPage())
  } finally {
    await gallery.close()
  }
  console.log(`${2 * Object.keys(causes).length} pictures in ${directory}/, ${found} violations found by axe`)
  return found === 0 ? 0 : 1
}

/** Puts six of the pictures on one. */
async function shootForDocs(page: Page): Promise<void> {
  const rows = inDocs.map((names) => Promise.all(names.map(imageOf)))
  const cells = (await Promise.all(rows)).map((images) => `<div>${images.join('')}</div>`)
  await page.setViewport({ width: 972, height: 100, deviceScaleFactor: 1.5 })
  await page.setContent(`<style>
    body { margin: 0; padding: 12px; background: #dfe1e6 }
    div { display: flex; align-items: start }
    img { width: 300px; margin: 8px; border-radius: 8px; box-shadow: 0 1px 4px #091e4240 }
  </style>${cells.join('')}`)
  await page.screenshot({ path: 'docs/prompt.png', fullPage: true })
}

async function imageOf(name: string): Promise<string> {
  return `<img src="data:image/png;base64,${await readFile(`${directory}/${name}.png`, 'base64')}">`
}
