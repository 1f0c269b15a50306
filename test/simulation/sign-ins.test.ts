import { expect, it } from 'vitest'
import { explore } from './support/explore'

const RUNS = 600

it(`${RUNS} random schedules of sign-ins and sign-outs keep every promise`, async () => {
  expect(await explore({ numRuns: RUNS, seed: 1 })).toBe('')
})
