import { defineConfig } from 'vitest/config'

/** The unit tests alone: a mutant is told in seconds, and the simulation would only tell the same later. */
export default defineConfig({
  test: {
    environment: 'happy-dom',
    include: ['test/unit/**/*.test.ts'],
    setupFiles: ['test/unit/setup.ts'],
  },
})
