import { copyFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

export const CLIENTS = [
  'powerup-oauth',
  'auth0-spa-js',
  'oidc-client-ts',
  'msal-browser',
  'supabase-auth-js',
  'keycloak-js',
  'oidc-spa',
] as const
export type ClientName = (typeof CLIENTS)[number]

/** What a peer cannot do in a frame of this server, in the words of the tables. */
export const CANNOT: Partial<Record<ClientName, { hold?: string; connect?: string }>> = {
  'auth0-spa-js': { connect: 'wants an answer by `web_message`' },
  'msal-browser': { hold: 'takes no tokens of this server', connect: 'takes no tokens of this server' },
  'supabase-auth-js': { connect: 'leads the frame itself away' },
  'keycloak-js': { connect: 'leads the frame itself away' },
  'oidc-spa': { hold: 'a new frame has no token', connect: 'leads the frame itself away' },
}

/** The frame page with an application of each client, to be served by the local Trello. */
export interface Pages {
  folder: string
  /** The gzip of files of a client's application, in bytes; without names, of all of them. */
  gzipOf(client: ClientName, names?: readonly string[]): number
  remove(): void
}

/** Bundles each application by itself: together they would share files, and load what others need. */
export async function buildPages(): Promise<Pages> {
  const folder = mkdtempSync(join(tmpdir(), 'powerup-oauth-bench-'))
  cpSync('bench/pages', folder, { recursive: true })
  copyFileSync('test/browser/fixtures/raw-storage.js', join(folder, 'raw-storage.js'))
  for (const client of [...CLIENTS, 'bare']) {
    await bundle(client, USED, join(folder, 'apps', client))
    await bundle(client, '*', join(folder, 'whole', client))
  }
  const filesOf = (client: ClientName) => readdirSync(join(folder, 'apps', client))
  return {
    folder,
    gzipOf: (client, names = filesOf(client)) =>
      names.reduce((sum, name) => {
        return sum + gzipSync(readFileSync(join(folder, 'apps', client, basename(name)))).length
      }, 0),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** What an application uses. The rest of a file in `bench/clients/` is for the benchmark, and weighs nothing. */
const USED = '{ open, login, isAuthorized, token, call }'

async function bundle(client: string, names: string, outdir: string): Promise<void> {
  await build({
    stdin: { contents: `export ${names} from './bench/clients/${client}.js'`, resolveDir: '.' },
    outdir,
    entryNames: 'main',
    // As people install it, and not the sources, which `paths` of tsconfig.json would take.
    alias: { 'powerup-oauth': resolve('dist/index.js') },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'error',
  })
}
