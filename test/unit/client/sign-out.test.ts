// @vitest-environment node

import { describe, expect, it } from 'vitest'
import { AuthorizationError } from '../../../src/base/errors'
import type { ClientEvent } from '../../../src/base/events'
import { createPage } from '../../../src/client/page'
import { type SignedInClient, signOut } from '../../../src/client/sign-out'
import type { LiveGrant } from '../../../src/grant/grant'
import { grantKey } from '../../../src/grant/key'
import { createLocks } from '../../../src/grant/lock'
import { createSignIns } from '../../../src/sign-in/in-progress'
import { createBrowser } from '../support/browser'
import { settle } from '../support/clock'
import { attempt, expiredGrant, liveGrant, storedEntry, tokenSet } from '../support/grants'
import { createStorage } from '../support/key-value-store'
import { errorOf, watch } from '../support/outcome'

const parts = { authorizationEndpoint: 'https://auth.example/authorize', clientId: 'c', member: 'm' }
const here = grantKey({ ...parts, workspace: 'here' })
const there = grantKey({ ...parts, workspace: 'there' })
const foreign = grantKey({ ...parts, workspace: 'here', member: 'another' })

function setUp(revoke: () => Promise<unknown> = async () => undefined) {
  const browser = createBrowser()
  const storage = createStorage()
  const { platform } = browser.frame()
  const page = createPage(platform, storage)
  const events: ClientEvent[] = []
  const revoked: (string | undefined)[] = []
  for (const key of [here, there, foreign]) {
    storage.values.set(key, storedEntry({ record: liveGrant({ generation: key }), attempts: [attempt()] }))
  }
  const client: SignedInClient = {
    grantKey: here,
    revoke: (grant) => {
      revoked.push(grant.generation)
      return revoke()
    },
    emit: (event) => void events.push(event),
  }
  const leave = (everyWorkspace: boolean, differences: Partial<SignedInClient> = {}) =>
    signOut(page, { ...client, ...differences }, everyWorkspace)
  return { ...browser, platform, storage, page, events, revoked, leave }
}

describe('a sign-out', () => {
  it('removes record and attempts, then revokes what was there', async () => {
    const { leave, storage, revoked, events } = setUp()
    await leave(false)
    expect([...storage.values.keys()]).toEqual([there, foreign])
    expect(revoked).toEqual([here])
    expect(events).toEqual([{ type: 'signedOut', everyWorkspace: false }])
  })

  it('is seen in this frame in the very task of the click', async () => {
    const { leave, page } = setUp()
    const { store } = page.grant(here)
    await store.read()
    void leave(true)
    expect(store.view()).toMatchObject({ attempts: [] })
    expect(store.view().record).toBeUndefined()
  })

  it('of every workspace takes the grants of the same server, client and member', async () => {
    const { leave, storage, revoked, events } = setUp()
    await leave(true)
    expect([...storage.values.keys()]).toEqual([foreign])
    expect(revoked.sort()).toEqual([here, there].sort())
    expect(events).toEqual([{ type: 'signedOut', everyWorkspace: true }])
  })

  it('of every workspace is heard of in all frames, also where a page can not keep so many grants open', async () => {
    const { leave, storage, frame } = setUp()
    const other = createPage(frame().platform, storage)
    const keys = Array.from({ length: 30 }, (_, index) => grantKey({ ...parts, workspace: `w${index}` }))
    for (const key of keys) {
      storage.values.set(key, storedEntry({ record: liveGrant({ generation: key }) }))
      other.grant(key).changes.subscribe(() => undefined)
      await other.grant(key).store.read()
    }
    await leave(true)
    await settle()
    expect(keys.filter((key) => other.grant(key).store.view().record)).toEqual([])
  })

  it('calls off the sign-in that goes on', async () => {
    const { leave, page, platform } = setUp()
    const ends: (AuthorizationError | undefined)[] = []
    const signIns = createSignIns(platform, createLocks(platform), () => undefined)
    page.grant(here).signIns = signIns
    signIns.begin({ scopes: [], needed: [] }, (error) => ends.push(error))
    await leave(false)
    expect(ends).toEqual([expect.any(AuthorizationError)])
    expect(ends[0]?.code).toBe('aborted')
  })

  it('revokes nothing where nothing was alive', async () => {
    const { leave, storage, revoked } = setUp()
    storage.values.set(here, storedEntry({ record: expiredGrant() }))
    await leave(false)
    storage.values.delete(here)
    await leave(false)
    expect(revoked).toEqual([])
  })

  it('waits three seconds for a revocation at most, and takes its failure for nothing', async () => {
    const hanging = setUp(() => new Promise(() => undefined))
    const outcome = watch(hanging.leave(false))
    await hanging.clock.advance(2_999)
    expect(outcome.status).toBe('pending')
    await hanging.clock.advance(1)
    expect(outcome.status).toBe('resolved')
    const failing = setUp(() => Promise.reject(new Error('offline')))
    await failing.leave(false)
    expect(failing.events).toHaveLength(1)
  })

  it('waits for no lock', async () => {
    const { leave, locks, storage } = setUp()
    void locks.request(`powerup-oauth:refresh:${here}`, () => new Promise(() => undefined))
    await leave(false)
    expect(storage.values.has(here)).toBe(false)
  })

  it('rejects where the storage may still hold the grant, and removes it later', async () => {
    const { leave, storage, clock, events, page } = setUp()
    await page.grant(here).store.read()
    storage.writes = 'fail'
    expect(await errorOf(leave(false))).toBeInstanceOf(Error)
    expect(events).toEqual([])
    storage.writes = 'work'
    await clock.advance(2_000)
    expect(storage.values.has(here)).toBe(false)
  })

  it('revokes also what could not be stored yet', async () => {
    const tokens: string[] = []
    const { leave, storage, page, clock } = setUp()
    const { store } = page.grant(here)
    await store.read()
    storage.writes = 'fail'
    const newer = liveGrant({ generation: 'newer', tokenSet: tokenSet({ accessToken: 'access-1' }) })
    await store.commit((entry) => ({ ...entry, record: newer }))
    storage.writes = 'work'
    const revoke = async (grant: LiveGrant) => tokens.push(grant.tokenSet.accessToken)
    await leave(false, { revoke })
    await clock.advance(2_000)
    expect(tokens).toEqual(['access-0', 'access-1'])
    expect(storage.values.has(here)).toBe(false)
  })

  it('revokes also what it could not remove yet', async () => {
    const { leave, storage, page, revoked, clock } = setUp()
    await page.grant(here).store.read()
    storage.writes = 'fail'
    await errorOf(leave(false))
    expect(revoked).toEqual([here])
    storage.writes = 'work'
    await clock.advance(60_000)
    expect([storage.values.has(here), revoked]).toEqual([false, [here]])
  })

  it('revokes what it has removed also where the others can not be listed', async () => {
    const { leave, storage, revoked, page } = setUp()
    await page.grant(here).store.read()
    storage.reads = 'fail'
    await expect(leave(true)).rejects.toThrow()
    expect([storage.values.has(here), revoked]).toEqual([false, [here]])
  })

  it.each(['fail', 'hang'] as const)(
    'of every workspace looks the others up later where that can not be done: reads %s',
    async (mode) => {
      const { leave, storage, clock } = setUp()
      storage.reads = mode
      const outcome = watch(leave(true))
      await clock.advance(4_000)
      expect(outcome.status).toBe('rejected')
      storage.reads = 'work'
      const elsewhere = grantKey({ ...parts, workspace: 'elsewhere' })
      const later = { grantedAt: clock.now(), generation: 'later' }
      storage.values.set(elsewhere, storedEntry({ record: liveGrant(later) }))
      await clock.advance(60_000)
      // What somebody has consented to since stays.
      expect([...storage.values.keys()]).toEqual([foreign, elsewhere])
    },
  )

  it('of every workspace takes along what lives in the memory of this page alone', async () => {
    const { leave, storage, page, revoked } = setUp()
    await page.grant(there).store.read()
    storage.values.delete(there)
    const outcome = watch(leave(true))
    expect(page.grant(there).store.view().record).toBeUndefined()
    await settle()
    expect([outcome.status, revoked]).toEqual(['resolved', [here, there]])
  })

  it('of every workspace ends where the storage never answers', async () => {
    const { leave, storage, page, revoked, clock } = setUp()
    await page.grant(here).store.read()
    storage.reads = 'hang'
    storage.writes = 'hang'
    const outcome = watch(leave(true))
    await clock.advance(12_000)
    expect([outcome.status, revoked]).toEqual(['rejected', [here]])
  })

  it('rejects once where no workspace could be reached', async () => {
    const { leave, storage } = setUp()
    const unhandled: unknown[] = []
    const note = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', note)
    storage.reads = 'fail'
    storage.writes = 'fail'
    await expect(leave(true)).rejects.toThrow()
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
})
