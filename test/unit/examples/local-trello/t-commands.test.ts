// @vitest-environment node
import { importJWK, importSPKI, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalTrello, startLocalTrello } from '../../../../examples/local-trello/local-trello'
import { ask } from './support/http'

let trello: LocalTrello
let context: Record<string, unknown>
beforeAll(async () => {
  trello = await startLocalTrello({ port: 0, quiet: true })
  context = {
    board: trello.boards[0].id,
    member: trello.members[0].id,
    organization: trello.workspaces[0].id,
    plugin: 'plugin-1',
  }
})
afterAll(() => trello.close())

async function run(name: string, args: object = {}, of: object = context): Promise<unknown> {
  const { json } = await ask(trello, `${trello.origins.trello}/t`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, args, context: of }),
  })
  if (json.error !== undefined) throw new Error(json.error)
  return json.result
}

describe('t.set and t.get', () => {
  it('keep what is private to a member, and share what is shared', async () => {
    await run('set', { scope: 'board', visibility: 'private', entries: { a: 1, b: { c: [2] } } })
    await run('set', { scope: 'board', visibility: 'shared', entries: { d: 'all' } })
    expect(await run('get', { scope: 'board', visibility: 'private', key: 'b' })).toEqual({ c: [2] })
    expect(await run('get', { scope: 'board', visibility: 'private' })).toEqual({ a: 1, b: { c: [2] } })
    const other = { ...context, member: trello.members[1]?.id }
    expect(await run('get', { scope: 'board', visibility: 'private' }, other)).toEqual({})
    expect(await run('get', { scope: 'board', visibility: 'shared', key: 'd' }, other)).toBe('all')
    await run('remove', { scope: 'board', visibility: 'private', keys: ['a', 'b'] })
    expect(await run('get', { scope: 'board', visibility: 'private' })).toEqual({})
  })

  it.each([
    ['board', 8192],
    ['organization', 8192],
    ['member', 4096],
  ])('%s holds %i characters, and no more', async (scope, limit) => {
    const fits = { x: 'y'.repeat(limit - '{"x":""}'.length) }
    await run('set', { scope, visibility: 'private', entries: fits })
    const more = { x: `${fits.x}y` }
    await expect(run('set', { scope, visibility: 'private', entries: more })).rejects.toThrow(
      `PluginData length of ${limit} characters exceeded`,
    )
    await run('remove', { scope, visibility: 'private', keys: ['x'] })
  })

  it('share no token, keep nothing for visitors, and know no other scopes', async () => {
    const shared = { scope: 'board', visibility: 'shared', entries: { auth_token: 'x' } }
    await expect(run('set', shared)).rejects.toThrow('must not hold a token')
    const visitor = { ...context, member: 'notLoggedIn' }
    const own = { scope: 'member', visibility: 'private', entries: { a: 1 } }
    await expect(run('set', own, visitor)).rejects.toThrow('logged in')
    await expect(run('get', { scope: 'team', visibility: 'private' })).rejects.toThrow('Invalid scope: team')
    await expect(run('get', { scope: 'card', visibility: 'private' })).rejects.toThrow(
      'no card in this context',
    )
  })

  it('take the id of a card for a scope', async () => {
    const cards = (await run('model', { name: 'cards', fields: ['id'] })) as { id: string }[]
    const scope = cards[1]?.id
    await run('set', { scope, visibility: 'shared', entries: { a: 1 } })
    expect(await run('get', { scope: 'card', visibility: 'shared' }, { ...context, card: scope })).toEqual({
      a: 1,
    })
  })
})

describe('the models of t', () => {
  it('have the fields that are asked for', async () => {
    expect(await run('model', { name: 'board', fields: ['name', 'members'] })).toMatchObject({
      name: 'Spring programme',
      members: [{ fullName: 'Ama Okafor', avatar: null }, {}],
    })
    expect(await run('model', { name: 'lists', fields: ['name'] })).toEqual([
      { name: 'Ideas' },
      { name: 'Doing' },
      { name: 'Done' },
    ])
    expect(await run('model', { name: 'organization', fields: ['name'] })).toEqual({ name: 'Harbour House' })
    const [card] = (await run('model', { name: 'cards', fields: ['all'] })) as Record<string, unknown>[]
    expect(card).toMatchObject({
      name: 'Invite the choir',
      labels: [{ name: 'Music', color: 'blue' }],
      badges: { checkItemsChecked: 1 },
      url: expect.stringMatching(/^https:\/\/trello\.com\/c\/\w{8}\/1-invite-the-choir$/),
    })
    await expect(run('model', { name: 'card', fields: [] })).rejects.toThrow(
      'There is no card in this context.',
    )
  })

  it('name a field that they have not', async () => {
    trello.log.clear()
    expect(await run('model', { name: 'board', fields: ['colour'] })).toEqual({})
    expect(trello.log.lines.at(-1)?.words).toBe('The local Trello has no field "colour" of t.board()')
  })
})

describe('t.jwt', () => {
  it('is signed for fifteen minutes with a key that Trello publishes', async () => {
    const token = String(await run('jwt', { state: 'my-state' }))
    const keys = await ask(trello, `${trello.origins.api}/1/resource/jwt-public-keys`)
    const key = await importSPKI(keys.json.keys[0], 'RS256')
    const { payload } = await jwtVerify(token, key)
    expect(payload).toMatchObject({
      idMember: trello.members[0].id,
      idBoard: trello.boards[0].id,
      idPlugin: 'plugin-1',
      state: 'my-state',
    })
    expect(Number(payload.exp) - Number(payload.iat)).toBe(900)
  })

  it('has its keys as a JWK set too, and keys that are not there', async () => {
    trello.switches.set({ ticketKeys: 'jwks' })
    const { json } = await ask(trello, `${trello.origins.api}/1/resource/jwt-public-keys`)
    const key = await importJWK(json.keys[0], 'RS256')
    expect((await jwtVerify(String(await run('jwt')), key, { issuer: 'trello' })).payload.iss).toBe('trello')
    trello.switches.set({ ticketKeys: 'down' })
    expect((await ask(trello, `${trello.origins.api}/1/resource/jwt-public-keys`)).status).toBe(503)
    trello.switches.reset()
  })

  it.each(['expired', 'foreignKey', 'unsigned', 'hs256', 'otherPowerUp', 'otherMember'] as const)(
    'is no ticket for this Power-Up where the switch says "%s"',
    async (position) => {
      trello.switches.set({ ticket: position })
      const text = String(await run('jwt'))
      trello.switches.reset()
      const { json } = await ask(trello, `${trello.origins.api}/1/resource/jwt-public-keys`)
      const key = await importSPKI(json.keys[0], 'RS256')
      const verified = await jwtVerify(text, key, { algorithms: ['RS256'] }).catch(() => undefined)
      const { idPlugin, idMember } = verified?.payload ?? {}
      expect([idPlugin, idMember]).not.toEqual(['plugin-1', trello.members[0].id])
      expect(text.split('.')).toHaveLength(3)
    },
  )

  it('fails where the switch says so', async () => {
    trello.switches.set({ ticket: 'failing' })
    await expect(run('jwt')).rejects.toThrow('t.jwt() failed.')
    trello.switches.reset()
  })

  it('takes a state of 2048 characters at most', async () => {
    await expect(run('jwt', { state: 'x'.repeat(2049) })).rejects.toThrow('2049 characters')
  })
})

it('a command that is not here is named in the log', async () => {
  trello.log.clear()
  await expect(run('dance')).rejects.toThrow('UnsupportedCommand')
  expect(trello.log.lines.at(-1)).toMatchObject({
    area: 'missing',
    words: 'The local Trello has no t.dance()',
  })
})
