import { fieldsOf } from '../base/fields'
import type { GrantStore } from '../server/grant-store'
import { type GrantStoreCheck, subjectOf } from './grant-store-check'
import { RACE_RULES } from './grant-store-races'
import { TEXT_RULES } from './grant-store-texts'
import { VERSION_RULES } from './grant-store-versions'

/**
 * Gives the checks that prove a grant store: one for each rule of {@link GrantStore}. Any test framework can run them.
 * Prove a store where it will work: on the real database, with the real client.
 *
 * The checks write some hundred keys and remove them. Give them a store that holds nothing else.
 * @param make makes a store, once for each check. Give several stores over the same data, as several processes have them,
 * and they take turns: that finds a store which remembers what another one has changed since.
 * @example
 * ```ts
 * import { it } from 'vitest' // jest, mocha and node:test do as well
 * import { fileGrants } from 'powerup-oauth/server/file'
 * import { testGrantStore } from 'powerup-oauth/testing'
 *
 * for (const { rule, run } of testGrantStore(() => fileGrants('test-grants'))) it(rule, run)
 * ```
 */
export function testGrantStore(make: () => Made | Promise<Made>): readonly GrantStoreCheck[] {
  const rules = { ...VERSION_RULES, ...RACE_RULES, ...TEXT_RULES }
  return Object.entries(rules).map(([rule, check]) => ({
    rule,
    async run() {
      const made = await make()
      const keys = new Set<string>()
      const subject = subjectOf(rule, noting(inTurn(storesOf(made)), keys))
      try {
        await check(subject)
      } finally {
        // A store that breaks a rule may be unable to clean up. The rule is what people want to read of.
        for (const key of keys) await subject.clear(key).catch(() => undefined)
      }
    },
  }))
}

type Made = GrantStore | readonly GrantStore[]

function storesOf(made: Made): readonly [GrantStore, ...GrantStore[]] {
  const list: readonly GrantStore[] = Array.isArray(made) ? made : [made]
  const [first, ...others] = list.filter((store) => {
    const { get, compareAndSwap, keys } = fieldsOf(store)
    return [get, compareAndSwap, keys].every((method) => typeof method === 'function')
  })
  if (first && others.length === list.length - 1) return [first, ...others]
  throw new TypeError(
    'testGrantStore takes a function that makes a store with get(), compareAndSwap() and keys(), or a list of some.',
  )
}

/** Makes one store of several: each call goes to the next. */
function inTurn(stores: readonly [GrantStore, ...GrantStore[]]): GrantStore {
  let turn = 0
  const next = (): GrantStore => stores[turn++ % stores.length] ?? stores[0]
  return {
    get: (key) => next().get(key),
    compareAndSwap: (key, version, value) => next().compareAndSwap(key, version, value),
    keys: () => next().keys(),
  }
}

/** Notes the keys that are written. */
function noting(store: GrantStore, keys: Set<string>): GrantStore {
  return {
    get: (key) => store.get(key),
    compareAndSwap(key, version, value) {
      keys.add(key)
      return store.compareAndSwap(key, version, value)
    },
    keys: () => store.keys(),
  }
}
