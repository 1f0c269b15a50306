import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type LocalTrello, startLocalTrello } from '../../examples/local-trello/local-trello'
import { callerFor } from '../unit/examples/local-trello/support/caller'
import { type KeeperExample, startKeeperExample } from '../unit/examples/support/keeper-example'
import type { Frame, Tab } from './support/driver'
import { inEachEngine } from './support/engines'
import { answerConsent } from './support/stage'

const fixture = (path: string) => fileURLToPath(new URL(`fixtures/${path}`, import.meta.url))

inEachEngine('a keeper', (_engine, browser) => {
  let trello: LocalTrello
  let keeper: KeeperExample
  let board: Tab
  let section: Frame
  let key: string

  beforeAll(async () => {
    trello = await startLocalTrello({
      port: 0,
      quiet: true,
      fixturesDirectory: fixture(''),
      powerUpDirectory: fixture('keeper-power-up'),
    })
    keeper = await startKeeperExample(trello)
    key = `member=${trello.members[0].id}&workspace=${trello.workspaces[0].id}`
    board = await browser().openTab(trello.boardUrl({ openCard: true }))
    section = board.frame('iframe[data-frame="section"]')
    await section.waitFor('typeof window.makeClient === "function"')
    await section.evaluate(`makeClient("http://keeper.localhost:${keeper.port}/token")`)
    await section.waitFor('client.state.status === "notAuthorized"')
  })
  afterAll(async () => {
    await keeper.stop()
    await trello.close()
  })

  it('the person connects once, in the frame, and only the keeper gets the refresh token', async () => {
    const window = await browser().popupOf(() => section.click('#connect'))
    await answerConsent(window)
    await section.waitFor('client.state.status === "authorized"')
    const stored = await section.evaluate<object[]>(
      'storage.entries().then((entries) => entries.map(([, { record }]) => record.tokenSet))',
    )
    expect(stored).toEqual([
      { accessToken: expect.any(String), obtainedAt: expect.any(Number), expiresAt: expect.any(Number) },
    ])
    expect(await section.evaluate('failures')).toEqual([])
    expect(trello.log.tokenRequests).toMatchObject([{ grantType: 'authorization_code', origin: '' }])
  })

  it('the frame and the server share one access token, and one request for the next', async () => {
    expect(await keeper.token(key)).toBe(await section.evaluate('client.getAccessToken()'))
    const { id } = await section.evaluate<{ id: string }>('client.api.get("/1/members/me")')
    expect(id).toBe(trello.members[0].id)
  })

  it('a job at night, with the board closed, writes a comment as the person', async () => {
    const [member] = trello.members
    const call = await callerFor(trello)
    const lists = await call('GET', `/boards/${trello.boards[0].id}/lists`)
    const due = new Date(Date.now() + 3 * 24 * 3_600_000).toISOString()
    const card = { idList: lists.json[0].id, name: 'Due soon', due, idMembers: [member.id] }
    const { id } = (await call('POST', '/cards', card)).json
    await board.close()
    trello.expireAccessTokens()
    trello.log.clear()

    expect(await keeper.run(process.execPath, 'nightly.js')).toMatchObject({ code: 0 })
    expect(trello.log.tokenRequests).toMatchObject([{ grantType: 'refresh_token', outcome: 'success' }])
    const actions = await callerFor(trello).then((again) =>
      again('GET', `/cards/${id}/actions?filter=commentCard`),
    )
    expect(actions.json[0]).toMatchObject({ idMemberCreator: member.id, data: { text: 'Due this week.' } })
  })

  it('no secret is in what the server wrote', () => {
    expect(keeper.said()).toContain('grantStored')
    for (const { value } of trello.log.secrets) expect(keeper.said()).not.toContain(value)
  })
})
