// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'
import { exchangeAt, onlyWay } from '../../../src/token-endpoint/ways'
import { settle } from '../support/clock'
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

  it.each([
    [
      'throws',
      () => {
        throw new Error('mine')
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('mine')
      },
    ],
  ])('may be unable to get ready: it %s', async (_how, prepare) => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    onlyWay({ ...scriptedEndpoint(tokens(1)), prepare }).prepare?.()
    await settle()
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
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
