// @vitest-environment node
import { HttpResponse, http } from 'msw'
import { describe, expect, it } from 'vitest'
import { type BodyFormat, directTokenEndpoint } from '../../../src/token-endpoint/direct'
import { createBrowser } from '../support/browser'
import { settle } from '../support/clock'
import { server } from '../support/network'
import { watch } from '../support/outcome'

const url = 'https://auth.example/oauth/token'
const exchange = {
  clientId: 'client-1',
  code: 'code-1',
  codeVerifier: 'v'.repeat(43),
  redirectUri: 'https://power-up.example/callback.html',
}
const refresh = { clientId: 'client-1', refreshToken: 'refresh-1' }

function endpointAt(address = url, format: BodyFormat = 'json') {
  const inits: RequestInit[] = []
  const browser = createBrowser()
  const frame = browser.frame({
    fetch: (input: string | Request, init?: RequestInit) => {
      inits.push(init ?? {})
      return fetch(input, init)
    },
  })
  return {
    endpoint: directTokenEndpoint(frame.platform, address, format),
    inits,
    frame,
    clock: browser.clock,
  }
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

/** Waits for the network of the test, which takes real turns of the event loop. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

describe('the token request', () => {
  const exchanged = {
    grant_type: 'authorization_code',
    client_id: 'client-1',
    code: 'code-1',
    code_verifier: 'v'.repeat(43),
    redirect_uri: 'https://power-up.example/callback.html',
  }
  const refreshed = { grant_type: 'refresh_token', client_id: 'client-1', refresh_token: 'refresh-1' }

  it('a code is exchanged as JSON, with the client id and no Authorization header', async () => {
    const seen = answerWith(success)
    const { endpoint } = endpointAt()
    expect(await endpoint.exchange(exchange)).toMatchObject({ kind: 'tokens', accessToken: 'access-1' })
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual(exchanged)
    expect(seen[0]?.headers.get('content-type')).toBe('application/json')
    expect(seen[0]?.headers.has('authorization')).toBe(false)
  })

  it('a refresh token is sent in the same way', async () => {
    const seen = answerWith(success)
    const { endpoint } = endpointAt()
    expect(await endpoint.refresh(refresh)).toEqual({
      kind: 'tokens',
      accessToken: 'access-1',
      refreshToken: 'r',
      expiresInMs: 60_000,
    })
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual(refreshed)
    expect(seen[0]?.headers.has('authorization')).toBe(false)
  })

  it('a form says the same, in headers that need no CORS preflight', async () => {
    const seen = answerWith(success)
    const { endpoint, inits } = endpointAt(url, 'form')
    await endpoint.exchange(exchange)
    await endpoint.refresh(refresh)
    expect(seen.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))).toEqual([
      exchanged,
      refreshed,
    ])
    expect([...new Headers(inits[0]?.headers)]).toEqual([
      ['accept', 'application/json'],
      ['content-type', 'application/x-www-form-urlencoded'],
    ])
  })

  it('the endpoint is named after its encoding', () => {
    expect(endpointAt(url, 'json').endpoint.way).toBe('json')
    expect(endpointAt(url, 'form').endpoint.way).toBe('form')
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
    expect(await endpointAt().endpoint.exchange(exchange)).toMatchObject({ serverDescription: 'no …, no …' })
    answerWith(() => HttpResponse.json({ error: 'x', error_description: 'refresh-1' }, { status: 400 }))
    expect(await endpointAt().endpoint.refresh(refresh)).toMatchObject({ serverDescription: '…' })
  })

  it('is none where it redirects', async () => {
    answerWith(() => HttpResponse.redirect('https://elsewhere.example/'))
    expect((await endpointAt().endpoint.refresh(refresh)).kind).toBe('retryable')
  })

  it('says so where a browser hides the redirect, as of a proxy that wants a slash at its end', async () => {
    const hidden = Object.defineProperties(new Response(), {
      type: { value: 'opaqueredirect' },
      status: { value: 0 },
    })
    const { platform } = createBrowser().frame({ fetch: async () => hidden })
    expect(await directTokenEndpoint(platform, url, 'json').exchange(exchange)).toEqual({
      kind: 'retryable',
      serverDescription: expect.stringContaining('redirects'),
    })
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
    const { endpoint, clock, frame } = endpointAt()
    const outcome = watch(endpoint.refresh(refresh))
    await until(() => clock.timers() > 0)
    await clock.advance(50)
    expect(outcome.value).toEqual({ kind: 'unreadable', cause: expect.any(Error), blockedByPolicy: false })
    expect(frame.listeners.policyViolation).toBe(0)
  })
})

describe('a policy of the page that forbids the endpoint', () => {
  const violation = { blockedUrl: url, directive: 'connect-src' }

  async function refused(...violations: { blockedUrl: string; directive: string }[]) {
    answerWith(() => HttpResponse.error())
    const { endpoint, clock, frame } = endpointAt()
    const outcome = watch(endpoint.refresh(refresh))
    for (const each of violations) frame.violate(each)
    await until(() => clock.timers() > 0 || outcome.status === 'resolved')
    await clock.advance(50)
    return outcome.value
  }

  it('is named, whatever part of the address the engine reports', async () => {
    expect(await refused(violation)).toMatchObject({ kind: 'unreadable', blockedByPolicy: true })
    const shortened = { ...violation, blockedUrl: 'https://auth.example' }
    expect(await refused(shortened)).toMatchObject({ blockedByPolicy: true })
  })

  it('is not named for a request elsewhere, or of another kind', async () => {
    const elsewhere = { ...violation, blockedUrl: 'https://elsewhere.example/oauth/token' }
    const image = { ...violation, directive: 'img-src' }
    const word = { ...violation, blockedUrl: 'inline' }
    expect(await refused(elsewhere, image, word)).toMatchObject({ blockedByPolicy: false })
  })

  it('is named where it is reported just after the request has failed', async () => {
    answerWith(() => HttpResponse.error())
    const { endpoint, clock, frame } = endpointAt()
    const outcome = watch(endpoint.refresh(refresh))
    await until(() => clock.timers() > 0)
    await clock.advance(49)
    frame.violate(violation)
    await settle()
    expect(outcome.value).toMatchObject({ blockedByPolicy: true })
    expect(clock.timers()).toBe(0)
  })
})

describe('isReachable', () => {
  it('asks for the very address of the endpoint without CORS, and sends nothing of ours', async () => {
    server.use(http.get(url, () => HttpResponse.text('hello', { status: 404 })))
    const { endpoint, inits } = endpointAt()
    expect(await endpoint.isReachable?.()).toBe(true)
    expect(inits).toEqual([{ mode: 'no-cors', credentials: 'omit', referrerPolicy: 'no-referrer' }])
  })

  it('says no when there is no network', async () => {
    server.use(http.get(url, () => HttpResponse.error()))
    expect(await endpointAt().endpoint.isReachable?.()).toBe(false)
  })
})
