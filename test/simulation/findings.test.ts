import { expect, it } from 'vitest'
import { A, play } from './scenario'

/** What random schedules have found in the code, smallest form first. */

it('an answer without a refresh token does not outlive the rotation that spent the kept one', async () => {
  const { record } = await play({
    tabs: [1],
    actions: [
      { after: 0, does: 'disturbToken', fate: 'slowToArrive' },
      { after: 0, does: 'disturbToken', fate: 'withoutRefreshToken' },
      { after: 0, does: 'call', frame: A },
      { after: 32_000, does: 'call', frame: A },
    ],
  })
  expect(record).toBe('live')
})

it('a sign-out that could not be stored is made up for, also when the clock was set back before it', async () => {
  const { record } = await play({
    tabs: [1],
    grant: 'fresh',
    actions: [
      { after: 100, does: 'setClock', byMs: -3_600_000 },
      { after: 100, does: 'disturbStorage', frame: A, kind: 'write', fate: 'fails' },
      { after: 0, does: 'signOut', frame: A },
    ],
  })
  expect(record).toBe('absent')
})
