// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { GrantStore, StoredGrant } from '../../../src/server/grant-store'
import { GrantStoreError, testGrantStore } from '../../../src/testing'
import { storeInMemory, turn } from '../server/store-in-memory'

type Records = Map<string, StoredGrant>
type Changes = (sound: GrantStore, records: Records) => Partial<GrantStore>

describe('testGrantStore on a sound store', () => {
  for (const { rule, run } of testGrantStore(() => storeInMemory())) it(rule, run)

  it('leaves nothing behind', async () => {
    const records: Records = new Map()
    for (const { run } of testGrantStore(() => storeInMemory(records))) await run()
    expect([...records.keys()]).toEqual([])
  })

  it('takes several stores over the same data in turn', async () => {
    const asked: string[] = []
    const records: Records = new Map()
    const sound = storeInMemory(records)
    const named = (name: string): GrantStore => ({
      ...sound,
      get: (key) => {
        asked.push(name)
        return sound.get(key)
      },
    })
    expect(await brokenRules(() => [named('a'), named('b')])).toEqual([])
    expect(new Set(asked)).toEqual(new Set(['a', 'b']))
  })

  it('waits for a store that takes time to make', async () => {
    expect(await brokenRules(async () => storeInMemory())).toEqual([])
  })
})

describe('testGrantStore on a broken store', () => {
  it.each<[string, string, Changes]>([
    [
      'the last write wins',
      'a write with an older version changes nothing',
      (sound, records) => ({
        compareAndSwap: async (key, _version, value) =>
          sound.compareAndSwap(key, records.get(key)?.version, value),
      }),
    ],
    [
      'comparing and writing are two steps',
      'no update is lost when all try again until they are told true',
      (_sound, records) => ({ compareAndSwap: inTwoSteps(records) }),
    ],
    [
      'only creating is two steps',
      'of many who create one key at once, one is told true',
      (sound, records) => ({
        compareAndSwap: (key, version, value) =>
          version === undefined
            ? inTwoSteps(records)(key, version, value)
            : sound.compareAndSwap(key, version, value),
      }),
    ],
    [
      'only removing is two steps',
      'of many who remove or write over one version at once, one is told true',
      (sound, records) => ({
        compareAndSwap: (key, version, value) =>
          value === undefined
            ? inTwoSteps(records)(key, version, value)
            : sound.compareAndSwap(key, version, value),
      }),
    ],
    [
      'a creation writes over what is there',
      'a key is created once',
      (sound, records) => ({
        compareAndSwap: async (key, version, value) =>
          sound.compareAndSwap(
            key,
            version ?? (value === undefined ? version : records.get(key)?.version),
            value,
          ),
      }),
    ],
    [
      'nobody is told that a write was refused',
      'a write with an older version changes nothing',
      (sound) => ({
        compareAndSwap: async (key, version, value) =>
          (await sound.compareAndSwap(key, version, value)) || version !== undefined,
      }),
    ],
    [
      'nobody is told that a write was done',
      'a key is created once',
      (sound) => ({
        compareAndSwap: async (key, version, value) => {
          await sound.compareAndSwap(key, version, value)
          return false
        },
      }),
    ],
    [
      'versions begin again after a removal',
      'no version of a key ever comes again',
      (_sound, records) => ({
        async compareAndSwap(key, version, value) {
          if (records.get(key)?.version !== version) return false
          if (value === undefined) records.delete(key)
          else records.set(key, { value, version: Number(version ?? 0) + 1 })
          return true
        },
      }),
    ],
    [
      'the version is made of the value',
      'no version of a key ever comes again',
      (_sound, records) => ({
        async compareAndSwap(key, version, value) {
          if (records.get(key)?.version !== version) return false
          if (value === undefined) records.delete(key)
          else records.set(key, { value, version: `hash of ${value}` })
          return true
        },
      }),
    ],
    [
      'each reading gives another version',
      'reading changes no version',
      (sound, records) => ({
        async get(key) {
          const stored = records.get(key)
          if (stored) records.set(key, { ...stored, version: `${stored.version}+` })
          return sound.get(key)
        },
      }),
    ],
    [
      'value and version are read one after the other',
      'who reads while others write gets one value with its own version',
      (_sound, records) => ({
        async get(key) {
          const version = records.get(key)?.version
          await turn()
          const value = records.get(key)?.value
          return version === undefined || value === undefined ? undefined : { value, version }
        },
      }),
    ],
    [
      'a removal leaves an empty text',
      'a removed key has nothing, and can be created again',
      (sound) => ({
        compareAndSwap: (key, version, value) => sound.compareAndSwap(key, version, value ?? ''),
      }),
    ],
    [
      'a removal takes any version',
      'a removal with an older version, or without one, changes nothing',
      (sound, records) => ({
        compareAndSwap: async (key, version, value) =>
          sound.compareAndSwap(key, value === undefined ? records.get(key)?.version : version, value),
      }),
    ],
    [
      'nothing is read as null',
      'a key that was never written has nothing, which is not an empty text',
      (sound) => ({
        get: async (key) => (await sound.get(key)) ?? JSON.parse('null'),
      }),
    ],
    [
      'an empty text is read as nothing',
      'a key that was never written has nothing, which is not an empty text',
      (sound) => ({
        async get(key) {
          const stored = await sound.get(key)
          return stored?.value ? stored : undefined
        },
      }),
    ],
    [
      'small and capital letters of a key are the same',
      'odd keys are keys like any other, and each is another one',
      (sound) => byKey(sound, (key) => key.toLowerCase()),
    ],
    [
      'spaces around a key are cut off',
      'odd keys are keys like any other, and each is another one',
      (sound) => byKey(sound, (key) => key.replace(/^ +| +$/g, '')),
    ],
    [
      'keys are normalized',
      'odd keys are keys like any other, and each is another one',
      (sound) => byKey(sound, (key) => key.normalize('NFC')),
    ],
    [
      'keys are cut off',
      'odd keys are keys like any other, and each is another one',
      (sound) => byKey(sound, (key) => key.slice(0, 1000)),
    ],
    [
      'keys are paths',
      'odd keys are keys like any other, and each is another one',
      (sound) => byKey(sound, (key) => new URL(encodeURI(key), 'file:///a/b/').pathname),
    ],
    [
      'keys are escaped by half',
      'odd keys are keys like any other, and each is another one',
      (sound) => byKey(sound, (key) => key.replaceAll('/', '%2F')),
    ],
    [
      'large values are cut off',
      'a value of a megabyte comes back whole',
      (sound) => byValue(sound, (value) => value.slice(0, 65_535)),
    ],
    [
      'values are Latin-1',
      'a value comes back as it was',
      (sound) => byValue(sound, (value) => Buffer.from(value, 'latin1').toString('latin1')),
    ],
    [
      'a byte order mark is taken off',
      'a value comes back as it was',
      (sound) => byValue(sound, (value) => new TextDecoder().decode(new TextEncoder().encode(value))),
    ],
    [
      'spaces around a value are cut off',
      'a value comes back as it was',
      (sound) => byValue(sound, (value) => value.trim()),
    ],
    [
      'numbers are read as numbers',
      'a value comes back as it was',
      (sound) => byValue(sound, (value) => (/^\d+$/.test(value) ? String(Number(value)) : value)),
    ],
    [
      'lines end as elsewhere',
      'a value comes back as it was',
      (sound) => byValue(sound, (value) => value.replaceAll('\r\n', '\n')),
    ],
    [
      'only a page of keys is listed',
      'keys() lists each key once, and no removed one',
      (sound) => ({ keys: async () => (await sound.keys()).slice(0, 100) }),
    ],
    [
      'a key is listed twice',
      'keys() lists each key once, and no removed one',
      (sound) => ({ keys: async () => (await sound.keys()).flatMap((key) => [key, key]) }),
    ],
    [
      'removed keys are listed',
      'keys() lists each key once, and no removed one',
      (sound) => {
        const all = new Set<string>()
        return {
          compareAndSwap(key, version, value) {
            all.add(key)
            return sound.compareAndSwap(key, version, value)
          },
          keys: async () => [...all],
        }
      },
    ],
    [
      'the keys are no array',
      'keys() lists each key once, and no removed one',
      (sound) => ({ keys: async () => JSON.parse(`{"rows":${(await sound.keys()).length}}`) }),
    ],
    [
      'a write removes the other keys',
      'a write changes no other key',
      (sound, records) => ({
        async compareAndSwap(key, version, value) {
          for (const other of records.keys()) if (other !== key) records.delete(other)
          return sound.compareAndSwap(key, version, value)
        },
      }),
    ],
    [
      'writers are refused at random',
      'no update is lost when all try again until they are told true',
      (sound) => {
        let count = 0
        return {
          compareAndSwap: async (key, version, value) => {
            if (Number(value) > 3) count += 1
            return count > 3 ? false : sound.compareAndSwap(key, version, value)
          },
        }
      },
    ],
  ])('finds it where %s', async (_fault, rule, changes) => {
    expect(await brokenRules(() => storeInMemory(new Map(), changes))).toContain(rule)
  })

  it('finds a memory beside the database with several stores', async () => {
    const withCache: Changes = (sound) => {
      const cache = new Map<string, StoredGrant | undefined>()
      return {
        async get(key) {
          if (!cache.has(key)) cache.set(key, await sound.get(key))
          return cache.get(key)
        },
        async compareAndSwap(key, version, value) {
          const isDone = await sound.compareAndSwap(key, version, value)
          if (isDone) cache.delete(key)
          return isDone
        },
      }
    }
    const several = () => {
      const sound = storeInMemory()
      return Array.from({ length: 2 }, () => ({ ...sound, ...withCache(sound, new Map()) }))
    }
    expect(await brokenRules(several)).toContain('a removed key has nothing, and can be created again')
  })

  it('ends where reads are answered from memory and writes take time', async () => {
    const records: Records = new Map()
    const withFastReads: Changes = () => ({ get: async (key) => records.get(key) })
    expect(await brokenRules(() => storeInMemory(records, withFastReads))).toEqual([])
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no store', []],
    ['a client of a database', { get: async () => undefined }],
  ])('says what it takes where it is given %s', async (_what, made) => {
    const [check] = testGrantStore(() => made as GrantStore)
    await expect(check?.run()).rejects.toThrow(/^testGrantStore takes a function that makes a store/)
  })

  it('says which rule is broken, and what the store did', async () => {
    const lastWins: Changes = (sound, records) => ({
      compareAndSwap: async (key, _version, value) =>
        sound.compareAndSwap(key, records.get(key)?.version, value),
    })
    const rule = 'a write with an older version changes nothing'
    const check = testGrantStore(() => storeInMemory(new Map(), lastWins)).find((each) => each.rule === rule)
    const error = await check?.run().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(GrantStoreError)
    expect(error).toMatchObject({ name: 'GrantStoreError', rule })
    expect(String(error)).toMatch(
      /^GrantStoreError: a write with an older .* was told true instead of false\.$/,
    )
  })

  it('hands on what the store itself rejects with', async () => {
    const dead: Changes = () => ({ get: () => Promise.reject(new Error('connection refused')) })
    for (const { run } of testGrantStore(() => storeInMemory(new Map(), dead))) {
      await expect(run()).rejects.toThrow('connection refused')
    }
  })
})

async function brokenRules(make: Parameters<typeof testGrantStore>[0]): Promise<readonly string[]> {
  const broken: string[] = []
  for (const { rule, run } of testGrantStore(make)) {
    await run().catch((error: unknown) => {
      if (!(error instanceof GrantStoreError)) throw error
      broken.push(error.rule)
      expect(error.rule).toBe(rule)
    })
  }
  return broken
}

function inTwoSteps(records: Records): GrantStore['compareAndSwap'] {
  return async (key, version, value) => {
    const isRight = records.get(key)?.version === version
    await turn()
    if (!isRight) return false
    if (value === undefined) records.delete(key)
    else records.set(key, { value, version: crypto.randomUUID() })
    return true
  }
}

function byKey(sound: GrantStore, change: (key: string) => string): GrantStore {
  return {
    get: (key) => sound.get(change(key)),
    compareAndSwap: (key, version, value) => sound.compareAndSwap(change(key), version, value),
    keys: () => sound.keys(),
  }
}

function byValue(sound: GrantStore, change: (value: string) => string): Partial<GrantStore> {
  return {
    compareAndSwap: (key, version, value) =>
      sound.compareAndSwap(key, version, value === undefined ? undefined : change(value)),
  }
}
