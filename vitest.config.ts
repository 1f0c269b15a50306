import { basename } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const minute = 60_000

const platformTest = 'test/browser/platform.test.ts'

/** The files that take longest, longest first: one that starts last keeps all the others waiting. */
const longest = [
  'snippets',
  'first-click',
  'sign-in',
  'storage',
  'attack',
  'migration',
  'later-pieces',
  'fault-table',
  'frames',
  'callback-page',
  'request-adapter',
  'local-trello',
  'api',
  'driver',
  'main-job',
]

/** The order of the test files. Vitest takes a class for it. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const others = await super.sort(files)
    return [...others].sort((a, b) => rankOf(a) - rankOf(b))
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = longest.indexOf(basename(moduleId, '.test.ts'))
  return rank < 0 ? longest.length : rank
}

const inBrowsers = {
  environment: 'node',
  globalSetup: ['test/browser/support/build.ts'],
  // Each file has one browser at a time; more than two browsers at once and a small machine starts to lose clicks.
  maxWorkers: 2,
  // The local Trello and the drivers are many modules: a worker loads them once, for all of its files.
  isolate: false,
  retry: 0,
  testTimeout: minute,
  hookTimeout: minute,
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          // Quicker to start than processes, and there are nearly two hundred files.
          pool: 'threads',
          environment: 'happy-dom',
          include: ['test/unit/**/*.test.ts', 'test/*.test.ts'],
          setupFiles: ['test/unit/setup.ts'],
          maxWorkers: '100%',
        },
      },
      {
        test: {
          name: 'simulation',
          environment: 'node',
          include: ['test/simulation/**/*.test.ts'],
          testTimeout: 5 * minute,
          maxWorkers: '100%',
        },
      },
      {
        test: {
          name: 'server',
          environment: 'node',
          include: ['test/server/**/*.test.ts'],
          globalSetup: ['test/server/support/setup.ts'],
          testTimeout: minute,
          // Each test has processes of its own. Those that are killed are mostly waited for.
          maxWorkers: 2,
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
          globalSetup: [...inBrowsers.globalSetup, 'test/browser/support/firefox-profile.ts'],
          include: ['test/browser/**/*.test.ts'],
          exclude: [platformTest],
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
