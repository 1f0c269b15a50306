import { expect, it } from 'vitest'
import { explore } from './support/explore'

const RUNS = 600

it(`${RUNS} random schedules of sign-ins and sign-outs keep every promise`, async () => {
  const seed = 4 * Math.floor(Math.random() * 1e9) + 1
  expect(await explore({ numRuns: RUNS, seed })).toBe('')
})
