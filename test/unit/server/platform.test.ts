// @vitest-environment node
import { HttpResponse, http } from 'msw'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { server } from '../support/network'

const URL_ASKED = 'https://api.example/1/members/me'
const INIT: RequestInit = {
  credentials: 'omit',
  cache: 'no-store',
  redirect: 'error',
  referrerPolicy: 'no-referrer',
}

afterEach(() => vi.unstubAllGlobals())

/** Each runtime is a module of its own: what it takes is found out once. */
async function freshPlatform() {
  vi.resetModules()
  return (await import('../../../src/server/platform')).serverPlatform
}

/** As in an edge runtime, which refuses options that only a page has. */
function refusePageOptions(): void {
  const Original = Request
  vi.stubGlobal(
    'Request',
    class extends Original {
      constructor(input: RequestInfo | URL, init: RequestInit = {}) {
        if ('credentials' in init || 'cache' in init || init.redirect === 'error')
          throw new TypeError('not implemented')
        super(input, init)
      }
    },
  )
}

describe('a request of a server', () => {
  it('keeps all options where the runtime takes them', async () => {
    const fetch = vi.fn(async () => new Response())
    vi.stubGlobal('fetch', fetch)
    await (await freshPlatform()).fetch(URL_ASKED, INIT)
    expect(fetch).toHaveBeenCalledWith(URL_ASKED, INIT)
  })

  it('leaves out what an edge runtime refuses, and follows no redirect all the same', async () => {
    refusePageOptions()
    const platform = await freshPlatform()
    const asked = vi.fn()
    server.use(
      http.get(URL_ASKED, ({ request }) => {
        asked(request.headers.get('authorization'))
        return HttpResponse.json({ id: 'm' })
      }),
      http.get('https://api.example/moved', () => HttpResponse.redirect(URL_ASKED, 302)),
    )
    const headers = { authorization: 'Bearer t' }
    expect(await (await platform.fetch(URL_ASKED, { ...INIT, headers })).json()).toEqual({ id: 'm' })
    await expect(platform.fetch('https://api.example/moved', { ...INIT, headers })).rejects.toThrow(TypeError)
    expect(asked.mock.calls).toEqual([['Bearer t']])
  })

  it('has no page around it', async () => {
    const platform = await freshPlatform()
    expect([
      platform.locks(),
      platform.openChannel('x'),
      platform.indexedDB(),
      platform.pageOrigin(),
    ]).toEqual(Array(4).fill(undefined))
    expect([platform.isVisible(), platform.openWindow('', '')]).toEqual([false, null])
    for (const stop of [platform.onWake(vi.fn()), platform.onMessage(vi.fn()), platform.whenShown(vi.fn())])
      stop()
  })
})
