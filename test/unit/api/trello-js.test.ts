import { createTrelloClient } from 'trello.js'
import { createCard, deleteCard, getCard } from 'trello.js/cards'
import { getMember } from 'trello.js/members'
import { describe, expect, it } from 'vitest'
import { createApi } from '../../../src/api/api'
import { createRequestQueue } from '../../../src/api/request-queue'
import { trelloJsClient } from '../../../src/api/trello-js'
import { ApiError } from '../../../src/base/api-error'
import { ConfigurationError } from '../../../src/base/errors'
import { browserPlatform } from '../../../src/base/platform'
import { createFakeClient } from '../../../src/testing/fake-client'

const ama = { id: '5f1c2d47be09a51c63fa1ff0', username: 'ama' }

describe('the functions of trello.js with our client', () => {
  it('send through client.api: no key and no token in the query', async () => {
    const { api, sent } = apiAnswering({ id: 'card-1' })
    await createCard(trelloJsClient({ api }), { idList: 'list-1', name: 'A, B & C' })
    expect(sent).toEqual([{ method: 'POST', url: '/1/cards?name=A%2C%20B%20%26%20C&idList=list-1' }])
  })

  it('give a whole member as trello.js types it', async () => {
    const { api, sent } = apiAnswering(ama)
    const me = await getMember(trelloJsClient({ api }), { id: 'me', fields: ['username'] })
    expect(me.username).toBe('ama')
    expect(sent[0]?.url).toBe('/1/members/me?fields=username')
  })

  it('work on all of createTrelloClient', async () => {
    const { api } = apiAnswering(ama)
    const trello = createTrelloClient(trelloJsClient({ api }))
    expect((await trello.members.getMember({ id: 'me' })).username).toBe('ama')
  })

  it('send one request for a batch of trello.js', async () => {
    const { api, sent } = apiAnswering([{ 200: ama }, { 200: ama }])
    const trello = createTrelloClient(trelloJsClient({ api }))
    const [me] = await trello.batch.run((b) => [
      b.members.getMember({ id: 'me' }),
      b.members.getMember({ id: 'ama' }),
    ])
    expect(me.username).toBe('ama')
    expect(sent).toEqual([{ method: 'GET', url: '/1/batch?urls=%2Fmembers%2Fme%2C%2Fmembers%2Fama' }])
  })

  it('take an empty answer as nothing', async () => {
    const { api, sent } = apiAnswering('')
    expect(await deleteCard(trelloJsClient({ api }), { id: 'card-1' })).toBeUndefined()
    expect(sent[0]?.method).toBe('DELETE')
  })

  it('reject with our errors', async () => {
    const { api } = apiAnswering('not found', 404)
    await expect(getCard(trelloJsClient({ api }), { id: 'nothing' })).rejects.toBeInstanceOf(ApiError)
  })

  it('take the fake client of the tests', async () => {
    const client = createFakeClient({ status: 'authorized', scopes: [], missingScopes: [], persistent: true })
    client.respond('GET', '/1/members/me', ama)
    expect((await getMember(trelloJsClient(client), { id: 'me' })).username).toBe('ama')
  })

  it("take a keeper's client, which has no more than these", async () => {
    const { api } = apiAnswering(ama)
    const client = { getAccessToken: async () => 'token', fetch, api }
    expect((await getMember(trelloJsClient(client), { id: 'me' })).username).toBe('ama')
  })
})

describe('trelloJsClient', () => {
  it("parses an answer with the library's own schema", async () => {
    const schema = { parse: (value: unknown) => Object.keys(Object(value)) }
    const client = trelloJsClient(apiAnswering({ id: 'member-1', fullName: 'Ama' }))
    expect(await client.sendRequest({ url: '/members/me', schema })).toEqual(['id', 'fullName'])
    const odd = trelloJsClient(apiAnswering({ id: 5 }))
    await expect(getMember(odd, { id: 'me' })).rejects.toMatchObject({ name: 'ZodError' })
  })

  it('gives an answer as it came where parsing is skipped', async () => {
    const odd = trelloJsClient(apiAnswering({ id: 5 }), { skipParsing: true })
    expect(await getMember(odd, { id: 'me' })).toEqual({ id: 5 })
  })

  it('passes headers and a body on', async () => {
    const given: unknown[] = []
    const put = async <T>(path: string | URL, options?: object) => {
      given.push(path, options)
      return undefined as T
    }
    const client = trelloJsClient({ api: { ...apiAnswering('').api, put } })
    await client.sendRequest({ url: '/cards/c', method: 'PUT', headers: { 'X-A': 'b' }, body: { name: 'n' } })
    expect(given).toEqual(['/1/cards/c', { headers: { 'X-A': 'b' }, body: { name: 'n' }, query: undefined }])
  })

  it.each([
    ['a method that the API lacks', { url: '/cards', method: 'PATCH' }],
    ['a parameter without a text', { url: '/cards', searchParams: { fields: {} } }],
  ])('rejects %s', async (_what, request) => {
    const { api, sent } = apiAnswering('')
    await expect(trelloJsClient({ api }).sendRequest(request)).rejects.toBeInstanceOf(ConfigurationError)
    expect(sent).toEqual([])
  })
})

function apiAnswering(body: unknown, status = 200) {
  const sent: { method: string | undefined; url: string }[] = []
  const queue = createRequestQueue(browserPlatform)
  const api = createApi(browserPlatform, {
    queue: () => queue,
    fetch: async (url, init) => {
      sent.push({ method: init?.method, url: String(url) })
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      return new Response(text, { status, headers: { 'content-type': 'application/json' } })
    },
    grantedScopes: () => [],
  })
  return { api, sent }
}
