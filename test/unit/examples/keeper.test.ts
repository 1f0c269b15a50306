// @vitest-environment node
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type LocalTrello, startLocalTrello } from '../../../examples/local-trello/local-trello'
import { allowLoopback } from '../server/support/keeper-at-trello'
import { callerFor } from './local-trello/support/caller'
import { ask } from './local-trello/support/http'
import { consent } from './local-trello/support/sign-in'
import { type KeeperExample, startKeeperExample } from './support/keeper-example'

const scope = 'read:board:trello write:board:trello read:member:trello offline_access'

// The example imports the package by its name, so it runs on what was built.
let trello: LocalTrello
let keeper: KeeperExample
let key: string
beforeAll(async () => {
  trello = await startLocalTrello({ port: 0, quiet: true })
  keeper = await startKeeperExample(trello)
  key = `member=${trello.members[0].id}&workspace=${trello.workspaces[0].id}`
})
beforeEach(allowLoopback)
afterAll(async () => {
  await keeper.stop()
  await trello.close()
})

const server = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${keeper.port}${path}`, init)

describe('examples/keeper', () => {
  it('takes the consent of a frame', async () => {
    const context = { member: trello.members[0].id, board: trello.boards[0].id, plugin: trello.powerUpId }
    const ticket = await ask(trello, `${trello.origins.trello}/t`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'jwt', args: {}, context }),
    })
    const { code, verifier } = await consent(trello, { scope })
    const response = await server('/token', {
      method: 'POST',
      headers: {
        origin: trello.origins.powerUp,
        'content-type': 'application/json',
        authorization: `Bearer ${ticket.json.result}`,
      },
      body: JSON.stringify({
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        workspace: trello.workspaces[0].id,
      }),
    })
    expect(response.status).toBe(200)
  })

  it('answers a webhook with a comment as the person, and nobody who lacks its secret', async () => {
    const call = await callerFor(trello)
    const lists = await call('GET', `/boards/${trello.boards[0].id}/lists`)
    const { id } = (await call('POST', '/cards', { idList: lists.json[0].id, name: 'A new card' })).json
    const query = (secret: string) => new URLSearchParams({ secret, key }).toString()
    const { WEBHOOK_SECRET = '' } = keeper.environment
    const body = JSON.stringify({ action: { type: 'createCard', data: { card: { id } } } })
    expect((await server(`/webhook?${query('wrong')}`, { method: 'POST', body })).status).toBe(404)
    expect((await server(`/webhook?${query(WEBHOOK_SECRET)}`, { method: 'HEAD' })).status).toBe(200)
    expect((await server(`/webhook?${query(WEBHOOK_SECRET)}`, { method: 'POST', body })).status).toBe(200)
    const actions = await call('GET', `/cards/${id}/actions?filter=commentCard`)
    expect(actions.json).toMatchObject([
      { idMemberCreator: trello.members[0].id, data: { text: 'Thank you for this card.' } },
    ])
  })

  it('reminds people at night', async () => {
    const call = await callerFor(trello)
    const lists = await call('GET', `/boards/${trello.boards[0].id}/lists`)
    const due = new Date(Date.now() + 3 * 24 * 3_600_000).toISOString()
    const card = { idList: lists.json[0].id, name: 'Soon', due, idMembers: [trello.members[0].id] }
    await call('POST', '/cards', card)
    const { code, said } = await keeper.run(process.execPath, 'nightly.js')
    expect([code, said.includes('reminded of Soon')]).toEqual([0, true])
  })

  it('has a worker of fifteen lines in Python', async ({ skip }) => {
    if (spawnSync('python3', ['--version']).status !== 0) skip('There is no python3 here.')
    const { code, said } = await keeper.run('python3', 'worker.py', { KEY: key })
    expect([code, said.trim()]).toEqual([0, trello.members[0].username])
    const lines = readFileSync('examples/keeper/worker.py', 'utf8').split('\n')
    expect(lines.filter((line) => line.trim() && !line.startsWith('#')).length).toBeLessThanOrEqual(15)
  })

  it('knows no other path', async () => {
    expect((await server('/')).status).toBe(404)
    expect((await server('/broker?key=a')).status).toBe(401)
  })
})
