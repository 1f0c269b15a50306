import { dirname, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type BuildResult, build, type Metafile, type PluginBuild } from 'esbuild'

/** What an application's bundler makes of an import. Sizes are gzip, in bytes. */
export interface AppBundle {
  /** The entry and all that it imports statically. */
  atStart: number
  /** The same, and all that may be loaded on demand. */
  allIn: number
  /** The entry and these pieces, by the names of their files without the hash, with all that they import statically. */
  withPieces(names: readonly string[]): number
  /** The minified bytes of each source module, and whether it is at start. */
  modules: readonly { path: string; bytes: number; isAtStart: boolean }[]
}

/**
 * Bundles a module with this text with esbuild, minified and split, as it is advised for applications.
 * @param leftOut the modules of `src/` that are left out, to see what they weigh
 */
export async function bundleApp(text: string, leftOut: readonly string[] = []): Promise<AppBundle> {
  const { metafile, outputFiles } = await bundle(text, leftOut)
  const { outputs } = metafile
  const sizes = new Map(
    Object.keys(outputs).map((output) => {
      const file = outputFiles.find(({ path }) => path.replaceAll('\\', '/').endsWith(output))
      return [output, gzipSync(file?.contents ?? '').length]
    }),
  )
  const sizeOf = (names: Iterable<string>) =>
    [...names].reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0)
  const entry = Object.keys(outputs).find((output) => outputs[output]?.entryPoint === '<stdin>') ?? ''
  const atStart = staticClosure(metafile, entry)

  function withPieces(names: readonly string[]): number {
    const loaded = new Set(atStart)
    for (const name of names) {
      const piece = Object.keys(outputs).find((output) => output.startsWith(`out/${name}-`))
      if (piece === undefined) throw new Error(`The build has no piece ${name}.`)
      staticClosure(metafile, piece, loaded)
    }
    return sizeOf(loaded)
  }

  return {
    atStart: sizeOf(atStart),
    allIn: sizeOf(sizes.keys()),
    withPieces,
    modules: Object.entries(outputs).flatMap(([output, { inputs }]) =>
      Object.entries(inputs).map(([path, { bytesInOutput }]) => ({
        path,
        bytes: bytesInOutput,
        isAtStart: atStart.has(output),
      })),
    ),
  }
}

function bundle(
  contents: string,
  leftOut: readonly string[],
): Promise<BuildResult<{ write: false; metafile: true }>> {
  const isLeftOut = ({ importer, path }: { importer: string; path: string }) =>
    leftOut.some((name) => `${resolve(dirname(importer), path)}.ts` === resolve('src', `${name}.ts`))
  return build({
    stdin: { contents, resolveDir: '.' },
    bundle: true,
    splitting: true,
    format: 'esm',
    minify: true,
    target: 'es2022',
    outdir: 'out',
    write: false,
    metafile: true,
    external: ['react'],
    plugins: [
      {
        name: 'left out',
        setup: ({ onResolve }: PluginBuild) =>
          onResolve({ filter: /^\./ }, (given) =>
            isLeftOut(given) ? { path: given.path, external: true } : undefined,
          ),
      },
    ],
    // The package as it was built, whatever the project's own paths lead to.
    tsconfigRaw: {},
    logLevel: 'error',
  })
}

function staticClosure({ outputs }: Metafile, from: string, found = new Set<string>()): Set<string> {
  if (found.has(from)) return found
  found.add(from)
  for (const { path, kind } of outputs[from]?.imports ?? []) {
    if (kind === 'import-statement' && path in outputs) staticClosure({ inputs: {}, outputs }, path, found)
  }
  return found
}
