// @vitest-environment node
import { HttpResponse, http } from 'msw'
import { describe, expect, it } from 'vitest'
import { directTokenEndpoint } from '../../../src/token-endpoint/direct'
import { server } from '../setup'
import { createBrowser } from '../support/browser'

const url = 'https://auth.example/oauth/token'
const exchange = {
  clientId: 'client-1',
  code: 'code-1',
  codeVerifier: 'v'.repeat(43),
  redirectUri: 'https://power-up.example/callback.html',
}
const refresh = { clientId: 'client-1', refreshToken: 'refresh-1' }

function endpointAt(address = url) {
  const inits: RequestInit[] = []
  const { platform } = createBrowser().frame({
    fetch: (input: string | Request, init?: RequestInit) => {
      inits.push(init ?? {})
      return fetch(input, init)
    },
  })
  return { endpoint: directTokenEndpoint(address, platform), inits }
}

function answerWith(answer: () => Response) {
  const seen: { headers: Headers; body: string }[] = []
  server.use(
    http.post(url, async ({ request }) => {
      seen.push({ headers: request.headers, body: await request.text() })
      return answer()
    }),
  )
  return seen
}

const success = () =>
  HttpResponse.json({ access_token: 'access-1', token_type: 'Bearer', expires_in: 60, refresh_token: 'r' })

describe('the token request', () => {
  it('exchanges a code in a form, with the client id and no Authorization header', async () => {
    const seen = answerWith(success)
    const { endpoint } = endpointAt()
    expect(await endpoint.exchange(exchange)).toMatchObject({ kind: 'tokens', accessToken: 'access-1' })
    expect(Object.fromEntries(new URLSearchParams(seen[0]?.body))).toEqual({
      grant_type: 'authorization_code',
      client_id: 'client-1',
      code: 'code-1',
      code_verifier: 'v'.repeat(43),
      redirect_uri: 'https://power-up.example/callback.html',
    })
    expect(seen[0]?.headers.get('content-type')).toMatch(/^application\/x-www-form-urlencoded/)
    expect(seen[0]?.headers.has('authorization')).toBe(false)
  })

  it('refreshes in the same way', async () => {
    const seen = answerWith(success)
    const { endpoint } = endpointAt()
    expect(await endpoint.refresh(refresh)).toEqual({
      kind: 'tokens',
      accessToken: 'access-1',
      refreshToken: 'r',
      expiresInMs: 60_000,
    })
    expect(Object.fromEntries(new URLSearchParams(seen[0]?.body))).toEqual({
      grant_type: 'refresh_token',
      client_id: 'client-1',
      refresh_token: 'refresh-1',
    })
    expect(seen[0]?.headers.has('authorization')).toBe(false)
  })

  it('takes along no cookie, no referrer and no signal, comes from no cache and follows no redirect', async () => {
    answerWith(success)
    const { endpoint, inits } = endpointAt()
    await endpoint.refresh(refresh)
    expect(inits).toHaveLength(1)
    expect(inits[0]).toMatchObject({
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
      redirect: 'manual',
    })
    expect(inits[0]?.signal).toBeUndefined()
  })

  it('has only headers that need no CORS preflight', async () => {
    answerWith(success)
    const { endpoint, inits } = endpointAt()
    await endpoint.refresh(refresh)
    const names = [...new Headers(inits[0]?.headers).keys()].filter((name) => name !== 'user-agent')
    expect(names.sort()).toEqual(['accept', 'content-type'])
  })

  it('is sent before anything is awaited that could take time', () => {
    const { endpoint, inits } = endpointAt()
    answerWith(success)
    const answer = endpoint.refresh(refresh)
    return Promise.resolve()
      .then(() => Promise.resolve())
      .then(() => expect(inits).toHaveLength(1))
      .finally(() => answer)
  })

  it('goes to a loopback host over HTTP as well', async () => {
    server.use(http.post('http://localhost:3000/token', success))
    const { endpoint } = endpointAt('http://localhost:3000/token')
    expect((await endpoint.refresh(refresh)).kind).toBe('tokens')
    expect(endpoint).toMatchObject({ url: 'http://localhost:3000/token', holdsRefreshToken: false })
  })
})

describe('the answer', () => {
  it('is judged by what it says', async () => {
    answerWith(() => HttpResponse.json({ error: 'invalid_grant' }, { status: 403 }))
    expect(await endpointAt().endpoint.refresh(refresh)).toEqual({
      kind: 'dead',
      status: 403,
      serverError: 'invalid_grant',
    })
  })

  it('may ask to wait', async () => {
    answerWith(() => HttpResponse.text('slow down', { status: 429, headers: { 'retry-after': '5' } }))
    expect(await endpointAt().endpoint.refresh(refresh)).toEqual({
      kind: 'retryable',
      status: 429,
      retryAfterMs: 5_000,
    })
  })

  it('never repeats what was sent', async () => {
    answerWith(() =>
      HttpResponse.json(
        { error: 'x', error_description: `no code-1, no ${'v'.repeat(43)}` },
        { status: 400 },
      ),
    )
    expect(await endpointAt().endpoint.exchange(exchange)).toMatchObject({ serverError: 'x: no …, no …' })
    answerWith(() => HttpResponse.json({ error: 'x', error_description: 'refresh-1' }, { status: 400 }))
    expect(await endpointAt().endpoint.refresh(refresh)).toMatchObject({ serverError: 'x: …' })
  })

  it('is none where it redirects', async () => {
    answerWith(() => HttpResponse.redirect('https://elsewhere.example/'))
    expect((await endpointAt().endpoint.refresh(refresh)).kind).toBe('retryable')
  })

  it.each<[string, () => Response]>([
    ['the network is down', () => HttpResponse.error()],
    [
      'it is cut off',
      () =>
        new HttpResponse(new ReadableStream({ start: (controller) => controller.error(new Error('cut')) })),
    ],
  ])('cannot be read where %s: the promise resolves all the same', async (_case, answer) => {
    answerWith(answer)
    const judged = await endpointAt().endpoint.refresh(refresh)
    expect(judged).toEqual({ kind: 'unreadable', cause: expect.any(Error) })
  })
})

describe('isReachable', () => {
  it('asks for the root of the host without CORS, and sends nothing of ours', async () => {
    server.use(http.get('https://auth.example/', () => HttpResponse.text('hello', { status: 404 })))
    const { endpoint, inits } = endpointAt()
    expect(await endpoint.isReachable?.()).toBe(true)
    expect(inits).toEqual([{ mode: 'no-cors', credentials: 'omit', referrerPolicy: 'no-referrer' }])
  })

  it('says no when there is no network', async () => {
    server.use(http.get('https://auth.example/', () => HttpResponse.error()))
    expect(await endpointAt().endpoint.isReachable?.()).toBe(false)
  })
})
