// @vitest-environment node
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GrantStore } from '../../../src/server/grant-store'
import { memoryGrants } from '../../../src/server/memory-grants'
import { serverPlatform } from '../../../src/server/platform'
import type { Seal } from '../../../src/server/seal'
import { openStoredValues } from '../../../src/server/stored-values'
import { createClock } from '../support/clock'
import { errorOf } from '../support/outcome'

/** Turns texts around: enough to tell what went through it. */
const SEAL: Seal = {
  seal: async (text) => Array.from(text).reverse().join(''),
  open: async (text) => Array.from(text).reverse().join(''),
}

function opened(store: GrantStore, seal?: Seal) {
  return openStoredValues({ ...serverPlatform, ...createClock(), random: () => 0 }, store, seal)
}

const count = (value: unknown) => Number(value ?? 0) + 1

describe('values in a store of texts', () => {
  it('are written as JSON, read again, and removed', async () => {
    const store = memoryGrants()
    const values = opened(store)
    expect(await values.get('a')).toBeUndefined()
    expect(await values.update('a', () => ({ version: 1 }))).toEqual({ version: 1 })
    expect((await store.get('a'))?.value).toBe('{"version":1}')
    expect([await values.get('a'), await values.keys()]).toEqual([{ version: 1 }, ['a']])
    await values.update('a', () => undefined)
    expect([await values.get('a'), await values.keys()]).toEqual([undefined, []])
  })

  it('lose no update of many writers', async () => {
    const store = memoryGrants()
    const random = Array.from({ length: 5 }, () => openStoredValues(serverPlatform, store, undefined))
    await Promise.all(
      random.flatMap((values) => [values, values, values]).map((values) => values.update('a', count)),
    )
    expect(await opened(store).get('a')).toBe(15)
  })

  it('keep the order of calls for each key, also where the store overtakes', async () => {
    const inner = memoryGrants()
    let slowReads = 1
    const store: GrantStore = {
      ...inner,
      get: async (key) => {
        const found = await inner.get(key)
        if (slowReads-- > 0) await new Promise((resolve) => setImmediate(resolve))
        return found
      },
    }
    const values = opened(store)
    const written = values.update('a', () => 'new')
    const read = values.get('a')
    expect([await written, await read]).toEqual(['new', 'new'])
  })

  it('that are left as they are cost no write', async () => {
    const inner = memoryGrants()
    let writes = 0
    const store: GrantStore = {
      ...inner,
      compareAndSwap: (...all) => {
        writes++
        return inner.compareAndSwap(...all)
      },
    }
    const values = opened(store)
    await values.update('a', (value) => value)
    expect(writes).toBe(0)
  })

  it('any JSON comes back as it went in, sealed and unsealed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.object(), fc.boolean(), async (key, given, isSealed) => {
        const values = opened(memoryGrants(), isSealed ? SEAL : undefined)
        await values.update(key, () => given)
        expect(await values.get(key)).toEqual(JSON.parse(JSON.stringify(given)))
      }),
      { numRuns: 50 },
    )
  })
})

describe('a store that breaks its contract', () => {
  const answering = (differences: Partial<Record<keyof GrantStore, unknown>>) =>
    opened({ ...memoryGrants(), ...differences } as unknown as GrantStore)

  it.each([
    ['a text for a grant', { get: async () => 'text' }],
    ['a value without a version', { get: async () => ({ value: '{}' }) }],
    ['a value that is no text', { get: async () => ({ value: {}, version: 1 }) }],
    [
      'an error that is thrown at once',
      {
        get: () => {
          throw new Error('at once')
        },
      },
    ],
  ])('with %s makes reads and writes reject', async (_what, differences) => {
    const values = answering(differences)
    expect(await errorOf(values.get('a'))).toBeInstanceOf(Error)
    expect(await errorOf(values.update('a', count))).toBeInstanceOf(Error)
  })

  it.each([undefined, 1, 'OK', null])(
    'with the answer %j to a swap makes the write reject',
    async (answer) => {
      expect(
        await errorOf(answering({ compareAndSwap: async () => answer }).update('a', count)),
      ).toMatchObject({
        message: expect.stringContaining('neither true nor false'),
      })
    },
  )

  it('that always says that another was faster ends in an error', async () => {
    const store = { ...memoryGrants(), compareAndSwap: async () => false }
    const values = openStoredValues({ ...serverPlatform, random: () => 0 }, store, undefined)
    expect(await errorOf(values.update('a', count))).toBeInstanceOf(Error)
  })

  it('with null for nothing means nothing', async () => {
    expect(await answering({ get: async () => null }).get('a')).toBeUndefined()
  })

  it('with another thing than a list of keys makes the list reject', async () => {
    expect(await errorOf(answering({ keys: async () => 'a' }).keys())).toBeInstanceOf(Error)
  })
})

describe('what is sealed', () => {
  const sealedStore = async () => {
    const store = memoryGrants()
    await opened(store, SEAL).update('a', () => ({ secret: 'refresh-1' }))
    return store
  }

  it('stands in the store sealed only', async () => {
    const store = await sealedStore()
    expect((await store.get('a'))?.value).not.toContain('refresh-1')
    expect(await opened(store, SEAL).get('a')).toEqual({ secret: 'refresh-1' })
  })

  it('opens under its own key only', async () => {
    const store = await sealedStore()
    await store.compareAndSwap('b', undefined, (await store.get('a'))?.value)
    expect(await errorOf(opened(store, SEAL).get('b'))).toMatchObject({
      message: expect.stringContaining('another key'),
    })
  })

  it.each<[string, Seal | undefined]>([
    ['without a seal', undefined],
    ['with a seal that is out of order', { ...SEAL, open: async () => Promise.reject(new Error('no KMS')) }],
  ])('is neither absent nor damaged %s: it is left alone', async (_how, seal) => {
    const store = await sealedStore()
    const before = await store.get('a')
    const values = opened(store, seal)
    expect(await errorOf(values.get('a'))).toBeInstanceOf(Error)
    expect(await errorOf(values.update('a', (value) => value))).toBeInstanceOf(Error)
    expect(await store.get('a')).toEqual(before)
  })

  it('and can be opened no more gives way to a new value', async () => {
    const store = await sealedStore()
    const values = opened(store, { ...SEAL, open: async () => Promise.reject(new Error('another key')) })
    await values.update('a', () => ({ new: true }))
    expect(await opened(store, SEAL).get('a')).toEqual({ new: true })
  })

  it('is not written where sealing fails', async () => {
    const store = memoryGrants()
    const values = opened(store, { ...SEAL, seal: async () => Promise.reject(new Error('no KMS')) })
    expect(await errorOf(values.update('a', count))).toMatchObject({ message: 'no KMS' })
    expect(await store.keys()).toEqual([])
  })
})

it('a text that is no JSON is damaged, and not absent', async () => {
  const store = memoryGrants()
  await store.compareAndSwap('a', undefined, '{"version":')
  expect(await opened(store).get('a')).toBe('{"version":')
})
