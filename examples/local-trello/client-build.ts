import { createRequire } from 'node:module'
import { build, type Plugin } from 'esbuild'

/** Makes one classic script of a module and all that it imports. */
export async function buildClientScript(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2020',
    logLevel: 'silent',
    plugins: [{ name: 'bluebird, if it is there', setup: doWithoutBluebird }],
  })
  return outputFiles[0]?.text ?? ''
}

/** In a clone whose packages are older than the lock file, the platform's promises have to do. */
const doWithoutBluebird: Plugin['setup'] = ({ onResolve, onLoad }) => {
  if (isInstalled('bluebird/package.json')) return
  console.warn('bluebird is not installed: run `npm ci`. TrelloPowerUp.Promise is the platform’s until then.')
  onResolve({ filter: /^bluebird\// }, ({ path }) => ({ path, namespace: 'platform' }))
  onLoad({ filter: /./, namespace: 'platform' }, () => ({
    contents:
      'export default Object.assign(class extends Promise {}, { try: (run) => new Promise((done) => done(run())) })',
  }))
}

function isInstalled(path: string): boolean {
  try {
    createRequire(import.meta.url).resolve(path)
    return true
  } catch {
    return false
  }
}
