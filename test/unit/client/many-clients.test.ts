// @vitest-environment node
import '../../../src/client/refresh-flow'
import '../../../src/client/sign-in-flow'
import v8 from 'node:v8'
import vm from 'node:vm'
import { describe, expect, it } from 'vitest'
import { type Client, createClientIn } from '../../../src/client/client'
import { clientSetUp, options } from '../support/client'
import { settle } from '../support/clock'
import { liveGrant, storedEntry } from '../support/grants'
import { scriptedEndpoint } from '../support/token-endpoint'

/** Collects garbage. */
function collect(): void {
  v8.setFlagsFromString('--expose-gc')
  vm.runInNewContext('gc')()
}

describe('a page that lives for days', () => {
  function setUp() {
    const { page, frame, storage, key, clock } = clientSetUp()
    const channels: string[] = []
    const { openChannel } = page.platform
    page.platform.openChannel = (name) => {
      channels.push(name)
      return openChannel(name)
    }
    storage.values.set(key, storedEntry({ record: liveGrant() }))
    /** Makes a client as a capability callback does: for a `t` of its own, and with code of its own. */
    const make = (): Client => {
      const { workspace: _workspace, ...others } = options
      const t = { getContext: () => ({ organization: 'workspace-1' }) }
      return createClientIn(page, {
        ...others,
        t,
        onEvent: () => undefined,
        tokenEndpoint: scriptedEndpoint(),
      })
    }
    return { page, frame, key, clock, channels, make }
  }

  it('holds no listener, channel or timer more, and no memory, after ten thousand clients than after a few', async () => {
    const { page, frame, key, clock, channels, make } = setUp()
    async function useAndDrop(count: number): Promise<void> {
      for (let i = 0; i < count; i++) {
        const client = make()
        expect(await client.isAuthorized()).toBe(true)
        expect(await client.getAccessToken()).toBe('access-0')
        client.subscribe(() => undefined)()
      }
    }
    async function costs() {
      await settle()
      collect()
      const held = { ...frame.listeners, timers: clock.timers(), channels: channels.length }
      return { held, bytes: process.memoryUsage().heapUsed }
    }
    await useAndDrop(500)
    const before = await costs()
    await useAndDrop(10_000)
    const after = await costs()
    expect(after.held).toEqual(before.held)
    expect((after.bytes - before.bytes) / 10_000).toBeLessThan(1_024)
    expect(page.openGrant(key)?.changes.listeners()).toBe(0)
  }, 60_000)

  it('keeps the sixteen latest of the clients that were used and dropped', async () => {
    const { make } = setUp()
    async function readAndDrop(): Promise<WeakRef<Client>> {
      const client = make()
      await client.readState()
      client.subscribe(() => undefined)()
      return new WeakRef(client)
    }
    const dropped: WeakRef<Client>[] = []
    for (let i = 0; i < 100; i++) dropped.push(await readAndDrop())
    // The latest client renews the grant in the background, and is one of the sixteen.
    await readAndDrop()
    await settle()
    collect()
    expect(dropped.filter((client) => client.deref() !== undefined)).toHaveLength(15)
  })
})
