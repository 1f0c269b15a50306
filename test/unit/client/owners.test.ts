// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { Platform } from '../../../src/base/platform'
import { isElsewhere } from '../../../src/client/owners'
import { type ClientSetUp, clientSetUp, keyOf } from '../support/client'
import { settle, until } from '../support/clock'
import { attempt } from '../support/grants'

/** Two frames of one partition: somebody signs in, in the first. */
async function signingIn(differences: Partial<Platform> = {}) {
  const first = clientSetUp({}, differences)
  const second = first.open()
  const controller = new AbortController()
  const outcome = first.client.authorize({ signal: controller.signal }).then(
    () => 'authorized',
    (error) => error.code,
  )
  await until(() => isOpened(first))
  await settle()
  return { first, second, outcome, abort: () => controller.abort() }
}

function isOpened({ storage, key }: ClientSetUp): boolean {
  return storage.values.has(key)
}

describe('a sign-in that a page waits for', () => {
  it('shows as here in that page, and as elsewhere in the others', async () => {
    const { first, second } = await signingIn()
    expect(await first.client.readState()).toMatchObject({ signIn: 'here' })
    expect(await second.client.readState()).toMatchObject({ signIn: 'elsewhere' })
    expect(second.client.state).toMatchObject({ signIn: 'elsewhere' })
  })

  it('is told to those who subscribe, without a word about the time before that was known', async () => {
    const { second } = await signingIn()
    const said: unknown[] = []
    second.client.subscribe((state) => void said.push('signIn' in state ? state.signIn : state.status))
    await until(() => said.includes('elsewhere'))
    expect(said).toEqual(['restoring', 'notAuthorized', 'elsewhere'])
  })

  it('shows as unfinished once nobody waits for it any more', async () => {
    const { first, second, outcome } = await signingIn()
    await second.client.readState()
    first.frame.window().close()
    await first.clock.advance(5_000)
    expect(await outcome).toBe('popupClosed')
    await settle()
    expect(second.client.state).toMatchObject({ signIn: 'unfinished' })
    expect(await first.client.readState()).toMatchObject({ signIn: 'unfinished' })
  })

  it('is forgotten with its attempt: a page may live for days', async () => {
    const { second, abort } = await signingIn()
    await second.client.readState()
    const { owners } = second.page.grant(keyOf())
    expect(owners.size).toBe(1)
    abort()
    await settle()
    await second.client.readState()
    expect(owners.size).toBe(0)
  })

  it('shows as unfinished once its frame has died', async () => {
    const { first, second } = await signingIn()
    await second.client.readState()
    const [owner = ''] = first.locks.heldNames()
    first.locks.breakLock(owner)
    await settle()
    expect(second.client.state).toMatchObject({ signIn: 'unfinished' })
  })

  it('goes from the others when it is called off', async () => {
    const { second, outcome, abort } = await signingIn()
    await second.client.readState()
    abort()
    expect(await outcome).toBe('aborted')
    await settle()
    expect(await second.client.readState()).toEqual({ status: 'notAuthorized', persistent: true })
  })

  it('shows as unfinished where there are no locks: nobody can tell', async () => {
    const { second } = await signingIn({ locks: () => undefined })
    expect(await second.client.readState()).toMatchObject({ signIn: 'unfinished' })
  })

  it('keeps no reader waiting where the locks hang', async () => {
    const { first, second } = await signingIn()
    const request = () => new Promise<never>(() => undefined)
    Object.assign(first.locks, { request })
    const reading = second.client.readState()
    await settle()
    await first.clock.advance(150)
    expect(await reading).toEqual({ status: 'notAuthorized', persistent: true })
    await first.clock.advance(1_000)
    expect(second.client.state).toMatchObject({ signIn: 'unfinished' })
  })
})

it('an attempt without an owner is waited for by nobody', () => {
  expect(isElsewhere({ owners: new Map() }, attempt())).toBe(false)
})
