import type { GrantVersion } from '../server/grant-store'
import { type GrantStoreRules, type Subject, shown } from './grant-store-check'

/** The rules that one writer at a time can try: who may write, and which versions there are. */
export const VERSION_RULES: GrantStoreRules = {
  'a key that was never written has nothing, which is not an empty text': async (subject) => {
    const key = subject.newKey()
    await expectNothing(subject, key)
    const { value } = await subject.put(key, '')
    if (value !== '') subject.fail(`An empty text came back as ${shown(value)}.`)
  },

  'a key is created once': async (subject) => {
    const key = subject.newKey()
    await subject.swap(key, undefined, 'first', true)
    const { version } = await subject.read(key)
    await subject.swap(key, undefined, 'second', false)
    await expectUnchanged(subject, key, 'first', version)
  },

  'a write with the version that was read replaces the value': async (subject) => {
    const key = subject.newKey()
    const { version } = await subject.put(key, 'first')
    await subject.swap(key, version, 'second', true)
    const stored = await subject.read(key)
    if (stored.value !== 'second') subject.fail(`The value is still ${shown(stored.value)}.`)
    if (stored.version === version) subject.fail('The version is still the same.')
  },

  'a write with an older version changes nothing': async (subject) => {
    const key = subject.newKey()
    const { version: old } = await subject.put(key, 'first')
    const { version } = await subject.put(key, 'second')
    await subject.swap(key, old, 'third', false)
    await expectUnchanged(subject, key, 'second', version)
  },

  'a write with the version of another key changes nothing': async (subject) => {
    const [key, other] = [subject.newKey(), subject.newKey()]
    const { version } = await subject.put(key, 'first')
    await subject.put(other, 'a')
    const { version: foreign } = await subject.put(other, 'b')
    // Two keys may have counters that meet.
    if (foreign === version) return
    await subject.swap(key, foreign, 'second', false)
    await expectUnchanged(subject, key, 'first', version)
  },

  'reading changes no version': async (subject) => {
    const key = subject.newKey()
    const { version } = await subject.put(key, 'value')
    await subject.store.keys()
    await expectUnchanged(subject, key, 'value', version)
  },

  'a removed key has nothing, and can be created again': async (subject) => {
    const key = subject.newKey()
    const { version } = await subject.put(key, 'first')
    await subject.swap(key, version, undefined, true)
    await expectNothing(subject, key)
    await subject.swap(key, version, 'second', false)
    await expectNothing(subject, key)
    await subject.swap(key, undefined, 'third', true)
    const { value } = await subject.read(key)
    if (value !== 'third') subject.fail(`The value is ${shown(value)}.`)
  },

  'a removal with an older version, or without one, changes nothing': async (subject) => {
    const key = subject.newKey()
    const { version: old } = await subject.put(key, 'first')
    const { version } = await subject.put(key, 'second')
    await subject.swap(key, old, undefined, false)
    await subject.swap(key, undefined, undefined, false)
    await expectUnchanged(subject, key, 'second', version)
    await subject.swap(key, version, undefined, true)
    await subject.swap(key, version, undefined, false)
  },

  'no version of a key ever comes again': async (subject) => {
    const key = subject.newKey()
    const versions = new Set<GrantVersion>()
    for (const value of ['a', 'a', 'b', undefined, 'a', 'b', undefined, 'a']) {
      if (value === undefined) {
        await subject.clear(key)
        continue
      }
      const { version } = await subject.put(key, value)
      if (versions.has(version)) subject.fail(`Two writes of one key have the version ${shown(version)}.`)
      versions.add(version)
    }
    const { version } = await subject.read(key)
    for (const old of versions) if (old !== version) await subject.swap(key, old, 'late', false)
    await expectUnchanged(subject, key, 'a', version)
  },

  'a write changes no other key': async (subject) => {
    const [key, other] = [subject.newKey(), subject.newKey()]
    const { version } = await subject.put(key, 'value')
    await subject.put(other, 'one')
    await subject.put(other, 'two')
    await subject.clear(other)
    await expectUnchanged(subject, key, 'value', version)
  },
}

async function expectNothing(subject: Subject, key: string): Promise<void> {
  const found: unknown = await subject.store.get(key)
  if (found !== undefined)
    subject.fail(`There is ${shown(found)} under a key with nothing. It has to be undefined.`)
}

async function expectUnchanged(
  subject: Subject,
  key: string,
  value: string,
  version: GrantVersion,
): Promise<void> {
  const found = await subject.read(key)
  if (found.value !== value) subject.fail(`The value is ${shown(found.value)} instead of ${shown(value)}.`)
  if (found.version !== version) subject.fail('The version has changed, and nobody was told that they wrote.')
}
