// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { GrantEntry, Lease, LiveGrant } from '../../../src/grant/grant'
import type { LeaseLocks } from '../../../src/grant/lock'
import type { TokenNeed } from '../../../src/token/access-token'
import { openAnswers } from '../../../src/token/siblings'
import { createTurns } from '../../../src/token/turn'
import { START, settle } from '../support/clock'
import { HOUR_MS, liveGrant, storedEntry, tokenSet } from '../support/grants'
import { watch } from '../support/outcome'
import { createPartition, KEY, type Partition } from '../support/store'

const LEASE: Lease = { owner: 'owner-1', presentedAt: START, presentation: 1 }
const marked = liveGrant({ lease: LEASE })
/** A grant whose refresh token is with Trello. */
const atTrello = liveGrant({ lease: LEASE, tokenSet: { ...tokenSet(), refreshToken: undefined } })
const RENEWAL: TokenNeed = { renews: 'generation-0' }

interface TurnsSetUp extends Partition {
  setVisible(isVisible: boolean): void
  follow(request: Promise<unknown>): void
  next(need?: TokenNeed): Promise<string | undefined>
}

/** The turns of a frame that has read `grant`. The question to the siblings takes half a second. */
async function setUp(grant: LiveGrant, isOwnerGone = false): Promise<TurnsSetUp> {
  const partition = createPartition()
  partition.plant(storedEntry({ record: grant }))
  const { frame, platform, store } = partition.open()
  await store.read()
  const locks: LeaseLocks = {
    inQueue: (_name, work) => work(),
    holdOwnerLock: async () => ({ name: 'owner-2', release: () => undefined }),
    isGone: async ({ owner }) => isOwnerGone && owner === LEASE.owner,
  }
  const turns = createTurns({ platform, store }, locks, KEY)
  return {
    ...partition,
    setVisible: (isVisible) => {
      frame.isVisible = isVisible
    },
    follow: turns.follow,
    next: async (need = {}) => {
      const turn = watch(turns.next(grant, need))
      await settle()
      if (turn.status === 'pending') await partition.clock.advance(500)
      return turn.value
    },
  }
}

describe('the turn of a frame', () => {
  it('is to present where nobody has, or who did is gone', async () => {
    expect(await (await setUp(liveGrant())).next()).toBe('present')
    expect(await (await setUp(marked, true)).next()).toBe('present')
  })

  it('is to wait while the owner of the mark lives, and to serve what is good if it only renews', async () => {
    const { next, clock } = await setUp(marked)
    expect(await next()).toBe('wait')
    expect(await next(RENEWAL)).toBe('serve')
    await clock.advance(30_000)
    expect([await next(), await next(RENEWAL)]).toEqual(['wait', 'serve'])
  })

  it('is not to serve a token that is no longer good', async () => {
    const lease = { ...LEASE, presentedAt: START + HOUR_MS }
    const { next, clock } = await setUp(liveGrant({ lease }))
    await clock.advance(HOUR_MS)
    expect(await next(RENEWAL)).toBe('wait')
  })

  it('is to present once the lease is over', async () => {
    const { next, clock } = await setUp(marked)
    await clock.advance(30_001)
    expect(await next()).toBe('present')
  })

  it('is put off by a frame that has the answer, for two minutes', async () => {
    const { open, storage, next, clock } = await setUp(marked)
    const { platform, store } = open()
    await store.read()
    openAnswers({ platform, store }, KEY)
    storage.writes = 'fail'
    const parent = { generation: marked.generation, presentation: 1 }
    const record = liveGrant({ generation: 'generation-1', parent })
    await store.commit((entry: GrantEntry) => ({ ...entry, record }))
    await clock.advance(60_000)
    expect(await next()).toBe('putOff')
    await clock.advance(60_000)
    expect(await next()).toBe('present')
  })
})

describe('a command that the Trello page has not answered', () => {
  it('is waited for as long as a lease, from when it was sent, and no longer', async () => {
    const { next, follow, clock } = await setUp(atTrello)
    await clock.advance(20_000)
    follow(new Promise(() => undefined))
    await clock.advance(29_000)
    expect(await next()).toBe('wait')
    await clock.advance(1_000)
    expect(await next()).toBe('present')
  })

  it('is not waited for once it was answered, or had no answer to give', async () => {
    const { next, follow, clock } = await setUp(atTrello)
    await clock.advance(20_000)
    follow(Promise.resolve())
    follow(Promise.reject(new Error('The plugin is disabled.')))
    await clock.advance(20_000)
    expect(await next()).toBe('present')
  })

  it('is waited for while another one is not answered', async () => {
    const { next, follow, clock } = await setUp(atTrello)
    await clock.advance(20_000)
    follow(new Promise(() => undefined))
    follow(Promise.resolve())
    await clock.advance(20_000)
    expect(await next()).toBe('wait')
  })

  it('piles up in a hidden tab: it is waited for until the tab was visible for as long as a lease', async () => {
    const { next, follow, setVisible, clock } = await setUp(atTrello)
    setVisible(false)
    follow(new Promise(() => undefined))
    await clock.advance(HOUR_MS / 2)
    expect(await next()).toBe('wait')
    setVisible(true)
    await clock.advance(HOUR_MS / 4)
    // Nobody has looked since: the time counts from now.
    expect(await next()).toBe('wait')
    await clock.advance(29_000)
    expect(await next()).toBe('wait')
    await clock.advance(1_000)
    expect(await next()).toBe('present')
  })

  it('makes no grant wait whose refresh token is here', async () => {
    const { next, follow, clock } = await setUp(marked)
    await clock.advance(20_000)
    follow(new Promise(() => undefined))
    await clock.advance(20_000)
    expect(await next()).toBe('present')
  })
})
