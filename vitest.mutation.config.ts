import { defineConfig } from 'vitest/config'

/**
 * The unit tests of what is mutated alone: a mutant is told in a second or two, and the simulation would only tell the
 * same later.
 */
export default defineConfig({
  test: {
    environment: 'node',
    include: [
      'test/unit/refresh*.test.ts',
      'test/unit/cool-down.test.ts',
      'test/unit/presentation.test.ts',
      'test/unit/shared-grant.test.ts',
      'test/unit/grant/*.test.ts',
      'test/unit/token-endpoint/*.test.ts',
    ],
    setupFiles: ['test/unit/setup.ts'],
    isolate: false,
  },
})
