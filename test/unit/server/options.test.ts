// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { createKeeper } from '../../../src/server/keeper'
import { memoryGrants } from '../../../src/server/memory-grants'
import { type KeeperOptions, readKeeperOptions } from '../../../src/server/options'
import { thrownBy } from '../support/outcome'

const OPTIONS: KeeperOptions = { clientId: 'client-1', store: memoryGrants() }

describe('the options of a keeper', () => {
  it('have the defaults of Trello', () => {
    expect(readKeeperOptions(OPTIONS)).toMatchObject({
      tokenEndpoint: 'https://auth.atlassian.com/oauth/token',
      apiOrigins: ['https://api.trello.com'],
      revocationEndpoint: undefined,
      clientSecret: undefined,
    })
  })

  it.each<[string, object | null]>([
    ['invalidClientId', null],
    ['invalidClientId', { clientId: '' }],
    ['invalidClientSecret', { clientSecret: '' }],
    ['invalidStore', { store: undefined }],
    ['invalidStore', { store: { get: () => undefined } }],
    ['invalidRedirectUri', { redirectUri: '/callback.html' }],
    ['invalidAllowedOrigins', { allowedOrigins: ['*'] }],
    ['invalidAllowedOrigins', { allowedOrigins: [] }],
    ['invalidPowerUpId', { powerUpId: '' }],
    ['invalidTokenEndpoint', { tokenEndpoint: 'http://auth.example/token' }],
    ['invalidRevocationEndpoint', { revocationEndpoint: '/revoke' }],
    ['invalidApiOrigins', { apiOrigins: ['https://api.trello.com/1'] }],
    ['invalidOnEvent', { onEvent: 'log' }],
    ['invalidSeal', { seal: async (text: string) => text }],
    ['invalidClientSecret', { clientSecret: 'the-secret\n' }],
    ['invalidClientId', { clientId: 'client-1\r\n' }],
    ['invalidPowerUpId', { powerUpId: ' 5e66784c606cb1160a8f5dc0' }],
    ['invalidTicketKeys', { ticketKeys: '/keys' }],
    ['invalidTicketIssuer', { ticketIssuer: '' }],
    ['invalidTokenEndpoint', { tokenEndpoint: null }],
    ['invalidApiOrigins', { apiOrigins: null }],
  ])('%s', (code, wrong) => {
    const options = wrong && { ...OPTIONS, ...wrong }
    const error = thrownBy(() => createKeeper(options as KeeperOptions))
    expect(error).toMatchObject({ name: 'ConfigurationError', code })
    expect(String(error)).not.toContain('the-secret')
  })
})
