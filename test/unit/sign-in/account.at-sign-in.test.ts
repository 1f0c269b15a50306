// @vitest-environment node
import { HttpResponse, http } from 'msw'
import { describe, expect, it } from 'vitest'
import { readAccount } from '../../../src/sign-in/account'
import { createBrowser } from '../support/browser'
import { settle } from '../support/clock'
import { server } from '../support/network'
import { watch } from '../support/outcome'

const api = 'https://api.example'
const me = `${api}/1/members/me`

function read() {
  const { platform } = createBrowser().frame({ fetch })
  return readAccount(platform, api, 'access-1')
}

describe('whose token it is', () => {
  it('is asked of the API with the token in the header only', async () => {
    const seen: Request[] = []
    server.use(
      http.get(me, ({ request }) => {
        seen.push(request)
        return HttpResponse.json({ id: 'member-1' })
      }),
    )
    expect(await read()).toEqual({ kind: 'account', id: 'member-1' })
    expect(seen.map(({ url }) => url)).toEqual([`${me}?fields=id`])
    expect(seen[0]?.headers.get('authorization')).toBe('Bearer access-1')
    expect(seen[0]?.credentials).toBe('omit')
  })

  it.each<[string, () => Response]>([
    ['too much was asked', () => HttpResponse.text('', { status: 429 })],
    ['the API fails', () => HttpResponse.json({ id: 'member-1' }, { status: 500 })],
    ['there is no network', () => HttpResponse.error()],
    ['it is no JSON', () => HttpResponse.html('<p>Hello</p>')],
    ['there is no id', () => HttpResponse.json({ name: 'x' })],
    ['the id is no string', () => HttpResponse.json({ id: 7 })],
    ['it is null', () => HttpResponse.json(null)],
    ['it is redirected', () => HttpResponse.redirect('https://evil.example/')],
  ])('is unknown where %s', async (_case, answer) => {
    server.use(http.get(me, answer))
    expect(await read()).toEqual({ kind: 'noAnswer' })
  })

  it.each([403, 404])('is not told for good where the API says %i', async (status) => {
    server.use(http.get(me, () => HttpResponse.text('missing scopes', { status })))
    expect(await read()).toEqual({ kind: 'closed' })
  })

  it('is not told for this token where the API says 401', async () => {
    server.use(http.get(me, () => HttpResponse.text('invalid token', { status: 401 })))
    expect(await read()).toEqual({ kind: 'refused' })
  })

  it('holds up nobody for longer than five seconds', async () => {
    const { clock, frame } = createBrowser()
    const { platform } = frame({ fetch: () => new Promise<Response>(() => undefined) })
    const outcome = watch(readAccount(platform, api, 'access-1'))
    await clock.advance(4_999)
    expect(outcome.status).toBe('pending')
    await clock.advance(1)
    await settle()
    expect(outcome).toEqual({ status: 'resolved', value: { kind: 'noAnswer' } })
  })
})
