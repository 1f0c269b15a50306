// @vitest-environment node
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { http, passthrough } from 'msw'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type LocalTrello, startLocalTrello } from '../../../../examples/local-trello/local-trello'
import { webhookSecret } from '../../../../examples/local-trello/rest/webhook-sender'
import { server } from '../../support/network'
import { type CallApi, callerFor, callerWith } from './support/caller'
import { ask } from './support/http'
import { signIn } from './support/sign-in'

let trello: LocalTrello
let call: CallApi
let board: string
let list: string
let card: string

beforeAll(async () => {
  trello = await startLocalTrello({ port: 0, quiet: true, switches: { rateLimit: 'counted' } })
  call = await callerFor(trello)
  board = trello.boards[0].id
  const lists = (await call('GET', `/boards/${board}/lists`)).json
  list = lists[0].id
  card = (await call('GET', `/lists/${list}/cards`)).json[0].id
})
afterAll(() => trello.close())
beforeEach(() => {
  trello.switches.reset()
  trello.log.clear()
})

async function newCard(name = 'A card of the test'): Promise<string> {
  return (await call('POST', '/cards', { idList: list, name })).json.id
}

describe('nested reads', () => {
  it('a board comes with what was asked for, in the fields that were asked for', async () => {
    const query =
      'fields=name&lists=open&list_fields=name&cards=visible&card_fields=name,badges&members=all&labels=all&customFields=true&organization=true'
    const { json } = await call('GET', `/boards/${board}?${query}`)
    expect(json).toMatchObject({
      name: 'Spring programme',
      lists: [{ name: 'Ideas' }, { name: 'Doing' }, { name: 'Done' }],
      organization: { displayName: 'Harbour House' },
    })
    expect(json.desc).toBeUndefined()
    expect(Object.keys(json.lists[0])).toEqual(['id', 'name'])
    expect(json.cards[0]).toMatchObject({ name: 'Invite the choir', badges: { comments: 60, checkItems: 2 } })
    expect(json.members.map(({ username }: { username: string }) => username)).toEqual([
      'amaokafor',
      'larsholm',
    ])
    expect(json.labels).toHaveLength(3)
    expect(json.customFields).toHaveLength(3)
  })

  it('a card comes with members, attachments, checklists, custom fields, board, list and actions', async () => {
    const query =
      'members=true&attachments=true&checklists=all&customFieldItems=true&board=true&list=true&actions=commentCard&actions_limit=2&action_fields=data'
    const { json } = await call('GET', `/cards/${card}?${query}`)
    expect(json).toMatchObject({
      members: [{ fullName: 'Ama Okafor' }],
      attachments: [{ url: 'https://choir.example/harbour' }],
      checklists: [{ checkItems: [{ state: 'complete' }, { state: 'incomplete' }] }],
      board: { name: 'Spring programme' },
      list: { name: 'Ideas' },
    })
    expect(json.customFieldItems).toHaveLength(2)
    expect(json.actions.map(({ data }: { data: { text: string } }) => data.text)).toEqual([
      'Note of day 60',
      'Note of day 59',
    ])
  })

  it('a member comes with boards and workspaces, as far as the token opens them', async () => {
    const { json } = await call(
      'GET',
      '/members/me?fields=fullName&boards=all&board_fields=name&organizations=all',
    )
    expect(json).toEqual({
      id: trello.members[0].id,
      fullName: 'Ama Okafor',
      boards: [{ id: board, name: 'Spring programme' }],
      organizations: [expect.objectContaining({ displayName: 'Harbour House' })],
    })
  })

  it('one field of a model comes as a value', async () => {
    expect((await call('GET', `/boards/${board}/name`)).json).toEqual({ _value: 'Spring programme' })
    expect((await call('GET', `/cards/${card}/shortLink`)).json._value).toMatch(/^\w{8}$/)
  })
})

describe('a life of a card', () => {
  it('is made, moved, changed, archived and deleted, and each step is an action', async () => {
    const id = await newCard()
    const doing = (await call('GET', `/boards/${board}/lists`)).json[1].id
    await call('PUT', `/cards/${id}`, { idList: doing, pos: 'top', due: '2026-12-24', name: 'Moved' })
    await call('PUT', `/cards/${id}/desc?value=Words`)
    const moved = (await call('GET', `/cards/${id}`)).json
    expect(moved).toMatchObject({
      idList: doing,
      name: 'Moved',
      desc: 'Words',
      due: '2026-12-24T00:00:00.000Z',
    })
    await call('PUT', `/cards/${id}`, { closed: true })
    expect((await call('GET', `/lists/${doing}/cards`)).text).not.toContain(id)
    expect((await call('GET', `/boards/${board}/cards/closed`)).text).toContain(id)
    const types = (await call('GET', `/cards/${id}/actions?filter=all`)).json.map(
      ({ type }: { type: string }) => type,
    )
    expect(types).toEqual(['updateCard', 'updateCard', 'updateCard', 'createCard'])
    expect((await call('DELETE', `/cards/${id}`)).status).toBe(200)
    expect((await call('GET', `/cards/${id}`)).status).toBe(404)
  })

  it('has members, labels and votes', async () => {
    const id = await newCard()
    const lars = trello.members[1]?.id
    expect((await call('POST', `/cards/${id}/idMembers`, { value: lars })).json).toHaveLength(1)
    expect((await call('DELETE', `/cards/${id}/idMembers/${lars}`)).json).toHaveLength(0)
    const label = (await call('POST', `/boards/${board}/labels`, { name: 'New', color: 'lime' })).json
    await call('POST', `/cards/${id}/idLabels`, { value: label.id })
    expect((await call('GET', `/cards/${id}`)).json.labels).toMatchObject([{ name: 'New', color: 'lime' }])
    await call('DELETE', `/labels/${label.id}`)
    expect((await call('GET', `/cards/${id}`)).json.labels).toEqual([])
    expect((await call('POST', `/cards/${id}/membersVoted`, { value: lars })).json).toHaveLength(1)
  })

  it('has checklists, with items that are ticked and deleted', async () => {
    const id = await newCard()
    const checklist = (await call('POST', `/cards/${id}/checklists`, { name: 'Steps' })).json
    const item = (await call('POST', `/checklists/${checklist.id}/checkItems`, { name: 'One' })).json
    await call('PUT', `/cards/${id}/checkItem/${item.id}`, { state: 'complete' })
    expect((await call('GET', `/cards/${id}/checkItemStates`)).json).toEqual([
      { idCheckItem: item.id, state: 'complete' },
    ])
    expect((await call('GET', `/checklists/${checklist.id}`)).json.checkItems).toMatchObject([
      { name: 'One' },
    ])
    await call('DELETE', `/cards/${id}/checkItem/${item.id}`)
    await call('DELETE', `/checklists/${checklist.id}`)
    expect((await call('GET', `/cards/${id}/checklists`)).json).toEqual([])
  })

  it('has comments that only their author changes', async () => {
    const id = await newCard()
    const comment = (await call('POST', `/cards/${id}/actions/comments`, { text: 'First' })).json
    expect(comment).toMatchObject({ type: 'commentCard', data: { text: 'First' } })
    await call('PUT', `/actions/${comment.id}`, { text: 'Second' })
    expect((await call('GET', `/actions/${comment.id}`)).json.data.text).toBe('Second')
    const lars = await callerFor(trello, { member: 1 })
    expect(await lars('DELETE', `/actions/${comment.id}`)).toMatchObject({
      status: 401,
      text: 'unauthorized permission requested',
    })
    expect((await call('POST', `/cards/${id}/actions/comments`, { text: '' })).text).toBe(
      'invalid value for text',
    )
  })

  it('takes values of custom fields, and lets go of them', async () => {
    const id = await newCard()
    const fields = (await call('GET', `/boards/${board}/customFields`)).json
    const cost = fields.find(({ name }: { name: string }) => name === 'Cost')
    const stage = fields.find(({ name }: { name: string }) => name === 'Stage')
    await call('PUT', `/cards/${id}/customField/${cost.id}/item`, { value: { number: '12.5' } })
    await call('PUT', `/cards/${id}/customField/${stage.id}/item`, { idValue: stage.options[1].id })
    expect((await call('GET', `/cards/${id}/customFieldItems`)).json).toMatchObject([
      { value: { number: '12.5' }, idValue: null },
      { value: null, idValue: stage.options[1].id },
    ])
    await call('PUT', `/cards/${id}/customField/${cost.id}/item`, { value: '' })
    expect((await call('GET', `/cards/${id}/customFieldItems`)).json).toHaveLength(1)
  })
})

describe('attachments', () => {
  it('a file is uploaded, listed, downloaded and deleted', async () => {
    const { access_token } = await signIn(trello, { scope: 'read:board:trello write:board:trello' })
    const id = await newCard()
    const form = new FormData()
    form.set('name', 'notes.txt')
    form.set('file', new Blob(['späte Notizen'], { type: 'text/plain' }), 'notes.txt')
    const encoded = new Response(form)
    const authorization = `Bearer ${access_token}`
    const uploaded = await ask(trello, `${trello.origins.api}/1/cards/${id}/attachments`, {
      method: 'POST',
      headers: { authorization, 'content-type': encoded.headers.get('content-type') ?? '' },
      body: Buffer.from(await encoded.arrayBuffer()).toString('latin1'),
      latin1: true,
    })
    expect(uploaded.json).toMatchObject({
      name: 'notes.txt',
      isUpload: true,
      bytes: 14,
      mimeType: 'text/plain',
    })
    const { pathname } = new URL(uploaded.json.url)
    const downloaded = await ask(trello, trello.origins.api + pathname, { headers: { authorization } })
    expect(downloaded.text).toBe('späte Notizen')
    expect((await call('DELETE', `/cards/${id}/attachments/${uploaded.json.id}`)).status).toBe(200)
    expect((await call('GET', `/cards/${id}/attachments`)).json).toEqual([])
  })

  it('an address is attached; something else is refused', async () => {
    const id = await newCard()
    const attached = await call('POST', `/cards/${id}/attachments`, { url: 'https://a.example/b', name: 'B' })
    expect(attached.json).toMatchObject({ name: 'B', url: 'https://a.example/b', isUpload: false })
    expect(await call('POST', `/cards/${id}/attachments`, { url: 'no address' })).toMatchObject({
      status: 400,
      text: 'invalid value for url',
    })
  })
})

describe('pages', () => {
  it('actions come newest first, cut by before and since', async () => {
    const all = (await call('GET', `/cards/${card}/actions?filter=commentCard&limit=60`)).json
    const texts = (actions: { data: { text: string } }[]) => actions.map(({ data }) => data.text)
    expect(texts(all).slice(0, 2)).toEqual(['Note of day 60', 'Note of day 59'])
    const next = await call('GET', `/cards/${card}/actions?filter=commentCard&limit=2&before=${all[1].id}`)
    expect(texts(next.json)).toEqual(['Note of day 58', 'Note of day 57'])
    const since = await call('GET', `/cards/${card}/actions?filter=commentCard&since=${all[2].date}`)
    expect(texts(since.json)).toEqual(['Note of day 60', 'Note of day 59'])
    expect((await call('GET', `/cards/${card}/actions?limit=1001`)).text).toBe('invalid value for limit')
  })

  it('cards are cut by creation, and come in the order of the board', async () => {
    const made = (await call('POST', '/lists', { name: 'Pages', idBoard: board })).json.id
    const ids: string[] = []
    for (const name of ['one', 'two', 'three']) {
      ids.push((await call('POST', '/cards', { idList: made, name, pos: 'top' })).json.id)
    }
    const names = (cards: { name: string }[]) => cards.map(({ name }) => name)
    expect(names((await call('GET', `/lists/${made}/cards`)).json)).toEqual(['three', 'two', 'one'])
    const newest = await call('GET', `/lists/${made}/cards?limit=2`)
    expect(names(newest.json)).toEqual(['three', 'two'])
    const older = await call('GET', `/lists/${made}/cards?limit=2&before=${ids[1]}`)
    expect(names(older.json)).toEqual(['one'])
    await call('PUT', `/lists/${made}/closed?value=true`)
  })
})

describe('search', () => {
  it('finds words in names, descriptions and comments, and knows operators', async () => {
    const found = async (query: string) =>
      (await call('GET', `/search?query=${encodeURIComponent(query)}`)).json.cards.map(
        ({ name }: { name: string }) => name,
      )
    expect(await found('choir')).toContain('Invite the choir')
    expect(await found('harbour festival')).toEqual(['Invite the choir'])
    expect(await found('@larsholm list:doing')).toEqual(['Print the programme', 'Book the caterer'])
    expect(await found('label:music')).toEqual(['Invite the choir'])
    expect((await call('GET', '/search?query=spring&modelTypes=boards')).json.boards).toHaveLength(1)
    expect((await call('GET', '/search/members?query=lars')).json).toMatchObject([{ fullName: 'Lars Holm' }])
  })

  it('an operator that is not here is named in the log', async () => {
    await call('GET', '/search?query=edited:week')
    expect(trello.log.lines.map(({ words }) => words)).toContain(
      'The local Trello has no operator "edited:" of GET /1/search',
    )
  })
})

describe('batch', () => {
  it('each route is judged on its own', async () => {
    const urls = `/members/me?fields=username,/boards/${trello.boards[1]?.id},/cards/nothing`
    const { json } = await call('GET', `/batch?urls=${encodeURIComponent(urls)}`)
    expect(json).toMatchObject([{ 200: { username: 'amaokafor' } }, { statusCode: 403 }, { statusCode: 400 }])
  })
})

describe('webhooks', () => {
  it('a callback on this machine is asked first, and told of each action, signed', async () => {
    server.use(http.all(/^http:..127\.0\.0\.1:/, () => passthrough()))
    const heard: { body: string; signature: string }[] = []
    const receiver = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk) => chunks.push(chunk))
      request.on('end', () => {
        if (request.method === 'POST') {
          const signature = String(request.headers['x-trello-webhook'])
          heard.push({ body: Buffer.concat(chunks).toString(), signature })
        }
        response.writeHead(request.url === '/gone' ? 404 : 200).end()
      })
    })
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
    const refused = await call('POST', '/webhooks', { callbackURL: `${origin}/gone`, idModel: board })
    expect(refused).toMatchObject({
      status: 400,
      text: `URL (${origin}/gone) did not return 200 status code, got 404`,
    })
    const callbackURL = `${origin}/hook`
    const webhook = (await call('POST', '/webhooks', { callbackURL, idModel: board })).json
    expect(webhook).toMatchObject({ active: true, callbackURL })
    await newCard('For the webhook')
    await expect.poll(() => heard.length).toBe(1)
    const [{ body, signature } = { body: '', signature: '' }] = heard
    expect(JSON.parse(body)).toMatchObject({ action: { type: 'createCard' }, model: { id: board } })
    expect(signature).toBe(
      createHmac('sha1', webhookSecret)
        .update(body + callbackURL)
        .digest('base64'),
    )
    expect((await call('DELETE', `/webhooks/${webhook.id}`)).status).toBe(200)
    expect((await call('GET', `/webhooks/${webhook.id}`)).status).toBe(404)
    receiver.close()
  })

  it('needs the scope for what it watches', async () => {
    const reader = await callerFor(trello, { scope: 'read:board:trello write:board:trello' })
    const me = trello.members[0].id
    const refused = await reader('POST', '/webhooks', { callbackURL: 'http://127.0.0.1:1/', idModel: me })
    expect(refused.text).toBe('unauthorized permission requested')
  })
})

describe('what is on a card besides', () => {
  it('stickers come from the file, are put on, moved and taken off', async () => {
    expect((await call('GET', `/cards/${card}/stickers`)).json).toMatchObject([{ image: 'heart', left: 70 }])
    const sticker = (await call('POST', `/cards/${card}/stickers`, { image: 'check', top: 5 })).json
    const path = `/cards/${card}/stickers/${sticker.id}`
    expect((await call('PUT', path, { left: 20 })).json).toMatchObject({ image: 'check', top: 5, left: 20 })
    expect((await call('GET', `/cards/${card}?stickers=true`)).json.stickers).toHaveLength(2)
    expect((await call('DELETE', path)).json.stickers).toHaveLength(1)
    expect((await call('GET', path)).status).toBe(404)
  })

  it('what the Power-Up keeps with t.set is plugin data, private to its member', async () => {
    const context = { board, card, member: trello.members[0].id }
    for (const visibility of ['shared', 'private']) {
      const set = { name: 'set', args: { scope: 'card', visibility, entries: { size: 3 } }, context }
      await ask(trello, `${trello.origins.trello}/t`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(set),
      })
    }
    const { json } = await call('GET', `/cards/${card}/pluginData`)
    expect(json).toMatchObject([
      { access: 'shared', idModel: card, value: '{"size":3}' },
      { access: 'private', scope: 'card' },
    ])
    expect((await call('GET', `/cards/${card}?pluginData=true`)).json.pluginData).toEqual(json)
    const other = await callerFor(trello, { member: 1 })
    expect((await other('GET', `/cards/${card}/pluginData`)).json).toHaveLength(1)
  })

  it('the Power-Up that is shown is on the board', async () => {
    const [plugin] = (await call('GET', `/boards/${board}/plugins?filter=enabled`)).json
    expect(plugin).toMatchObject({ name: 'Greeter' })
    expect((await call('GET', `/boards/${board}/boardPlugins`)).json).toMatchObject([{ idPlugin: plugin.id }])
    expect((await call('GET', `/plugins/${plugin.id}`)).json).toMatchObject({ name: 'Greeter' })
  })
})

describe('what a token may', () => {
  it.each([
    ['unauthorizedPermissionRequested', 401, 'unauthorized permission requested'],
    ['missingScopes', 401, 'missing scopes'],
    ['missingScopes403', 403, 'missing scopes'],
    ['gateway', 401, '{"code":401,"message":"Unauthorized; scope does not match"}'],
  ] as const)('a missing scope is answered as the switch says: %s', async (missingScope, status, text) => {
    const reader = await callerFor(trello, { scope: 'read:member:trello' })
    trello.switches.set({ missingScope })
    expect(await reader('GET', `/boards/${board}`)).toMatchObject({ status, text })
    const [{ message }] = (await reader('GET', `/batch?urls=/boards/${board}`)).json
    expect(text).toContain(message)
  })

  it.each([
    ['invalidToken', 'invalid token'],
    ['expiredToken', 'expired token'],
    ['gateway', '{"code":401,"message":"Unauthorized"}'],
    ['empty', ''],
  ] as const)('a token that has ended is answered as the switch says: %s', async (endedAccessToken, text) => {
    trello.switches.set({ endedAccessToken })
    const ended = callerWith(trello, { authorization: 'Bearer an-ended-token' })
    expect(await ended('GET', '/members/me')).toMatchObject({ status: 401, text })
  })

  it('writing needs its scope, reading a board of another workspace is 403', async () => {
    const reader = await callerFor(trello, { scope: 'read:board:trello' })
    expect(await reader('POST', '/cards', { idList: list, name: 'x' })).toMatchObject({
      status: 401,
      text: 'unauthorized permission requested',
    })
    expect((await reader('GET', `/boards/${trello.boards[1]?.id}`)).status).toBe(403)
    expect((await reader('GET', '/members/me')).json.email).toBeUndefined()
    expect((await call('GET', '/members/me')).json.email).toBe('amaokafor@example.com')
  })

  it('an id that is none is refused before the token is looked at', async () => {
    expect(await callerWith(trello, {})('GET', '/boards/nothing-such')).toMatchObject({
      status: 400,
      text: 'invalid id',
    })
    expect(await callerWith(trello, {})('GET', `/boards/${board}`)).toMatchObject({
      status: 401,
      text: 'invalid token',
    })
  })

  it('an old token opens all workspaces, with its key', async () => {
    const token = trello.legacyTokens.issue(trello.members[0].id, { scope: 'read' })
    const old = callerWith(trello, {})
    expect((await old('GET', `/members/me/boards?key=abc&token=${token}`)).json).toHaveLength(3)
    expect((await old('GET', `/members/me/boards?token=${token}`)).text).toBe('invalid key')
    expect((await old('POST', '/cards', { idList: list, key: 'abc', token, name: 'x' })).status).toBe(401)
    expect((await old('GET', `/tokens/${token}?key=abc&token=${token}`)).json).toMatchObject({
      idMember: trello.members[0].id,
      dateExpires: null,
    })
    const header = `OAuth oauth_consumer_key="abc", oauth_token="${token}"`
    expect((await callerWith(trello, { authorization: header })('GET', '/members/me')).status).toBe(200)
    await old('DELETE', `/tokens/${token}?key=abc&token=${token}`)
    expect((await old('GET', `/members/me?key=abc&token=${token}`)).text).toBe('invalid token')
  })

  it('the API is at trello.com as well, where old code asks, with CORS', async () => {
    const token = trello.legacyTokens.issue(trello.members[0].id)
    const at = (path: string, method = 'GET') => ask(trello, trello.origins.trello + path, { method })
    const me = await at(`/1/members/me?fields=username&key=abc&token=${token}`)
    expect([me.status, me.json.username, me.headers['access-control-allow-origin']]).toEqual([
      200,
      trello.members[0].username,
      '*',
    ])
    expect((await at('/1/cards', 'OPTIONS')).status).toBe(204)
    expect((await at('/1/authorize?key=abc')).headers['content-type']).toContain('text/html')
    expect((await at('/1/client.js?key=abc')).headers['content-type']).toContain('text/javascript')
  })

  it.each(['return_url', 'redirect_uri'])('the old consent comes back to its %s', async (name) => {
    const query = new URLSearchParams({ key: 'abc', [name]: 'https://power-up.example/back' })
    const { text } = await ask(trello, `${trello.origins.trello}/1/authorize?${query}`)
    expect(text).toMatch(/href="https:\/\/power-up\.example\/back#token=ATTA/)
  })

  it('what Trello has and the local Trello has not is 501, and named in the log', async () => {
    const answer = await call('POST', `/boards/${board}/calendarKey/generate`)
    expect([answer.status, answer.text]).toEqual([
      501,
      `The local Trello has no POST /1/boards/${board}/calendarKey/generate. Trello has it.`,
    ])
    expect((await call('GET', `/boards/${board}/boardStars`)).text).toBe(
      'The local Trello has no "boardStars" of this model.',
    )
    expect((await call('GET', '/members/me/notifications')).status).toBe(501)
    await call('GET', '/members/me?fields=fullName,goldSunrise&savedSearches=all')
    const missing = trello.log.lines.filter(({ area, isBad }) => area === 'missing' && isBad)
    expect(missing.map(({ words }) => words)).toEqual([
      `The local Trello has no POST /1/boards/${board}/calendarKey/generate`,
      'The local Trello has no "boardStars" of this model',
      'The local Trello has no "notifications" of this model',
      'The local Trello has no field "goldSunrise"',
      'The local Trello has no "savedSearches" inside a model',
    ])
    expect((await call('GET', '/nothing/at/all')).text).toBe('Cannot GET /1/nothing/at/all')
  })

  it('a parameter that changes nothing here is named in the log, and one that is read is not', async () => {
    const id = await newCard()
    await call('PUT', `/cards/${id}`, { name: 'A name', cover: { color: 'red' } })
    await call('PUT', `/cards/${id}/cover`, { value: { color: 'red' } })
    await call('PUT', `/cards/${id}/desc?value=Words`)
    await call('PUT', `/boards/${board}?prefs/background=red`)
    await call('POST', `/lists/${list}/moveAllCards`, { idBoard: board, idList: list })
    const missing = trello.log.lines.filter(({ area, isBad }) => area === 'missing' && isBad)
    expect(missing.map(({ words }) => words)).toEqual([
      `The local Trello has no parameter "cover" of PUT /1/cards/${id}`,
      `The local Trello has no parameter "value" of PUT /1/cards/${id}/cover`,
      `The local Trello has no parameter "prefs/background" of PUT /1/boards/${board}`,
    ])
  })
})

describe('rate limits', () => {
  it('the hundred and first call of a token in ten seconds is refused, and the headers say so', async () => {
    trello.switches.set({ rateLimit: 'enforced' })
    const other = await callerFor(trello, { member: 1 })
    const answers = await Promise.all(Array.from({ length: 101 }, () => other('GET', '/members/me')))
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(1)
    const refused = answers.find(({ status }) => status === 429)
    expect(refused?.json.error).toBe('API_TOKEN_LIMIT_EXCEEDED')
    expect(refused?.headers).toMatchObject({
      'x-rate-limit-api-token-max': '100',
      'x-rate-limit-api-token-remaining': '0',
    })
  })
})
