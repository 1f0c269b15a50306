import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { build } from 'esbuild'

/** The scripts that other processes run, as files. */
export interface Programs {
  /** Counts under one key. */
  counter: string
  /** Lends its store to the process that started it. */
  storeLender: string
  /** Makes calls through a keeper. */
  caller: string
}

/** Bundles the programs, since Node 20 runs no TypeScript. */
export async function buildPrograms(): Promise<{ programs: Programs; remove(): void }> {
  // In the project, so that they find the clients of the databases.
  const folder = resolve('node_modules/.cache/powerup-oauth-workers', String(process.pid))
  const names = ['counter', 'store-lender', 'caller']
  await build({
    entryPoints: names.map((name) => `test/server/support/${name}.ts`),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  })
  const [counter = '', storeLender = '', caller = ''] = names.map((name) => `${folder}/${name}.mjs`)
  return {
    programs: { counter, storeLender, caller },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
