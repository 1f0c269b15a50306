// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'
import { type AttemptMaker, createAttempts, type NextRequest } from '../../../src/sign-in/attempts'
import { START } from '../support/clock'
import { attempt, storedEntry } from '../support/grants'
import { createPartition, type Partition } from '../support/store'

const READ = ['read:board:trello']
const MORE = [...READ, 'write:board:trello']

describe('a prepared request', () => {
  it('is made once for all clients of the page that ask alike, and not stored', async () => {
    const partition = createPartition()
    const { frame, maker, next, attempts, prepareAttempt } = open(partition)
    const other = createAttempts(frame, maker, next)
    await Promise.all([attempts.prepare(READ), other.prepare(READ)])
    await other.prepare(READ)
    expect(prepareAttempt).toHaveBeenCalledTimes(1)
    expect(other.prepared(READ)).toBe(attempts.prepared(READ))
    expect(partition.storage.counts.update).toBe(0)
  })

  it('is for exactly its scopes, in whatever order', async () => {
    const { attempts } = open(createPartition())
    expect(attempts.prepared(MORE)).toBeUndefined()
    await attempts.prepare(MORE)
    expect(attempts.prepared([...MORE].reverse())).toMatchObject({ scopes: MORE })
    expect(attempts.prepared(READ)).toBeUndefined()
    expect(attempts.prepared(['read:board:trello', 'read:member:trello'])).toBeUndefined()
  })

  it('gives way to one for other scopes', async () => {
    const { attempts } = open(createPartition())
    await attempts.prepare(READ)
    await attempts.prepare(MORE)
    expect(attempts.prepared(READ)).toBeUndefined()
    expect(attempts.prepared(MORE)).toMatchObject({ state: 'state-2' })
  })

  it('is spent by the window that was opened with it', async () => {
    const { attempts } = open(createPartition())
    await attempts.prepare(READ)
    attempts.spend()
    expect(attempts.prepared(READ)).toBeUndefined()
    expect(await attempts.take(READ)).toMatchObject({ state: 'state-2' })
    await attempts.prepare(READ)
    expect(await attempts.take(READ)).toMatchObject({ state: 'state-3' })
    expect(attempts.prepared(READ)).toBeUndefined()
  })

  it('that could not be made is tried again', async () => {
    const { attempts, prepareAttempt } = open(createPartition())
    prepareAttempt.mockRejectedValueOnce(new Error('no crypto'))
    await expect(attempts.prepare(READ)).rejects.toThrow('no crypto')
    await attempts.prepare(READ)
    expect(attempts.prepared(READ)).toBeDefined()
  })
})

describe('an attempt', () => {
  it('is stored as opened now, and dropped', async () => {
    const partition = createPartition()
    const { attempts } = open(partition)
    await attempts.open(attempt(), 'owner-1')
    expect(partition.stored()).toMatchObject({
      attempts: [{ state: 'state-1', openedAt: START, owner: 'owner-1' }],
    })
    await attempts.drop('state-1')
    expect(partition.stored()).toBeUndefined()
  })

  it('may be finished where it was opened by a client like this one, for all of the scopes', async () => {
    const partition = createPartition()
    const openedAt = START
    const stored = [
      attempt({ state: 'ours', scopes: MORE, openedAt }),
      attempt({ state: 'less', openedAt }),
      attempt({ state: 'foreign', scopes: MORE, clientId: 'client-2', openedAt }),
      attempt({ state: 'prepared', scopes: MORE }),
    ]
    partition.plant(storedEntry({ attempts: stored }))
    const { attempts, frame } = open(partition)
    await frame.store.read()
    const states = (scopes: readonly string[]) => attempts.unfinished(scopes).map(({ state }) => state)
    expect(states(MORE)).toEqual(['ours'])
    expect(states(READ)).toEqual(['ours', 'less'])
  })
})

function open(partition: Partition) {
  const { store, platform } = partition.open()
  let made = 0
  const prepareAttempt = vi.fn(async (scopes: readonly string[]) =>
    attempt({ state: `state-${++made}`, scopes, preparedAt: platform.now() }),
  )
  const maker: AttemptMaker = { prepareAttempt, isOurs: ({ clientId }) => clientId === 'client-1' }
  const frame = { platform, store }
  const next: NextRequest = {}
  return { frame, maker, next, prepareAttempt, attempts: createAttempts(frame, maker, next) }
}
