// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { NotAuthorizedError } from '../../../src/base/errors'
import type { GrantEntry } from '../../../src/grant/grant'
import type { EntryStore } from '../../../src/grant/store'
import { type AccountAnswer, type AccountMemory, createMemberCheck } from '../../../src/sign-in/account'
import { attempt, expiredGrant, liveGrant, storedEntry, tokenSet } from '../support/grants'
import { errorOf } from '../support/outcome'
import { createPartition } from '../support/store'

const unchecked = liveGrant({ memberChecked: false })

const account = (id: string): AccountAnswer => ({ kind: 'account', id })
const NO_ANSWER: AccountAnswer = { kind: 'noAnswer' }

async function setUp(
  entry: Partial<GrantEntry>,
  answer: AccountAnswer = NO_ANSWER,
  member: string | undefined = 'member-1',
) {
  const partition = createPartition()
  partition.plant(storedEntry(entry))
  const { store, platform } = partition.open()
  await store.read()
  const asked: string[] = []
  const revoked: (string | undefined)[] = []
  const memory: AccountMemory = {}
  const checkOfClient = () =>
    createMemberCheck(
      { platform, store },
      {
        member,
        readAccount: async (token) => {
          asked.push(token)
          return answer
        },
        revoke: (grant) => void revoked.push(grant.tokenSet.refreshToken),
      },
      memory,
    )
  return { ...partition, store, asked, revoked, checkOfClient, check: checkOfClient() }
}

describe('the check of the account', () => {
  it('notes in the storage that it is the right one, and asks no more', async () => {
    const { check, asked, stored } = await setUp({ record: unchecked }, account('member-1'))
    await check()
    await check()
    expect(asked).toEqual(['access-0'])
    expect(stored()).toEqual(storedEntry({ record: liveGrant() }))
  })

  it('keeps no call waiting for a storage that hangs, and asks once all the same', async () => {
    const { check, asked, storage } = await setUp({ record: unchecked }, account('member-1'))
    storage.writes = 'hang'
    await check()
    await check()
    expect(asked).toEqual(['access-0'])
  })

  it('drops and gives up the grant of another account, and the pending sign-ins stay', async () => {
    const entry = { record: unchecked, attempts: [attempt()] }
    const { check, stored, revoked } = await setUp(entry, account('member-2'))
    const error = await errorOf(check())
    expect(error).toBeInstanceOf(NotAuthorizedError)
    expect(error).toMatchObject({ cause: { code: 'accountMismatch' } })
    expect(stored()).toEqual(storedEntry({ attempts: [attempt()] }))
    expect(revoked).toEqual(['refresh-0'])
  })

  it('leaves a grant alone that came in between', async () => {
    const { check, plant, stored } = await setUp({ record: unchecked }, account('member-2'))
    const newer = storedEntry({ record: liveGrant({ generation: 'newer' }) })
    plant(newer)
    expect(await errorOf(check())).toBeInstanceOf(NotAuthorizedError)
    expect(stored()).toEqual(newer)
  })

  it('asks once for all clients of the page', async () => {
    const { check, checkOfClient, asked } = await setUp({ record: unchecked }, account('member-1'))
    await Promise.all([check(), checkOfClient()()])
    expect(asked).toEqual(['access-0'])
  })

  it('asks again after a pause where no answer came, and at once with another token', async () => {
    const { check, asked, store, clock } = await setUp({ record: unchecked })
    await check()
    await clock.advance(9_999)
    await check()
    expect(asked).toEqual(['access-0'])
    await clock.advance(1)
    await check()
    expect(asked).toEqual(['access-0', 'access-0'])
    await replaceToken(store)
    await check()
    expect(asked).toEqual(['access-0', 'access-0', 'access-1'])
  })

  it('asks again with the next token only, where the API refuses this one', async () => {
    const { check, asked, store, clock } = await setUp({ record: unchecked }, { kind: 'refused' })
    await check()
    await clock.advance(60_000)
    await check()
    expect(asked).toEqual(['access-0'])
    await replaceToken(store)
    await check()
    expect(asked).toEqual(['access-0', 'access-1'])
  })

  it('asks once in the life of a grant where the API does not tell', async () => {
    const { check, asked, store, clock } = await setUp({ record: unchecked }, { kind: 'closed' })
    await check()
    await replaceToken(store)
    await clock.advance(60_000)
    await check()
    expect(asked).toEqual(['access-0'])
  })

  it.each<[string, Partial<GrantEntry>, string | undefined]>([
    ['a grant that was checked', { record: liveGrant() }, 'member-1'],
    ['no grant', {}, 'member-1'],
    ['a grant that has ended', { record: expiredGrant() }, 'member-1'],
  ])('asks nothing for %s', async (_case, entry, member) => {
    const { check, asked } = await setUp(entry, account('member-2'), member)
    await check()
    expect(asked).toEqual([])
  })

  it('asks nothing where no member is known', async () => {
    const partition = createPartition()
    partition.plant(storedEntry({ record: unchecked }))
    const { store, platform } = partition.open()
    await store.read()
    const asking = () => Promise.reject(new Error('asked'))
    const revoke = () => undefined
    await createMemberCheck({ platform, store }, { member: undefined, readAccount: asking, revoke }, {})()
  })
})

async function replaceToken(store: EntryStore): Promise<void> {
  const next = { ...unchecked, generation: 'g-1', tokenSet: tokenSet({ accessToken: 'access-1' }) }
  await store.commit((entry) => ({ ...entry, record: next }))
}
