import { defineConfig, type Plugin } from 'vitest/config'

/**
 * Loads at once what the sources load on demand. An import on demand takes real time in the runner's threads, for which
 * no test waits.
 */
const loadedAtOnce: Plugin = {
  name: 'loaded-at-once',
  enforce: 'pre',
  transform(code, id) {
    if (!id.includes('/src/')) return undefined
    const imports: string[] = []
    const changed = code.replace(/(?<!typeof )import\('(\.[^']+)'\)/g, (_all, path: string) => {
      const name = `loadedAtOnce${imports.length}`
      imports.push(`import * as ${name} from '${path}';`)
      return `Promise.resolve(${name})`
    })
    return imports.join('') + changed
  },
}

/**
 * The unit tests of what is mutated alone: a mutant is told in a second or two, and the simulation would only tell the
 * same later.
 */
export default defineConfig({
  plugins: [loadedAtOnce],
  test: {
    environment: 'node',
    include: ['test/unit/{token,grant,token-endpoint,api}/*.test.ts', 'test/unit/client/page.test.ts'],
    setupFiles: ['test/unit/setup.ts'],
    isolate: false,
  },
})
