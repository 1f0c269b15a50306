import { createCard, getCard } from 'trello.js/cards'
import { getMember } from 'trello.js/members'
import { describe, expect, it } from 'vitest'
import { type Api, createApi } from '../../../src/api/api'
import { createRequestQueue } from '../../../src/api/request-queue'
import { ApiError } from '../../../src/base/api-error'
import { browserPlatform } from '../../../src/base/platform'
import { runSnippet } from './snippets'

/** The page's own client: it asks no more of a schema than `parse`. */
interface PageClient {
  sendRequest<T>(request: { url: string; schema?: { parse(value: unknown): T } | undefined }): Promise<T>
}

/** The code that the page shows, run as it stands there. */
const { trelloJsClient } = await runSnippet<{ trelloJsClient(client: { api: Api }): PageClient }>(
  'docs/trello-js.md',
  'trelloJsClient',
)

describe('docs/trello-js.md', () => {
  it('sends through client.api: no key and no token in the query', async () => {
    const { api, sent } = apiAnswering({ id: 'card-1' })
    await createCard(trelloJsClient({ api }), { idList: 'list-1', name: 'A, B & C' })
    expect(sent).toEqual([{ method: 'POST', url: '/1/cards?name=A%2C%20B%20%26%20C&idList=list-1' }])
  })

  it("parses the answer with the library's own schema", async () => {
    const { api } = apiAnswering({ id: 'member-1', fullName: 'Ama' })
    const client = trelloJsClient({ api })
    const schema = { parse: (value: unknown) => Object.keys(value as object) }
    expect(await client.sendRequest({ url: '/members/me', schema })).toEqual(['id', 'fullName'])
    const odd = trelloJsClient({ api: apiAnswering({ id: 5 }).api })
    await expect(getMember(odd, { id: 'me' })).rejects.toMatchObject({ name: 'ZodError' })
  })

  it('rejects with our errors', async () => {
    const { api } = apiAnswering('not found', 404)
    await expect(getCard(trelloJsClient({ api }), { id: 'nothing' })).rejects.toBeInstanceOf(ApiError)
  })

  it('gives a whole member as trello.js types it', async () => {
    const { api, sent } = apiAnswering({ id: '5f1c2d47be09a51c63fa1ff0', username: 'ama' })
    const me = await getMember(trelloJsClient({ api }), { id: 'me', fields: ['username'] })
    expect(me.username).toBe('ama')
    expect(sent[0]?.url).toBe('/1/members/me?fields=username')
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
    emit: () => undefined,
  })
  return { api, sent }
}
