import { expect, it } from 'vitest'
import { explore } from './support/explore'

const RUNS = 600

it(`${RUNS} random schedules of odd servers, long outages and spoiled storage keep every promise`, async () => {
  expect(await explore({ numRuns: RUNS, seed: 2 })).toBe('')
})
