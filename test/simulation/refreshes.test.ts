import { expect, it } from 'vitest'
import { explore } from './support/explore'

const RUNS = 600

it(`${RUNS} random schedules of calls and misfortune keep every promise`, async () => {
  const seed = 4 * Math.floor(Math.random() * 1e9)
  expect(await explore({ numRuns: RUNS, seed })).toBe('')
})
