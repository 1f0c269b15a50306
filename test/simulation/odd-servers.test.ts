import { expect, it } from 'vitest'
import { explore } from './support/explore'

const RUNS = 600

it(`${RUNS} random schedules of odd servers, long outages and spoiled storage keep every promise`, async () => {
  const seed = 4 * Math.floor(Math.random() * 1e9) + 2
  expect(await explore({ numRuns: RUNS, seed })).toBe('')
})
