import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type PluginBuild, transform } from 'esbuild'
import { defineConfig, type Options } from 'tsup'
import { STYLE } from './src/prompt/style'

const target = 'es2022'
/** What reads no `exports` takes CommonJS, and webpack 4 parses no more than this. */
const oldTarget = 'es2019'

const libraryEntries = {
  index: 'src/index.ts',
  callback: 'src/callback.ts',
  api: 'src/api.ts',
  scopes: 'src/scopes.ts',
  compat: 'src/compat.ts',
  'trello-host': 'src/trello-host.ts',
  keeper: 'src/keeper.ts',
  'trello-js': 'src/trello-js.ts',
  capabilities: 'src/capabilities.ts',
  prompt: 'src/prompt.ts',
  react: 'src/react.ts',
  testing: 'src/testing.ts',
}

const serverEntries = {
  server: 'src/server.ts',
  'server-file': 'src/server-file.ts',
  'server-sqlite': 'src/server-sqlite.ts',
  'server-postgres': 'src/server-postgres.ts',
  'server-redis': 'src/server-redis.ts',
  'token-proxy': 'src/token-proxy.ts',
}

const shortStyle = { name: 'short style', setup: shortenStyle }

export default defineConfig(async () => {
  // Here, once: a build that cleans up for itself would take away what another has just written.
  await rm('dist', { recursive: true, force: true })
  await writeSubPathFolders()
  await writeModuleTypes()
  return builds
})

const builds: Options[] = [
  libraryBuild('esm'),
  libraryBuild('cjs'),
  // The types, once: `writeModuleTypes` leads modules to them.
  {
    entry: { ...libraryEntries, ...serverEntries },
    format: ['cjs'],
    dts: { only: true },
  },
  serverBuild('esm'),
  serverBuild('cjs'),
  {
    // The script of the ready callback page: one classic script, so that it runs before anything else of the page.
    entry: { 'powerup-oauth-callback': 'src/callback-page.ts' },
    format: ['iife'],
    target: 'es2020',
    platform: 'browser',
    minify: true,
    outExtension: () => ({ js: '.js' }),
    onSuccess: () => copyFile('src/callback.html', 'dist/callback.html'),
  },
  {
    // What `npx powerup-oauth` runs, with the parser in it. Nothing else loads it.
    entry: { 'command-line': 'tools/check/command-line.ts' },
    format: ['esm'],
    target: 'node20',
    platform: 'node',
    splitting: false,
    noExternal: [/./],
    minify: true,
    esbuildPlugins: [{ name: 'keeper of the package', setup: leaveKeeperOut }],
  },
  globalBuild('powerup-oauth.global', 'src/global.ts', 'PowerUpOAuth'),
  globalBuild('powerup-oauth-compat.global', 'src/compat.ts', 'PowerUpOAuthCompat'),
]

function libraryBuild(format: 'esm' | 'cjs'): Options {
  const isModule = format === 'esm'
  return {
    entry: libraryEntries,
    // The bundler shares code between modules only. Each CommonJS file is made of one at the end.
    format: ['esm'],
    outExtension: () => ({ js: isModule ? '.js' : '.cjs' }),
    target,
    platform: 'browser',
    splitting: true,
    // Is there as ESM only, which Node before 20.19 and Jest can't require.
    noExternal: isModule ? [] : ['oauth4webapi'],
    esbuildOptions: (options) => {
      // Puts durations in the place of their names.
      options.minifySyntax = true
      // See keepStartInOneFile.
      options.logOverride = { 'ignored-bare-import': 'silent' }
    },
    esbuildPlugins: [{ name: 'one file at start', setup: keepStartInOneFile }, shortStyle],
    plugins: [
      ...(isModule ? [] : [{ name: 'CommonJS', buildEnd: writeCommonJs }]),
      { name: 'use client', buildEnd: markClientEntry },
    ],
  }
}

/** For servers and edge runtimes: files that share nothing with what a page loads. */
function serverBuild(format: 'esm' | 'cjs'): Options {
  const isModule = format === 'esm'
  return {
    entry: serverEntries,
    format: [format],
    target,
    platform: 'neutral',
    splitting: false,
    external: [/^node:/],
    noExternal: isModule ? [] : ['oauth4webapi'],
    esbuildOptions: (options) => {
      // Puts durations in the place of their names.
      options.minifySyntax = true
      // Modules are what people step through.
      options.minifyWhitespace = options.minifyIdentifiers = !isModule
    },
  }
}

/** For pages without a bundler: one self-contained file. */
function globalBuild(file: string, source: string, globalName: string): Options {
  return {
    entry: { [file]: source },
    format: ['iife'],
    globalName,
    target: 'es2019',
    // A bundler puts the script into a function, where `var` makes no global.
    footer: { js: `globalThis.${globalName}=${globalName};` },
    platform: 'browser',
    noExternal: [/./],
    minify: true,
    outExtension: () => ({ js: '.js' }),
    esbuildPlugins: [shortStyle],
  }
}

/** The entries that are of no use without a client, and what it loads on demand. */
const BESIDE_THE_START = [
  /src[\\/](?:api|compat|trello-host|keeper|trello-js|capabilities|testing)\.ts$/,
  /src[\\/]client[\\/](?:refresh-flow|sign-in-flow|flow-parts)\.ts$/,
  /src[\\/](?:api[\\/](?:refusal|sendable-init)|token-endpoint[\\/]trello-host)\.ts$/,
]

/**
 * A bundler cuts what is at start wherever something else needs only a part of it: into a dozen files, each compressed by
 * itself. So all that comes beside the start, or after it, imports the whole of it for the bundler's eyes. That leaves it
 * one file, which no bundler of an application can cut again. The import itself is dropped: nothing is used of it.
 */
function keepStartInOneFile({ onLoad, onResolve }: PluginBuild): void {
  onResolve({ filter: /^the start$/ }, () => ({ path: join(process.cwd(), 'src/client/client.ts') }))
  for (const filter of BESIDE_THE_START) {
    onLoad({ filter }, async ({ path }) => ({
      contents: `${await readFile(path, 'utf8')}\nimport 'the start'\n`,
      loader: 'ts',
    }))
  }
}

/** What `connect` writes is the keeper's: it loads the files of the package, and has no copy of them. */
function leaveKeeperOut({ onResolve }: PluginBuild): void {
  onResolve({ filter: /[\\/]src[\\/]server(-file)?$/, namespace: 'file' }, ({ path, kind }) =>
    kind === 'dynamic-import' ? { path: `./${path.split('/').at(-1)}.js`, external: true } : undefined,
  )
}

/** No bundler takes the white space out of a string, not even out of the styles of the prompt. */
function shortenStyle({ onLoad }: PluginBuild): void {
  onLoad({ filter: /src[\\/]prompt[\\/]style\.ts$/ }, async () => {
    const { code } = await transform(STYLE, { loader: 'css', minify: true })
    return { contents: `export const STYLE = ${JSON.stringify(code.trim())}`, loader: 'ts' }
  })
}

/** Keeps all names, so that a stack says where it was; without white space, because the package has this code twice. */
async function writeCommonJs({ writtenFiles }: { writtenFiles: { name: string }[] }): Promise<void> {
  for (const { name } of writtenFiles.filter(({ name }) => name.endsWith('.cjs'))) {
    const { code } = await transform(await readFile(name, 'utf8'), {
      format: 'cjs',
      platform: 'node',
      sourcefile: name,
      target: oldTarget,
      minify: true,
      // Jest can't import.
      supported: { 'dynamic-import': false },
    })
    await writeFile(name, code)
  }
}

/** React's server components take a module for a client's only if it says so first. Bundlers drop the line from sources. */
async function markClientEntry({ writtenFiles }: { writtenFiles: { name: string }[] }): Promise<void> {
  for (const { name } of writtenFiles.filter(({ name }) => /react\.(js|cjs)$/.test(name))) {
    await writeFile(name, `'use client';${await readFile(name, 'utf8')}`)
  }
}

/**
 * A folder per sub-path, for tools that read no `exports`: TypeScript's `node` resolution, webpack 4, Parcel 2 as it comes.
 * Node and newer tools never look at them.
 */
async function writeSubPathFolders(): Promise<void> {
  const { exports } = JSON.parse(await readFile('package.json', 'utf8'))
  for (const [path, target] of Object.entries<Target>(exports)) {
    const name = path.slice(2)
    if (name === '' || typeof target === 'string') continue
    const up = '../'.repeat(name.split('/').length)
    const file = up + target.require.default.slice('./'.length, -'.cjs'.length)
    const files = { main: `${file}.cjs`, types: `${file}.d.ts` }
    await mkdir(name, { recursive: true })
    await writeFile(
      `${name}/package.json`,
      `${JSON.stringify({ ...files, sideEffects: false }, undefined, 2)}\n`,
    )
  }
}

/** An entry of `exports`. */
type Target = string | { require: { default: string } }

/** The types are there once, as those of CommonJS. Modules may import it, so theirs need one line each. */
async function writeModuleTypes(): Promise<void> {
  const { exports } = JSON.parse(await readFile('package.json', 'utf8'))
  await mkdir('dist')
  for (const target of Object.values<Target>(exports)) {
    if (typeof target === 'string') continue
    const required = target.require.default.replace('./dist/', './')
    await writeFile(`dist/${required.replace('.cjs', '.d.ts')}`, `export * from '${required}'\n`)
  }
}
