import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { build } from 'esbuild'
import { applyDiff } from './unified-diff'

/** A Power-Up of examples/migration in a folder of its own, as its developer has it. */
export interface PowerUpSources {
  folder: string
  /** Does what docs/migration.md says, and nothing else: the diff, and the files to copy out of the package. */
  move(): void
  /** Puts the path before the addresses that count from the root, as the page says, in plain files that have moved. */
  moveToSubPath(path: string): void
  /** Runs the Power-Up's own toolchain. Gives the folder that goes onto its host. */
  build(): Promise<string>
  remove(): void
}

/** The shapes that have a bundler, with what they give it. The others are served as they are. */
const bundles: Record<string, readonly string[]> = {
  modules: ['connector.js', 'popup.js'],
  router: ['src/main.jsx'],
}

/** Scripts that a Power-Up serves itself, and that this repository has as packages. */
const ownScripts: Record<string, readonly [file: string, to: string]> = {
  axios: ['axios-0.21/dist/axios.min.js', 'lib/axios.js'],
  'client-js': ['jquery/dist/jquery.min.js', 'lib/jquery.js'],
}

/** Copies the sources of an example. */
export function powerUpSources(name: string): PowerUpSources {
  const root = mkdtempSync(join(tmpdir(), `${name}-`))
  const folder = join(root, name)
  cpSync(join('examples/migration', name), folder, { recursive: true })
  const [script, to] = ownScripts[name] ?? []
  if (script && to) copy(join('node_modules', script), join(folder, to))
  return {
    folder,
    move: () => {
      applyDiff(folder, readFileSync(`examples/migration/${name}.diff`, 'utf8'))
      const served = name in bundles ? join(folder, 'public') : folder
      for (const file of filesToCopy(name in bundles ? 1 : 2)) copy(file, join(served, basename(file)))
    },
    moveToSubPath: (path) => {
      for (const name of readdirSync(folder).filter((each) => /\.html$|^oauth\.js$/.test(each))) {
        const text = readFileSync(join(folder, name), 'utf8')
        writeFileSync(
          join(folder, name),
          text.replace(/(["'])(?=\/(?:powerup-oauth|oauth|callback))/g, `$1${path}`),
        )
      }
    },
    build: () => (bundles[name] ? bundle(folder, bundles[name]) : Promise.resolve(folder)),
    remove: () => rmSync(root, { recursive: true }),
  }
}

/** Serves the files of a folder under a path. Every other address below it gets index.html, as routers need it. */
export async function serveWithRouter(folder: string, path: string): Promise<{ url: string; close(): void }> {
  const server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const file = join(folder, pathname.slice(path.length))
    if (!pathname.startsWith(path)) return response.writeHead(404).end()
    const found = extname(file) && existsSync(file) ? file : join(folder, 'index.html')
    const type = { '.js': 'text/javascript', '.html': 'text/html;charset=utf-8' }[extname(found)]
    response.writeHead(200, { 'content-type': type ?? 'text/plain' })
    return response.end(readFileSync(found))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${port}${path}/`, close }
}

/** The files that the first commands of the page copy out of the package: the callback page, then the script-tag build. */
function filesToCopy(commands: number): string[] {
  const page = readFileSync('docs/migration.md', 'utf8')
  const lines = [...page.matchAll(/^cp (.*) \.$/gm)].slice(0, commands)
  return lines.flatMap(([, files = '']) =>
    files.split(' ').map((file) => file.replace('node_modules/powerup-oauth', resolve('.'))),
  )
}

async function bundle(folder: string, entries: readonly string[]): Promise<string> {
  const outdir = join(folder, 'out')
  rmSync(outdir, { recursive: true, force: true })
  for (const file of ['index.html', 'popup.html', 'public'].filter((each) =>
    existsSync(join(folder, each)),
  )) {
    cpSync(join(folder, file), file === 'public' ? outdir : join(outdir, file), { recursive: true })
  }
  await build({
    entryPoints: entries.map((entry) => join(folder, entry)),
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    jsx: 'automatic',
    minify: true,
    logLevel: 'error',
    nodePaths: [resolve('node_modules')],
    alias: { 'powerup-oauth/compat': resolve('dist/compat.js') },
  })
  return outdir
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  writeFileSync(to, readFileSync(from))
}
