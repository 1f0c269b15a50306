import type { GrantVersion, StoredGrant } from '../server/grant-store'
import { type GrantStoreRules, type Subject, shown } from './grant-store-check'

/** The rules that several writers at once try. */
export const RACE_RULES: GrantStoreRules = {
  'of many who create one key at once, one is told true': async (subject) => {
    for (let round = 0; round < ROUNDS; round += 1) await race(subject, subject.newKey(), undefined)
  },

  'of many who write over one version at once, one is told true': async (subject) => {
    const key = subject.newKey()
    let { version } = await subject.put(key, 'start')
    for (let round = 0; round < ROUNDS; round += 1) version = (await race(subject, key, version)).version
  },

  'of many who remove or write over one version at once, one is told true': async (subject) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const key = subject.newKey()
      const { version } = await subject.put(key, 'start')
      const values = Array.from({ length: WRITERS }, (_, at) => (at % 2 === 0 ? undefined : `writer ${at}`))
      const winner = values[await winnerOf(subject, key, version, values)]
      const found = await subject.store.get(key)
      if (found?.value !== winner) {
        subject.fail(`${shown(winner)} was told true, and ${shown(found?.value)} is there.`)
      }
    }
  },

  'no update is lost when all try again until they are told true': async (subject) => {
    const key = subject.newKey()
    await subject.put(key, '0')
    await Promise.all(Array.from({ length: WRITERS }, () => count(subject, key)))
    const { value } = await subject.read(key)
    const expected = String(WRITERS * STEPS)
    if (value !== expected)
      subject.fail(`${expected} writers were told true, and ${shown(value)} writes are there.`)
  },

  'who reads while others write gets one value with its own version': async (subject) => {
    const key = subject.newKey()
    await subject.put(key, '0')
    const seen = new Map<GrantVersion, string>()
    let isOver = false
    const readers = Array.from({ length: 4 }, async () => {
      for (let reads = 1; !isOver; reads += 1) {
        // A store that answers from memory would let no timer and no connection of the writers come to its turn.
        if (reads % READS_IN_A_ROW === 0) await new Promise((resolve) => setTimeout(resolve, 0))
        const { value, version } = await subject.read(key)
        const before = seen.get(version)
        if (before !== undefined && before !== value) {
          subject.fail(`One version came with ${shown(before)} and with ${shown(value)}.`)
        }
        seen.set(version, value)
      }
    })
    const writers = [count(subject, key), count(subject, key)]
    const written = Promise.all(writers).finally(() => {
      isOver = true
    })
    await Promise.all([...readers, written])
  },

  'writers of different keys are all told true': async (subject) => {
    const keys = Array.from({ length: WRITERS }, () => subject.newKey())
    await Promise.all(keys.map((key) => subject.put(key, key)))
    for (const key of keys) {
      const { value } = await subject.read(key)
      if (value !== key) subject.fail(`The value of one key is ${shown(value)}, which another wrote.`)
    }
  },
}

const ROUNDS = 5
const WRITERS = 16
const STEPS = 5
const READS_IN_A_ROW = 20

/** Lets many write over one version, and gives what is there then. */
async function race(subject: Subject, key: string, version: GrantVersion | undefined): Promise<StoredGrant> {
  const values = Array.from({ length: WRITERS }, (_, at) => `writer ${at}`)
  const winner = values[await winnerOf(subject, key, version, values)]
  const found = await subject.read(key)
  if (found.value !== winner)
    subject.fail(`${shown(winner)} was told true, and ${shown(found.value)} is there.`)
  return found
}

async function winnerOf(
  subject: Subject,
  key: string,
  version: GrantVersion | undefined,
  values: readonly (string | undefined)[],
): Promise<number> {
  const told: unknown[] = await Promise.all(
    values.map((value) => subject.store.compareAndSwap(key, version, value)),
  )
  const winners = told.filter((each) => each === true).length
  if (winners !== 1) subject.fail(`${winners} of ${values.length} writers were told true.`)
  if (told.some((each) => typeof each !== 'boolean'))
    subject.fail('A writer was told neither true nor false.')
  return told.indexOf(true)
}

/** Adds one, so many times, each time trying until the store says that it was done. */
async function count(subject: Subject, key: string): Promise<void> {
  let refusals = 0
  for (let done = 0; done < STEPS; ) {
    const { value, version } = await subject.read(key)
    if (await subject.store.compareAndSwap(key, version, String(Number(value) + 1))) done += 1
    else refusals += 1
    // Each refusal is another's success since the reading, and there are no more of those.
    if (refusals > WRITERS * STEPS)
      subject.fail('Writers are told false although nobody has written since they read.')
  }
}
