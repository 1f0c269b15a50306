// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { choices } from '../../../examples/local-trello/switches'
import { grantKey } from '../../../src/server/key'
import { keeperAtTrello } from './support/keeper-at-trello'

const at = await keeperAtTrello()

const client = () => at.keeper.client(grantKey({ member: at.members[0], workspace: at.workspaces[0] }))

describe('whatever words Trello has for it,', () => {
  it.each(choices.endedAccessToken)(
    'an access token that has ended is replaced: %s',
    async (endedAccessToken) => {
      await at.connect()
      at.forward(120_000)
      at.trello.switches.set({ endedAccessToken })
      at.trello.expireAccessTokens()
      at.trello.log.clear()
      expect(await client().api.get('/members/me')).toMatchObject({ id: at.members[0] })
      expect(at.trello.log.tokenRequests).toHaveLength(1)
    },
  )

  it.each(choices.missingScope)(
    'a missing scope is named, and forces no refresh: %s',
    async (missingScope) => {
      await at.connect()
      at.forward(120_000)
      at.trello.switches.set({ missingScope })
      at.trello.log.clear()
      await expect(client().api.post('/cards', { body: { idList: 'x' } })).rejects.toMatchObject({
        code: 'missingScope',
        requiredScopes: ['write:board:trello'],
      })
      expect(at.trello.log.tokenRequests).toEqual([])
    },
  )
})
