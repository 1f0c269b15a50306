// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { createPage, pageOf } from '../../../src/client/page'
import { createBrowser } from '../support/browser'
import { liveGrant, storedEntry } from '../support/grants'
import { createStorage } from '../support/key-value-store'

function setUp() {
  const { frame } = createBrowser()
  const opened = frame()
  const storage = createStorage()
  return { frame: opened, storage, page: createPage(opened.platform, storage) }
}

describe('a page', () => {
  it('is one for all who use the same browser', () => {
    const { frame } = createBrowser()
    const { platform } = frame()
    expect(pageOf(platform)).toBe(pageOf(platform))
    expect(pageOf(frame().platform)).not.toBe(pageOf(platform))
  })

  it('has one grant for each key, opened at its first use', () => {
    const { frame, page } = setUp()
    expect(frame.listeners.wake).toBe(0)
    const grant = page.grant('a')
    expect(frame.listeners.wake).toBe(1)
    expect(page.grant('a')).toBe(grant)
    expect(page.grant('b')).not.toBe(grant)
    expect(page.grantKeys()).toEqual(['a', 'b'])
  })

  it('opens nothing where it only looks for a grant', () => {
    const { frame, page } = setUp()
    expect(page.openGrant('a')).toBeUndefined()
    expect(frame.listeners.wake).toBe(0)
    expect(page.openGrant('a')).toBeUndefined()
    const grant = page.grant('a')
    expect(page.openGrant('a')).toBe(grant)
  })

  it('gives states of equal fields as the same object', () => {
    const { page } = setUp()
    const state = () => page.sameState({ status: 'notAuthorized', persistent: true })
    expect(state()).toBe(state())
  })
})

describe('a page that uses many grants', () => {
  const useMany = (page: ReturnType<typeof createPage>, count: number) => {
    for (let i = 0; i < count; i++) page.grant(`other-${i}`)
  }

  it('keeps 16 open, and closes the one that was not used for longest', () => {
    const { page, frame } = setUp()
    const first = page.grant('a')
    useMany(page, 15)
    expect(page.grantKeys()).toHaveLength(16)
    expect(page.grant('a')).toBe(first)
    useMany(page, 1_000)
    expect(page.grantKeys()).toHaveLength(16)
    expect(frame.listeners.wake).toBe(16)
    expect(page.openGrant('a')).toBeUndefined()
    expect(page.grant('a')).not.toBe(first)
  })

  it('keeps a grant that somebody listens to', () => {
    const { page } = setUp()
    const grant = page.grant('a')
    const stop = grant.changes.subscribe(() => undefined)
    useMany(page, 20)
    expect(page.openGrant('a')).toBe(grant)
    stop()
    useMany(page, 40)
    expect(page.openGrant('a')).toBeUndefined()
  })

  it('keeps a living grant, which is renewed in the background', async () => {
    const { page, storage } = setUp()
    storage.values.set('a', storedEntry({ record: liveGrant() }))
    const grant = page.grant('a')
    await grant.store.read()
    useMany(page, 20)
    expect(page.openGrant('a')).toBe(grant)
  })

  it('keeps a grant of which something is yet to be stored', async () => {
    const { page, storage } = setUp()
    const grant = page.grant('a')
    storage.writes = 'fail'
    await grant.store.commit((entry) => ({ ...entry }))
    useMany(page, 20)
    expect(page.openGrant('a')).toBe(grant)
  })
})
