import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Frame, Tab } from './support/driver'
import { inEachEngine } from './support/engines'
import { openStage, type Stage, signIn } from './support/stage'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.close())

inEachEngine('the main job', (_engine, browser) => {
  let board: Tab
  let frame: Frame

  beforeAll(async () => {
    stage.trello.switches.reset()
    const opened = await stage.openBoard(browser())
    board = opened.tab
    frame = opened.frames[0] as Frame
  })

  it('the person signs in through the popup', async () => {
    // A new profile may be slow to open its first database.
    await frame.waitFor('client.state.persistent')
    expect(await frame.evaluate('client.state')).toEqual({ status: 'notAuthorized', persistent: true })
    expect(await signIn(browser(), frame)).toBe('authorized')
    expect(await frame.evaluate('client.state')).toEqual({
      status: 'authorized',
      scopes: ['read:board:trello', 'read:member:trello'],
      missingScopes: [],
      workspace: stage.trello.workspaces[0].id,
      persistent: true,
    })
    const [request] = stage.trello.log.authorizationRequests
    expect(request).toMatchObject({
      response_type: 'code',
      prompt: 'consent',
      code_challenge_method: 'S256',
      resource: `ari:cloud:trello::workspace/${stage.trello.workspaces[0].id}`,
      scope: 'read:board:trello read:member:trello offline_access',
    })
    expect(request).not.toHaveProperty('audience')
  })

  it('the popup leaves nothing in its first-party storage', async () => {
    const first = await browser().openTab(`${stage.trello.origins.powerUp}/callback.html`)
    expect(await first.evaluate(() => Object.keys(localStorage))).toEqual([])
    expect(await first.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))).toEqual(
      [],
    )
    await first.close()
  })

  it('a call reaches the API with the bearer', async () => {
    const me = await frame.evaluate<{ id: string }>('client.api.get("/1/members/me")')
    expect(me.id).toBe(stage.trello.members[0].id)
  })

  it('a second frame and a second tab are authorized without asking', async () => {
    const sibling = await stage.addFrame(board)
    expect(await sibling.evaluate('client.isAuthorized()')).toBe(true)
    const { tab, frames } = await stage.openBoard(browser())
    expect(await (frames[0] as Frame).evaluate('client.isAuthorized()')).toBe(true)
    await tab.close()
  })

  it('ten calls in each frame of two tabs make one token request at expiry', async () => {
    const other = await stage.openBoard(browser(), {}, 3)
    const here = [frame, await stage.addFrame(board), await stage.addFrame(board)]
    const frames = [...here, ...other.frames]
    stage.trello.expireAccessTokens()
    stage.trello.log.clear()
    const tenCalls = 'settled(Array.from({ length: 10 }, () => client.api.get("/1/members/me")))'
    const results = await Promise.all(frames.map((each) => each.evaluate<{ failure?: unknown }[]>(tenCalls)))
    expect(results.flat().filter(({ failure }) => failure)).toEqual([])
    expect(results.flat()).toHaveLength(60)
    expect(stage.trello.log.tokenRequests).toHaveLength(1)
    await other.tab.close()
  })

  it('a revoked grant shows as tokenExpired in every frame, and after a reload', async () => {
    const sibling = await stage.addFrame(board)
    stage.trello.revokeGrants()
    const [result] = await frame.evaluate<{ failure: { code: string } }[]>(
      'settled([client.api.get("/1/members/me")])',
    )
    expect(result?.failure.code).toBe('tokenExpired')
    await sibling.waitFor('client.state.status === "tokenExpired"')
    await board.reload()
    const again = await stage.addFrame(board)
    expect(await again.evaluate('client.state')).toMatchObject({ status: 'tokenExpired', reason: 'revoked' })
    expect(await signIn(browser(), again)).toBe('authorized')
    frame = again
  })

  it('a sign-out shows in every frame at once', async () => {
    const sibling = await stage.addFrame(board)
    await frame.evaluate('client.signOut()')
    await sibling.waitFor('client.state.status === "notAuthorized"')
    const [result] = await sibling.evaluate<{ failure: { code: string } }[]>(
      'settled([client.getAccessToken()])',
    )
    expect(result?.failure.code).toBe('notAuthorized')
  })

  it('a person who says no changes no state', async () => {
    expect(await signIn(browser(), frame, 'deny')).toBe('accessDenied')
    expect(await frame.evaluate('client.readState()')).toEqual({ status: 'notAuthorized', persistent: true })
  })
})
