// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { Client } from '../../../src/client/client'
import { createClientIn } from '../../../src/client/client'
import { clientSetUp, keyOf, options } from '../support/client'
import { liveGrant, storedEntry } from '../support/grants'
import { errorOf } from '../support/outcome'

const WHO = '/1/members/me?fields=id'

/** A client of member-1 whose grant could not be checked when it was stored, and what it sends. */
function setUp(account: Response) {
  const sent: string[] = []
  const fetch = async (input: string | Request, init?: RequestInit) => {
    const { method, url } = new Request(input, init)
    const { pathname, search } = new URL(url)
    sent.push(`${method} ${pathname}${search}`)
    return pathname + search === WHO ? account.clone() : Response.json({})
  }
  const own = { member: 'member-1' }
  const { client, page, storage } = clientSetUp(own, { fetch })
  storage.values.set(keyOf(own), storedEntry({ record: liveGrant({ memberChecked: false }) }))
  return { client, page, sent, another: () => createClientIn(page, { ...options, ...own }) }
}

/** The ways in which an access token leaves the client. The request adapter takes the first. */
const DOORS: [string, (client: Client) => Promise<unknown>][] = [
  ['getAccessToken()', (client) => client.getAccessToken()],
  ['fetch', (client) => client.fetch('/1/cards', { method: 'POST' })],
  ['api', (client) => client.api.post('/1/cards')],
]

describe('a grant whose account could not be asked for at sign-in', () => {
  it.each(DOORS)('is checked before its first token goes out by %s', async (_door, use) => {
    const { client, sent } = setUp(Response.json({ id: 'member-1' }))
    await use(client)
    expect(sent[0]).toBe(`GET ${WHO}`)
  })

  it.each(DOORS)('is dropped where it is of another account: nothing goes out by %s', async (_door, use) => {
    const { client, sent } = setUp(Response.json({ id: 'member-2' }))
    expect(await errorOf(use(client))).toMatchObject({
      code: 'notAuthorized',
      cause: { code: 'accountMismatch' },
    })
    expect(sent).toEqual([`GET ${WHO}`])
    expect(await client.readState()).toMatchObject({ status: 'notAuthorized' })
  })

  it.each(DOORS)('is used unasked where nobody may ask, by %s', async (_door, use) => {
    const { client } = setUp(new Response('missing scopes', { status: 403 }))
    await use(client)
    expect(await client.readState()).toMatchObject({ status: 'authorized' })
  })

  it('is checked once per page, however many clients use it', async () => {
    const { client, another, sent } = setUp(Response.json({ id: 'member-1' }))
    await Promise.all([client.getAccessToken(), another().getAccessToken(), another().api.get('/1/boards/b')])
    await another().getAccessToken()
    expect(sent.filter((request) => request === `GET ${WHO}`)).toHaveLength(1)
  })
})
