// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { tokenWaysOf } from '../../../src/client/flow-parts'
import { readOptions } from '../../../src/client/options'
import { createPage } from '../../../src/client/page'
import { createBrowser } from '../support/browser'
import { options } from '../support/client'
import { createStorage } from '../support/key-value-store'
import { KEY } from '../support/store'
import { scriptedEndpoint } from '../support/token-endpoint'

describe('the ways to the token endpoint', () => {
  const grant = { way: 'json', tokenSet: { refreshToken: 'refresh-1' } }

  function waysOf(more: object) {
    const { platform } = createBrowser().frame()
    const configuration = readOptions({ ...options, ...more }, platform)
    return tokenWaysOf(platform, configuration, createPage(platform, createStorage()).grant(KEY))
  }

  it('a configured token endpoint is the only way', async () => {
    const endpoint = scriptedEndpoint()
    const ways = waysOf({ tokenEndpoint: endpoint })
    expect(await ways.toRenew(grant)).toBe(endpoint)
  })

  it('a URL is asked by the frame, with JSON', async () => {
    const url = 'https://auth.example/token'
    const ways = waysOf({ tokenEndpoint: url })
    expect(await ways.toRenew(grant)).toMatchObject({ way: 'json', url })
  })

  it('without a token endpoint in the options, the one beside the authorization endpoint is asked in whatever way works', async () => {
    const url = 'https://auth.example/oauth/token'
    expect(await waysOf({}).toRenew({ ...grant, way: 'form' })).toMatchObject({ way: 'form', url })
  })
})
