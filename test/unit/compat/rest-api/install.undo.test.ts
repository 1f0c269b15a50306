import { describe, expect, it } from 'vitest'
import { install } from '../../../../src/compat/rest-api/install'
import { thrownBy } from '../../support/outcome'
import { APP_KEY } from '../support/rest-api'
import { createTrelloPowerUp, type FakeFrame } from '../support/trello-power-up'

const legacy = { appKey: APP_KEY, appName: 'My Power-Up' }
const options = {
  ...legacy,
  clientId: 'client-1',
  redirectUri: `${location.origin}/callback.html`,
  scopes: ['read:board:trello'],
}
const OLD_TOKEN = 'member/private/trello_token'

describe('after the undo', () => {
  it.each([true, false])(
    "the connector answers with the old client (kept by Trello's script: %s)",
    async (keepsRestApi) => {
      const trello = createTrelloPowerUp({ keepsRestApi })
      const undo = install(trello, options)
      const ask = (t: FakeFrame) => {
        try {
          return t.getRestApi()
        } catch (error) {
          return String(error)
        }
      }
      trello.initialize({ 'board-buttons': () => [{ callback: ask }], 'card-badges': ask }, legacy)
      const [button] = (await trello.ask('board-buttons')) as [{ callback(t: FakeFrame): unknown }]
      const kept = trello.newT()
      expect(button.callback(kept)).toHaveProperty('client')
      undo()
      const old = keepsRestApi ? 'the old client' : 'Error: not configured'
      expect([ask(kept), button.callback(trello.newT()), await trello.ask('card-badges')]).toEqual([
        old,
        old,
        old,
      ])
    },
  )

  it('remove-data forgets no old token', async () => {
    const trello = createTrelloPowerUp()
    const undo = install(trello, { ...options, legacy: true })
    trello.initialize({ 'remove-data': () => 'done' }, legacy)
    trello.pluginData.set(OLD_TOKEN, 'old-token')
    undo()
    expect(await trello.ask('remove-data')).toBe('done')
    expect([...trello.pluginData.keys()]).toEqual([OLD_TOKEN])
  })

  it("a hook beneath another tool's is off, too", () => {
    const trello = createTrelloPowerUp()
    const undo = install(trello, options)
    const ours = trello.iframe
    trello.iframe = (given) => ours(given)
    undo()
    expect(trello.iframe(legacy).getRestApi()).toBe('the old client')
  })

  it.each([true, false])(
    'nothing is left of two, in whatever order (Trello keeps it: %s)',
    (keepsRestApi) => {
      for (const isInOrder of [true, false]) {
        const trello = createTrelloPowerUp({ keepsRestApi })
        const t = trello.iframe(legacy)
        const { initialize, iframe } = trello
        const undos = [install(trello, options), install(trello, options)]
        if (!isInOrder) undos.reverse()
        undos[0]?.()
        expect(t.getRestApi()).toHaveProperty('client')
        undos[1]?.()
        if (keepsRestApi) expect(t.getRestApi()).toBe('the old client')
        else expect(thrownBy(() => t.getRestApi())).toMatchObject({ message: 'not configured' })
        if (!isInOrder) expect([trello.initialize, trello.iframe]).toEqual([initialize, iframe])
      }
    },
  )
})
