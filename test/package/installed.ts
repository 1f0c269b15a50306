import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { startLocalTrello } from '../../examples/local-trello/local-trello'
import { ensureBrowser } from '../../scripts/browsers'
import { driveChromium } from '../browser/support/chromium'
import type { Browser } from '../browser/support/driver'
import { answerConsent } from '../browser/support/stage'
import { command, type Outcome } from './command'

/**
 * The tarball as somebody installs it: in a fresh Vite app, and on a page with a script tag. Each signs in at the local
 * Trello and calls the API, in Chromium.
 */
export async function installedChecks(tarball: string, scratch: string): Promise<readonly Outcome[]> {
  const app = join(scratch, 'app')
  const site = join(scratch, 'site')
  const steps: Record<string, () => Promise<boolean>> = {
    'a fresh app installs it': () => install(tarball, app),
    'its types are right for a strict project': () => succeeds('tsc', ['-p', app]),
    'Vite builds the app': () => buildSite(app, site),
  }
  const outcomes: Outcome[] = []
  for (const [name, step] of Object.entries(steps)) {
    const isGood = await step()
    outcomes.push({ name: `package: ${name}`, result: isGood ? 'passed' : 'failed' })
    if (!isGood) return outcomes
  }
  return [...outcomes, ...(await runPages(site))]
}

async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  return (await command(program, args)).status === 0
}

/** Only the package itself is installed; the tools and the optional peers are those of this repository. */
async function install(tarball: string, app: string): Promise<boolean> {
  cpSync('test/package/app', app, { recursive: true })
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }))
  const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']
  if (!(await succeeds('npm', ['install', '--prefix', app, ...quietly, tarball]))) return false
  const { peerDependencies = {} } = JSON.parse(readFileSync('package.json', 'utf8'))
  for (const peer of Object.keys(peerDependencies).flatMap((name) => [name, `@types/${name}`])) {
    const link = join(app, 'node_modules', peer)
    if (!existsSync(resolve('node_modules', peer)) || existsSync(link)) continue
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(resolve('node_modules', peer), link)
  }
  const loads = entries().map((entry) => `  () => import(${JSON.stringify(entry)}),\n`)
  writeFileSync(
    join(app, 'entries.ts'),
    `export const entries: (() => Promise<object>)[] = [\n${loads.join('')}]\n`,
  )
  return true
}

/** Those for pages. The stores of a server need Node, and are loaded there by another check. */
function entries(): string[] {
  const { name, exports } = JSON.parse(readFileSync('package.json', 'utf8'))
  return Object.entries(exports).flatMap(([entry, target]) =>
    typeof target === 'object' && !entry.startsWith('./server/') ? [entry.replace('.', name)] : [],
  )
}

async function buildSite(app: string, site: string): Promise<boolean> {
  const outDir = join(site, 'vite')
  const isBuilt = await succeeds('vite', [
    'build',
    app,
    '--base',
    './',
    '--outDir',
    outDir,
    '--emptyOutDir',
    '--logLevel',
    'warn',
  ])
  if (!isBuilt) return false
  cpSync('test/package/script-tag', join(site, 'script-tag'), { recursive: true })
  const installed = join(app, 'node_modules/powerup-oauth/dist')
  for (const page of ['vite', 'script-tag']) {
    for (const file of ['callback.html', 'powerup-oauth-callback.js', 'powerup-oauth.global.js']) {
      copyFileSync(join(installed, file), join(site, page, file))
    }
  }
  return true
}

async function runPages(site: string): Promise<readonly Outcome[]> {
  const names = ['vite', 'script-tag'].map((page) => [page, `package: the ${page} page signs in and calls`])
  if ((await ensureBrowser('chromium')) === undefined) {
    return names.map(([, name = '']) => ({ name, result: 'skipped' }))
  }
  const trello = await startLocalTrello({
    port: 0,
    quiet: true,
    powerUpDirectory: site,
    callbackPaths: ['/vite/callback.html', '/script-tag/callback.html'],
  })
  const browser = await driveChromium()
  try {
    const outcomes: Outcome[] = []
    for (const [index, [page, name = '']] of names.entries()) {
      // They are of one origin: in the same workspace the second would find the grant of the first.
      const workspace = trello.workspaces[index]?.id
      const url = `${trello.origins.powerUp}/${page}/index.html?workspace=${workspace}`
      outcomes.push({ name, result: (await signsIn(browser, url)) ? 'passed' : 'failed' })
    }
    return outcomes
  } finally {
    await browser.close()
    await trello.close()
  }
}

async function signsIn(browser: Browser, url: string): Promise<boolean> {
  try {
    const page = await browser.openTab(url)
    await page.waitFor('document.body.dataset.state === "notAuthorized"')
    await answerConsent(await browser.popupOf(() => page.click('#connect')))
    await page.waitFor('document.body.dataset.greeted ?? document.body.dataset.error')
    const {
      greeted,
      error,
      entries: loaded,
    } = await page.evaluate<Record<string, string>>('({ ...document.body.dataset })')
    if (error !== undefined) throw new Error(error)
    if (loaded !== undefined && Number(loaded) !== entries().length) {
      throw new Error(`${loaded} of ${entries().length} entries were loaded`)
    }
    return greeted !== undefined
  } catch (error) {
    process.stderr.write(`${url}: ${error}\n${browser.consoleMessages().join('\n')}\n`)
    return false
  }
}
