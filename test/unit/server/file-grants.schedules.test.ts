// @vitest-environment node
import { expect, it } from 'vitest'
import type { Disk } from '../../../src/server/disk'
import { fileGrantsOn } from '../../../src/server/file-grants'
import type { GrantVersion, StoredGrant } from '../../../src/server/grant-store'
import { type ModelDisk, modelDisk } from './model-disk'

/*
 * Several writers on one key of the file store, on a model of a disk, with a schedule by chance that takes turns at each
 * step, and kills some of them at any step. The oracle looks at the disk after each step, and so knows each state that the
 * key has had: what an operation says must have been true at a moment between its beginning and its end.
 */

const RUNS = 600

it(`says only what was true at some moment, in ${RUNS} schedules with killed writers`, {
  timeout: 120_000,
}, async () => {
  let killed = 0
  let won = 0
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const run = await schedule(seed)
    expect({ seed, problems: run.problems }).toEqual({ seed, problems: [] })
    killed += run.killed
    won += run.won
  }
  // Otherwise the schedules show nothing.
  expect(killed).toBeGreaterThan(RUNS / 4)
  expect(won).toBeGreaterThan(RUNS * 2)
})

it('finds a store whose comparison and write are two steps', async () => {
  const inTwoSteps = (disk: Disk): Disk => ({
    ...disk,
    // As if a new name was made first and the old one removed then.
    async move(from, to) {
      const text = await disk.read(`${from}/${to.slice(to.lastIndexOf('/') + 1)}`)
      if (text === undefined) return disk.move(from, to)
      await disk.makeFolder(to)
      await disk.write(`${to}/${to.slice(to.lastIndexOf('/') + 1)}`, text)
      await disk.remove(from)
      return 'moved'
    },
  })
  expect(await firstProblem(inTwoSteps)).toBeDefined()
})

it('finds a store that believes a listing without names', async () => {
  const believing = (disk: Disk): Disk => ({
    ...disk,
    removeEmpty: async (path) => {
      await disk.removeEmpty(path)
      return true
    },
  })
  expect(await firstProblem(believing)).toBeDefined()
})

async function firstProblem(broken: (disk: Disk) => Disk): Promise<string | undefined> {
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const [problem] = (await schedule(seed, broken)).problems
    if (problem !== undefined) return problem
  }
  return undefined
}

const KEY = 'the key'
const ROOT = '/root'

interface Swap {
  before: string | undefined
  value: string | undefined
  isDone: boolean
}

interface Actor {
  state: 'running' | 'waiting' | 'ended'
  go: () => void
}

async function schedule(
  seed: number,
  change: (disk: Disk) => Disk = (disk) => disk,
): Promise<{ problems: string[]; killed: number; won: number }> {
  const chance = randomFrom(seed)
  const problems: string[] = []
  const actors: Actor[] = []
  let current: Actor | undefined
  let killed = 0
  let won = 0

  const step = () => {
    const actor = current
    // The oracle's own looks need no turn.
    if (actor === undefined) return Promise.resolve()
    return new Promise<void>((resolve) => {
      actor.state = 'waiting'
      actor.go = resolve
    })
  }
  const disk: ModelDisk = modelDisk(step, chance)
  /** Each state of the key, oldest first. */
  const states: (string | undefined)[] = [undefined]
  const look = () => {
    const state = stateOf(disk)
    if (state !== states.at(-1)) states.push(state)
  }
  const values = new Map<GrantVersion, string>()
  const replaced = new Set<string>()

  function judgeRead(name: string, from: number, seen: StoredGrant | undefined): void {
    if (!states.slice(from).includes(toText(seen?.version))) problems.push(`${name} read what was not there`)
    if (seen === undefined) return
    const { value, version } = seen
    const known = values.get(version) ?? value
    if (known !== value) problems.push(`${name} read ${value} with the version of ${known}`)
    if (!/^\w+ \d$/.test(value)) problems.push(`${name} read ${value}`)
    values.set(version, value)
  }

  function judgeSwap(name: string, from: number, swap: Swap): void {
    const during = states.slice(from)
    const { before, value, isDone } = swap
    if (!isDone && during.every((state) => state === before)) problems.push(`${name} was refused for nothing`)
    if (!isDone || (before === undefined && value === undefined)) return
    won += 1
    const isRight = (next: string | undefined) => (next === undefined) === (value === undefined)
    const steps = during.slice(1).map((next, index) => ({ last: during[index], next }))
    if (!steps.some(({ last, next }) => last === before && isRight(next))) {
      problems.push(`${name} was told true, and nothing was written`)
    }
    // A version has one successor. What was absent may be absent again.
    if (before !== undefined && replaced.has(before)) problems.push(`two were told true for ${before}`)
    if (before !== undefined) replaced.add(before)
  }

  async function work(name: string): Promise<void> {
    const store = fileGrantsOn(change(disk), ROOT)
    for (let round = 0; round < 3; round += 1) {
      let from = states.length - 1
      const seen = await store.get(KEY)
      judgeRead(name, from, seen)
      if (chance() < 0.1) await store.keys()
      from = states.length - 1
      const value = chance() < 0.25 ? undefined : `${name} ${round}`
      const isDone = await store.compareAndSwap(KEY, seen?.version, value)
      judgeSwap(name, from, { before: toText(seen?.version), value, isDone })
    }
  }

  for (const name of ['ann', 'ben', 'eve']) {
    const actor: Actor = { state: 'running', go: () => undefined }
    actors.push(actor)
    current = actor
    void work(name).then(
      () => {
        actor.state = 'ended'
      },
      (error) => {
        problems.push(`${name} was told ${error}`)
        actor.state = 'ended'
      },
    )
    await settled(actor)
  }

  for (;;) {
    const waiting = actors.filter(({ state }) => state === 'waiting')
    const next = waiting[Math.floor(chance() * waiting.length)]
    if (next === undefined) break
    if (chance() < 0.01) {
      next.state = 'ended'
      killed += 1
      continue
    }
    current = next
    next.state = 'running'
    next.go()
    await settled(next)
    look()
  }

  // Each change belongs to one who was told true, or was killed before they could be told.
  const changes = states.length - 1
  if (won > changes || changes > won + killed)
    problems.push(`${won} were told true, and there were ${changes} changes`)

  current = undefined
  const store = fileGrantsOn(disk, ROOT)
  const left = await store.get(KEY)
  if (!(await store.compareAndSwap(KEY, left?.version, 'last'))) problems.push('the store no longer works')
  if ((await store.get(KEY))?.value !== 'last') problems.push('the last value is not there')
  if ((await store.keys()).join() !== KEY) problems.push('the key is not listed')
  return { problems, killed, won }
}

/** The current version as the disk has it, in one look. */
function stateOf(disk: ModelDisk): string | undefined {
  const place = disk.names(ROOT).find((name) => /^[0-9a-f]{64}$/.test(name))
  return place === undefined ? undefined : disk.names(`${ROOT}/${place}`)[0]
}

function toText(version: GrantVersion | undefined): string | undefined {
  return version === undefined ? undefined : String(version)
}

/** Waits until an actor has come to its next step. Digests are made by threads, so microtasks are not enough. */
async function settled(actor: Actor): Promise<void> {
  while (actor.state === 'running') await new Promise((resolve) => setImmediate(resolve))
}

/** Mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
