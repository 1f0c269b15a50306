import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** The source file of each entry that scripts import, by the name that they import it with, in the order of `exports`. */
export function sourceEntries(): Record<string, string> {
  const { name, exports } = JSON.parse(readFileSync('package.json', 'utf8'))
  const sources = builtFrom()
  const found = Object.entries<{ import?: { types?: string } }>(exports).flatMap(([entry, target]) => {
    const built = target.import?.types?.match(/^\.\/dist\/(.+)\.d\.ts$/)?.[1]
    const source = built && sources.get(built)
    return source ? [[entry.replace('.', name), resolve(source)] as const] : []
  })
  return Object.fromEntries(found)
}

/** The source of each file in `dist/`, as the build has them. */
function builtFrom(): ReadonlyMap<string, string> {
  const named = readFileSync('tsup.config.ts', 'utf8').matchAll(/^ *'?([\w/-]+)'?: '(src\/.+\.tsx?)',$/gm)
  return new Map([...named].map(([, built = '', source = '']) => [built, source]))
}
