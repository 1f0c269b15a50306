import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, inject, it } from 'vitest'
import { faultOf, playKillRounds } from './support/kill-rounds'
import { keeperPlaces } from './support/places'

const ROUNDS = 5
const TEN_MINUTES_MS = 600_000

const parts = inject('parts')
const scratch = mkdtempSync(join(tmpdir(), 'powerup-oauth-keeper-killed-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

// `npm run kill-rounds` plays a hundred of these, over each store.
it.concurrent.each([
  ['loses no grant at a server with ten minutes of leeway', TEN_MINUTES_MS],
  ['loses one without a leeway only where an answer was given that nobody got', 0],
])(`a refresh whose process is killed by force, ${ROUNDS} times, %s`, async (_what, leewayMs) => {
  const { file } = keeperPlaces(parts, scratch)
  if (!file) throw new Error('Files are everywhere.')
  const seed = Date.now()
  const program = parts.programs.caller
  const outcomes = await playKillRounds({ place: file, program, count: ROUNDS, seed, leewayMs })
  expect(outcomes).toHaveLength(ROUNDS)
  const faults = outcomes.map((outcome) => faultOf(outcome, leewayMs) && { seed, ...outcome })
  expect(faults).toEqual(Array(ROUNDS).fill(undefined))
})
