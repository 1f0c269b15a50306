import { defineConfig } from 'vitest/config'

/**
 * The unit tests of what is mutated alone: a mutant is told in a second or two, and the simulation would only tell the
 * same later.
 */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/unit/{token,grant,token-endpoint,api}/*.test.ts', 'test/unit/client/page.test.ts'],
    setupFiles: ['test/unit/setup.ts'],
    isolate: false,
  },
})
