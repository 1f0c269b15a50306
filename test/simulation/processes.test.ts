import { expect, it } from 'vitest'
import { explore } from './support/explore'

const RUNS = 400

it(`${RUNS} random schedules of processes over one store keep every promise`, async () => {
  const seed = 4 * Math.floor(Math.random() * 1e9) + 3
  expect(await explore({ numRuns: RUNS, seed })).toBe('')
})
