import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, isAbsolute } from 'node:path'
import { type PluginBuild, transform } from 'esbuild'
import { defineConfig, type Options } from 'tsup'
import { STYLE } from './src/prompt/style'

const target = 'es2022'

const shortStyle = { name: 'short style', setup: shortenStyle }

export default defineConfig(async () => {
  // Here, once: a build that cleans up for itself would take away what another has just written.
  await rm('dist', { recursive: true, force: true })
  await writeSubPathFolders()
  return builds
})

const builds: Options[] = [
  libraryBuild('esm'),
  libraryBuild('cjs'),
  {
    // For servers and edge runtimes: one file that shares nothing with what a page loads.
    entry: {
      'token-proxy': 'src/token-proxy.ts',
    },
    format: ['esm', 'cjs'],
    target,
    platform: 'neutral',
    splitting: false,
    sourcemap: true,
    dts: true,
  },
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
  globalBuild('powerup-oauth.global', 'src/global.ts', 'PowerUpOAuth'),
  globalBuild('powerup-oauth-compat.global', 'src/compat.ts', 'PowerUpOAuthCompat'),
]

function libraryBuild(format: 'esm' | 'cjs'): Options {
  return {
    entry: {
      index: 'src/index.ts',
      callback: 'src/callback.ts',
      api: 'src/api.ts',
      scopes: 'src/scopes.ts',
      compat: 'src/compat.ts',
      'trello-host': 'src/trello-host.ts',
      'trello-js': 'src/trello-js.ts',
      capabilities: 'src/capabilities.ts',
      prompt: 'src/prompt.ts',
      react: 'src/react.ts',
      testing: 'src/testing.ts',
    },
    format,
    target,
    platform: 'browser',
    splitting: true,
    sourcemap: true,
    // Is there as ESM only, which Node before 20.19 and Jest can't require.
    noExternal: format === 'cjs' ? ['oauth4webapi'] : [],
    esbuildOptions: (options) => {
      // Puts durations in the place of their names. The step to CommonJS doesn't understand what comes out.
      options.minifySyntax = format === 'esm'
    },
    esbuildPlugins: [{ name: 'one file at start', setup: keepStartInOneFile }, shortStyle],
    plugins: [
      { name: 'portable source maps', buildEnd: makeMapsPortable },
      { name: 'use client', buildEnd: markClientEntry },
    ],
    dts: true,
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
    sourcemap: true,
    outExtension: () => ({ js: '.js' }),
    esbuildPlugins: [shortStyle],
  }
}

/**
 * A bundler cuts what is at start wherever a piece that is loaded on demand shares only some of it: three or four files, each
 * compressed by itself. A piece that names the whole of the start leaves it one file.
 */
function keepStartInOneFile({ onLoad }: PluginBuild): void {
  onLoad({ filter: /src[\\/]client[\\/]flows\.ts$/ }, async ({ path }) => {
    const start = "export { createClient } from './client'\nexport { ApiError } from '../base/api-error'\n"
    return { contents: (await readFile(path, 'utf8')) + start, loader: 'ts' }
  })
}

/** No bundler takes the white space out of a string, not even out of the styles of the prompt. */
function shortenStyle({ onLoad }: PluginBuild): void {
  onLoad({ filter: /src[\\/]prompt[\\/]style\.ts$/ }, async () => {
    const { code } = await transform(STYLE, { loader: 'css', minify: true })
    return { contents: `export const STYLE = ${JSON.stringify(code.trim())}`, loader: 'ts' }
  })
}

/** The step from ESM to CommonJS names its files by where they lie on this machine. */
async function makeMapsPortable({ writtenFiles }: { writtenFiles: { name: string }[] }): Promise<void> {
  for (const { name } of writtenFiles.filter(({ name }) => name.endsWith('.cjs.map'))) {
    const map = JSON.parse(await readFile(name, 'utf8'))
    const sources = map.sources.map((source: string) => (isAbsolute(source) ? basename(source) : source))
    await writeFile(name, JSON.stringify({ ...map, file: basename(map.file ?? name, '.map'), sources }))
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
  for (const [path, target] of Object.entries<string | object>(exports)) {
    const name = path.slice(2)
    if (name === '' || typeof target === 'string') continue
    const files = { main: `../dist/${name}.cjs`, module: `../dist/${name}.js`, types: `../dist/${name}.d.ts` }
    await mkdir(name, { recursive: true })
    await writeFile(
      `${name}/package.json`,
      `${JSON.stringify({ ...files, sideEffects: false }, undefined, 2)}\n`,
    )
  }
}
