import { defineConfig } from 'vitest/config'

const minute = 60_000

const platformTest = 'test/browser/platform.test.ts'

const inBrowsers = {
  environment: 'node',
  globalSetup: ['test/browser/build.ts'],
  // Each file has one browser at a time; more than two browsers at once and a small machine starts to lose clicks.
  maxWorkers: 2,
  retry: 0,
  testTimeout: minute,
  hookTimeout: minute,
}

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'happy-dom',
          include: ['test/unit/**/*.test.ts', 'test/*.test.ts'],
          setupFiles: ['test/unit/setup.ts'],
        },
      },
      {
        test: {
          name: 'simulation',
          environment: 'node',
          include: ['test/simulation/**/*.test.ts'],
          testTimeout: 2 * minute,
        },
      },
      {
        // The other browser tests mean nothing where the popup blocker or partitioning is off, so that is asserted first.
        test: {
          ...inBrowsers,
          name: 'browser-platform',
          include: [platformTest],
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...inBrowsers,
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          exclude: [platformTest],
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
