import { defineConfig } from 'vitest/config'

/** The unit tests alone: a mutant is told in seconds, and the simulation would only tell the same later. */
export default defineConfig({
  test: {
    environment: 'happy-dom',
    include: ['test/unit/**/*.test.ts'],
    // It counts the globals of the page, and the mutation run has some of its own.
    exclude: ['test/unit/index.test.ts'],
    setupFiles: ['test/unit/setup.ts'],
  },
})
