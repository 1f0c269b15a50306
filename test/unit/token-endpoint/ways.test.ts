// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { exchangeAt, onlyWay } from '../../../src/token-endpoint/ways'
import { scriptedEndpoint, tokens } from '../support/token-endpoint'

const inFrame = { way: 'json', tokenSet: { refreshToken: 'refresh-1' } }
const atTrello = { way: 'trelloPage', tokenSet: {} }

describe('a configured endpoint', () => {
  it('is the only way to exchange and to renew', async () => {
    const endpoint = scriptedEndpoint(tokens(1))
    const request = { clientId: 'c', code: 'code-1', codeVerifier: 'v', redirectUri: 'https://p.example/' }
    expect(await onlyWay(endpoint).exchange(request)).toEqual({ answer: tokens(1), endpoint })
    expect(await onlyWay(endpoint).toRenew(inFrame)).toBe(endpoint)
    expect(await onlyWay(endpoint).toRenew(atTrello)).toBeUndefined()
  })

  it('that keeps refresh tokens gives none to the frame, whatever its server says', async () => {
    const request = { clientId: 'c', code: 'code-1', codeVerifier: 'v', redirectUri: 'https://p.example/' }
    const keeping = { ...scriptedEndpoint(tokens(1)), holdsRefreshToken: true }
    expect((await exchangeAt(keeping, request)).answer).not.toHaveProperty('refreshToken')
  })

  it('never repeats the code or the verifier', async () => {
    const request = {
      clientId: 'c',
      code: 'code-1',
      codeVerifier: 'verifier-1',
      redirectUri: 'https://p.example/',
    }
    const failing = scriptedEndpoint({ kind: 'retryable', serverError: 'no code-1, no verifier-1' })
    expect((await exchangeAt(failing, request)).answer).toMatchObject({ serverError: 'no …, no …' })
  })
})
