import { expect, it } from 'vitest'
import { explore } from './support/explore'

const RUNS = 400

it(`${RUNS} random schedules of processes over one store keep every promise`, async () => {
  expect(await explore({ numRuns: RUNS, seed: 3 })).toBe('')
})
