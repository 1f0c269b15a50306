import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { buildClientScript } from './client-build'
import { clientScripts } from './client-script'
import { ownFile } from './own-files'
import { ensurePackageIsBuilt } from './package-build'

// `npm pack` in this folder runs this: it makes `dist/`, which is all that the package holds. One script for Node with what
// it reads beside it, in the layout of the sources.

const dist = ownFile('dist')

ensurePackageIsBuilt(console.error)
await rm(dist, { recursive: true, force: true })
await mkdir(join(dist, 'client'), { recursive: true })
await buildCommand()
for (const name of clientScripts) {
  await writeFile(join(dist, `client/${name}.js`), await buildClientScript(ownFile(`client/${name}.ts`)))
}
await cp(ownFile('pages'), join(dist, 'pages'), { recursive: true })
await mkdir(join(dist, 'data'))
await cp(ownFile('data/trello.json'), join(dist, 'data/trello.json'))
await copyGreeter()

async function buildCommand(): Promise<void> {
  const { dependencies } = JSON.parse(await readFile(ownFile('package.json'), 'utf8'))
  const outfile = join(dist, 'trello-local.js')
  await build({
    entryPoints: [ownFile('trello-local.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: Object.keys(dependencies),
    banner: { js: '#!/usr/bin/env node' },
    logLevel: 'warning',
  })
  await chmod(outfile, 0o755)
}

/** Copies the Power-Up that is shown where nobody names one, with the three files of the library that it loads. */
async function copyGreeter(): Promise<void> {
  const greeter = join(dist, 'greeter')
  await cp(ownFile('../power-up'), greeter, {
    recursive: true,
    filter: (source) => !source.endsWith('README.md'),
  })
  for (const name of ['powerup-oauth.global.js', 'callback.html', 'powerup-oauth-callback.js']) {
    await cp(ownFile(`../../dist/${name}`), join(greeter, name))
  }
}
