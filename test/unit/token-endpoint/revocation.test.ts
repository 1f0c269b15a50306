// @vitest-environment node
import { HttpResponse, http } from 'msw'
import { describe, expect, it } from 'vitest'
import { revokeToken } from '../../../src/token-endpoint/revocation'
import { createBrowser } from '../support/browser'
import { server } from '../support/network'

const url = 'https://auth.example/revoke'

function revoke() {
  const inits: RequestInit[] = []
  const { platform } = createBrowser().frame({
    fetch: (input: string | Request, init?: RequestInit) => {
      inits.push(init ?? {})
      return fetch(input, init)
    },
  })
  return { inits, isRevoked: revokeToken({ url, clientId: 'client-1', token: 'refresh-1' }, platform) }
}

describe('a revocation', () => {
  it('names token and client in a form, and survives the frame', async () => {
    const bodies: string[] = []
    server.use(
      http.post(url, async ({ request }) => {
        bodies.push(await request.text())
        return new HttpResponse()
      }),
    )
    const { inits, isRevoked } = revoke()
    expect(await isRevoked).toBe(true)
    expect(Object.fromEntries(new URLSearchParams(bodies[0]))).toEqual({
      token: 'refresh-1',
      client_id: 'client-1',
    })
    expect(inits[0]).toMatchObject({ keepalive: true, credentials: 'omit', referrerPolicy: 'no-referrer' })
    expect(new Headers(inits[0]?.headers).has('authorization')).toBe(false)
  })

  it.each<[string, () => Response]>([
    ['the server refuses', () => HttpResponse.json({ error: 'invalid_client' }, { status: 401 })],
    ['the network is down', () => HttpResponse.error()],
  ])('is best effort: where %s it says no and throws nothing', async (_case, answer) => {
    server.use(http.post(url, answer))
    expect(await revoke().isRevoked).toBe(false)
  })
})
