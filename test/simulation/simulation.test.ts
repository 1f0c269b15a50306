import { expect, it } from 'vitest'
import { explore } from './explore'

const RUNS = 1_000

it(`${RUNS} random schedules keep every promise`, async () => {
  expect(await explore({ numRuns: RUNS })).toBe('')
})
