import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { type Scenario, scheduleOf } from './scenario'
import type { simulate } from './simulate'

/** A change of one line of the code under test: what stands there, and what is put in its place. */
export interface Change {
  /** The file, from `src/` on. */
  file: string
  instead: string
  put: string
}

/** Plays a scenario with a bug in the code. Resolves with what the oracle found. */
export async function playWithBug(bug: readonly Change[], scenario: Scenario): Promise<readonly string[]> {
  const { outputFiles } = await build({
    entryPoints: ['test/simulation/support/simulate.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'node20',
    platform: 'node',
    plugins: [seeding(bug)],
  })
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')
  const bundle: { simulate: typeof simulate } = await import(`data:text/javascript;base64,${code}`)
  return (await bundle.simulate(scheduleOf(scenario))).violations
}

/** Puts the bug in while the sources are read. A line that stands there no longer makes the build fail. */
function seeding(bug: readonly Change[]): Plugin {
  return {
    name: 'seeding',
    setup: ({ onLoad }) => {
      onLoad({ filter: /\/src\/[\w/-]+\.ts$/ }, ({ path }) => {
        const changes = bug.filter(({ file }) => file === relative('src', path))
        if (changes.length === 0) return undefined
        return { contents: changes.reduce(changed, readFileSync(path, 'utf8')), loader: 'ts' }
      })
    },
  }
}

function changed(code: string, { file, instead, put }: Change): string {
  if (code.split(instead).length !== 2) throw new Error(`In ${file} there is not one "${instead}".`)
  return code.replace(instead, () => put)
}
