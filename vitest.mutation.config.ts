import { defineConfig, type Plugin } from 'vitest/config'

/** An import on demand, as it is written and as the mutation runner writes it: `import(isOn("7") ? "" : (note("7"), './a'))`. */
const ON_DEMAND = /(?<!typeof )import\((?:(\w+\("\d+"\)) \? "" : \((\w+\("\d+"\)), )?'(\.[^']+)'\)?\)/g

/**
 * Loads at once what the sources load on demand. The address of such an import is mutated too, and an address that is
 * computed takes real time, for which no test waits.
 */
const loadedAtOnce: Plugin = {
  name: 'loaded-at-once',
  enforce: 'pre',
  transform(code, id) {
    if (!id.includes('/src/')) return undefined
    const imports: string[] = []
    const changed = code.replace(ON_DEMAND, (_all, isOn, note, path) => {
      const name = `loadedAtOnce${imports.length}`
      imports.push(`import * as ${name} from '${path}';`)
      const loaded = `Promise.resolve(${name})`
      return isOn ? `(${isOn} ? Promise.reject(new Error('Not found')) : (${note}, ${loaded}))` : loaded
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
    // Modules are shared between files, so a file finds a network here, where each starts, and not with its own import.
    setupFiles: ['test/unit/setup.ts', 'test/unit/support/network.ts'],
    isolate: false,
  },
})
