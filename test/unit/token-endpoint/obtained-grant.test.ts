// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { type ChosenEndpoint, canRenew } from '../../../src/token-endpoint/obtained-grant'
import type { TokenEndpoint } from '../../../src/token-endpoint/token-endpoint'
import { scriptedEndpoint } from '../support/token-endpoint'

const withCommands = {
  getContext: () => ({}),
  authorizationCodeExchange: async () => undefined,
  refreshTokens: async () => undefined,
}
const automatic: ChosenEndpoint = { tokenEndpoint: undefined, t: undefined }
const automaticInTrello: ChosenEndpoint = { tokenEndpoint: undefined, t: withCommands }
const proxy: ChosenEndpoint = { tokenEndpoint: 'https://proxy.example/token', t: withCommands }

function own(differences: Partial<TokenEndpoint>): ChosenEndpoint {
  return { tokenEndpoint: { ...scriptedEndpoint(), ...differences }, t: undefined }
}

const inFrame = { way: 'json', tokenSet: { refreshToken: 'refresh-1' } }
const atTrello = { way: 'trelloPage', tokenSet: {} }
const atKeeper = { way: 'keeper', tokenSet: {} }

describe('a grant whose refresh token lives in the frame', () => {
  it.each([
    ['the automatic endpoint can renew', automatic, true],
    ['a URL can renew', proxy, true],
    ['an endpoint of code can renew', own({}), true],
    [
      'an endpoint that does not say whether it holds refresh tokens can renew',
      own({ holdsRefreshToken: undefined as unknown as boolean }),
      true,
    ],
    ['an endpoint that holds refresh tokens itself cannot renew', own({ holdsRefreshToken: true }), false],
  ])('%s', (_case, chosen, expected) => {
    expect(canRenew(chosen, inFrame)).toBe(expected)
  })
})

describe('a grant whose refresh token the Trello page holds', () => {
  it.each([
    ['the automatic endpoint in Trello can renew', automaticInTrello, true],
    ['the automatic endpoint without the commands cannot renew', automatic, false],
    ['a URL cannot renew', proxy, false],
    ['an endpoint that holds no refresh tokens cannot renew', own({}), false],
    ['an endpoint of the same name can renew', own({ holdsRefreshToken: true, way: 'trelloPage' }), true],
    ['an endpoint of another name cannot renew', own({ holdsRefreshToken: true, way: 'keeper' }), false],
    ['an endpoint without a name can renew', own({ holdsRefreshToken: true }), true],
  ])('%s', (_case, chosen, expected) => {
    expect(canRenew(chosen, atTrello)).toBe(expected)
  })

  it('a keeper does not hand its grants to the Trello page', () => {
    expect(canRenew(automaticInTrello, atKeeper)).toBe(false)
  })

  it('a grant without a name is the Trello page’s', () => {
    expect(canRenew(automaticInTrello, { tokenSet: {} })).toBe(true)
  })
})
