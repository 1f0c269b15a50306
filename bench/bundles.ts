import { copyFileSync, cpSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

export const CLIENTS = [
  'powerup-oauth',
  'auth0-spa-js',
  'oidc-client-ts',
  'msal-browser',
  'supabase-auth-js',
] as const
export type ClientName = (typeof CLIENTS)[number]

/** Gzip, in bytes. */
export interface Bytes {
  atStart: number
  allIn: number
}

/** What a bundler makes of popup login, token and authenticated fetch. */
export async function measureBytes(client: ClientName): Promise<Bytes> {
  const contents = `export { open, login, call } from './bench/clients/${client}.js'`
  const { metafile, outputFiles } = await build({
    ...options,
    stdin: { contents, resolveDir: '.' },
    outdir: 'out',
    write: false,
    metafile: true,
  })
  const sizes = new Map(outputFiles.map(({ path, contents: code }) => [path, gzipSync(code).length]))
  const sizeOf = (output: string) => sizes.get(resolve(output)) ?? 0
  const start =
    Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint !== undefined)?.[0] ?? ''
  const reached = new Set<string>()
  const reach = (output: string) => {
    if (reached.has(output)) return
    reached.add(output)
    for (const { path, kind } of metafile.outputs[output]?.imports ?? []) {
      if (kind === 'import-statement') reach(path)
    }
  }
  reach(start)
  const sum = (outputs: Iterable<string>) => [...outputs].reduce((total, output) => total + sizeOf(output), 0)
  return { atStart: sum(reached), allIn: sum(Object.keys(metafile.outputs)) }
}

/** A folder with the frame page and a bundle of each client, to be served by the local Trello. */
export async function buildPages(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'powerup-oauth-bench-'))
  cpSync('bench/pages', folder, { recursive: true })
  copyFileSync('test/browser/fixtures/raw-storage.js', join(folder, 'raw-storage.js'))
  const entryPoints = [...CLIENTS, 'bare'].map((client) => `bench/clients/${client}.js`)
  await build({ ...options, entryPoints, outdir: folder })
  return folder
}

const options = {
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  legalComments: 'none',
  logLevel: 'error',
} as const
