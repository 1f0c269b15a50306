import { FILE_DRAFT_MS } from '../base/durations'
import { ConfigurationError } from '../base/errors'
import { parseObject } from '../base/fields'
import { digestOf } from './digest'
import { type Disk, nodeDisk, saysAbsent } from './disk'
import type { GrantStore, GrantVersion, StoredGrant } from './grant-store'

/**
 * Keeps grants as files in a folder, for many processes of one machine. Files and folders are for this user only. Needs
 * Linux or macOS and a local disk.
 * @param folder made with the first grant
 * @throws ConfigurationError `invalidStore`
 * @example
 * ```ts
 * import { fileGrants } from 'powerup-oauth/server/file'
 *
 * const store = fileGrants('/var/lib/my-power-up/grants')
 * ```
 */
export function fileGrants(folder: string): GrantStore {
  if (typeof folder !== 'string' || folder === '') {
    throw new ConfigurationError('invalidStore', 'fileGrants takes the path of a folder.')
  }
  return fileGrantsOn(nodeDisk, folder)
}

/*
 * A key has a folder, named after its digest, and in it one folder, named after the current version, with the value in a
 * file of the same name:
 *
 *     <digest>/<version>/<version>
 *
 * A write puts the next value beside the current one, and then renames the inner folder:
 *
 *     <digest>/<version>/<next>          the value that may come
 *     <digest>/<version> → <digest>/<next>   the write: for all who read this version, the name has gone
 *
 * The rename is the comparison and the write in one step, and no name ever comes again. There is no lock, so a process that
 * is killed leaves none. Files whose number is not higher than the current version's are left-overs.
 */

/** The same on any disk. */
export function fileGrantsOn(disk: Disk, folder: string): GrantStore {
  const root = disk.absolute(folder)
  let isTidied = false

  async function read(place: string): Promise<{ version: string; text: string } | undefined> {
    let incomplete: string | undefined
    for (let round = 0; round < ROUNDS; round += 1) {
      const names = await disk.list(place)
      const version = names?.find(isVersion)
      // A folder whose names change while it is listed may show neither the old nor the new one. It isn't empty then.
      if (version === undefined && (names === undefined || (await removeUnused(place, names))))
        return undefined
      if (version === undefined) continue
      const text = await disk.read(`${place}/${version}/${version}`)
      if (text !== undefined) return { version, text }
      // The first time, the version may have gone since. No version is current twice: now its file is missing.
      if (version === incomplete) return { version, text: '' }
      incomplete = version
    }
    throw new Error(`${place} can't be read. Something else than grants may be in it.`)
  }

  async function create(place: string, text: string): Promise<boolean> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const version = newVersion(1)
      const draft = `${root}/${DRAFT}${crypto.randomUUID()}`
      const outcome = await draftAt(draft, version, text).then(
        () => disk.move(draft, place),
        (error) => (saysAbsent(error) ? ('absent' as const) : Promise.reject(error)),
      )
      if (outcome === 'moved') {
        await disk.keep(root)
        return true
      }
      await quietly(disk.remove(draft))
      if (outcome === 'taken') return false
      // Another process took the draft for a left-over.
    }
    throw new Error(`${root} can't be written. Another process removes what is new in it.`)
  }

  async function draftAt(draft: string, version: string, text: string): Promise<void> {
    await disk.makeFolder(`${draft}/${version}`)
    await disk.write(`${draft}/${version}/${version}`, text)
    await disk.keep(`${draft}/${version}`)
    await disk.keep(draft)
  }

  async function replace(place: string, version: string, text: string): Promise<boolean> {
    const next = newVersion(numberOf(version) + 1)
    const file = `${place}/${version}/${next}`
    let outcome: 'moved' | 'absent' | 'taken'
    try {
      await disk.write(file, text)
      await disk.keep(`${place}/${version}`)
      outcome = await disk.move(`${place}/${version}`, `${place}/${next}`)
    } catch (error) {
      if (saysAbsent(error)) return false
      await quietly(disk.remove(file))
      throw error
    }
    if (outcome === 'moved') await disk.keep(place)
    await quietly(sweep(place))
    return outcome === 'moved'
  }

  async function remove(place: string, version: string): Promise<boolean> {
    const gone = `${root}/${GONE}${crypto.randomUUID()}`
    if ((await disk.move(`${place}/${version}`, gone)) !== 'moved') return false
    await disk.keep(place)
    await quietly(removeUnused(place, (await disk.list(place)) ?? []))
    await disk.keep(root)
    await quietly(disk.remove(gone))
    return true
  }

  /** Removes the folder of a key without a grant, with what others have put into it: a `.DS_Store` for instance. */
  async function removeUnused(place: string, names: readonly string[]): Promise<boolean> {
    for (const name of names) if (!isVersion(name)) await disk.remove(`${place}/${name}`)
    return disk.removeEmpty(place)
  }

  /** Removes older values, and those of writers who came too late. A value that may still come has a higher number. */
  async function sweep(place: string): Promise<void> {
    const current = (await disk.list(place))?.find(isVersion)
    if (current === undefined) return
    const names = (await disk.list(`${place}/${current}`)) ?? []
    const left = names.filter((name) => isVersion(name) && name !== current)
    for (const name of left.filter((each) => numberOf(each) <= numberOf(current))) {
      await disk.remove(`${place}/${current}/${name}`)
    }
  }

  /** Removes what killed processes left. A draft is moved away first: its maker, if it is alive, then begins again. */
  async function tidy(): Promise<void> {
    for (const name of ((await disk.list(root)) ?? []).filter((each) => LEFT_OVER.test(each))) {
      const path = `${root}/${name}`
      if (name.startsWith(GONE)) await disk.remove(path)
      if (!name.startsWith(DRAFT) || (await disk.age(path)) < FILE_DRAFT_MS) continue
      const gone = `${root}/${GONE}${crypto.randomUUID()}`
      if ((await disk.move(path, gone)) === 'moved') await disk.remove(gone)
    }
  }

  async function swap(place: string, version: GrantVersion | undefined, text: string | undefined) {
    // A version is a part of a path: only one that this store made may be used.
    if (version !== undefined && !isVersion(version)) return false
    if (version === undefined && text === undefined) return (await read(place)) === undefined
    if (version === undefined) return (await read(place)) === undefined && create(place, text ?? '')
    return text === undefined ? remove(place, version) : replace(place, version, text)
  }

  return {
    async get(key) {
      const found = await read(`${root}/${await digestOf(key)}`)
      return found && { version: found.version, value: valueIn(found.text, key) }
    },
    async compareAndSwap(key, version, value) {
      if (!isTidied) await quietly(tidy())
      isTidied = true
      const text = value === undefined ? undefined : JSON.stringify({ key, value })
      return swap(`${root}/${await digestOf(key)}`, version, text)
    },
    async keys() {
      await quietly(tidy())
      const keys: string[] = []
      const failures: unknown[] = []
      for (const name of ((await disk.list(root)) ?? []).filter((each) => DIGEST.test(each))) {
        try {
          const found = await read(`${root}/${name}`)
          const key = found && keyIn(found.text)
          if (key !== undefined && (await digestOf(key)) === name) keys.push(key)
        } catch (error) {
          // One that another user has written, for instance. The others need a tick all the same.
          failures.push(error)
        }
      }
      if (keys.length === 0 && failures.length > 0) throw failures[0]
      return keys
    },
  } satisfies GrantStore
}

const DRAFT = 'new.'
const GONE = 'gone.'

/** The names that drafts and what is to be removed get. Others may keep files of their own in the folder. */
const LEFT_OVER = /^(?:new|gone)\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The times that a step is begun again because another process was faster. */
const ROUNDS = 1_000

const DIGEST = /^[0-9a-f]{64}$/
const VERSION = /^[1-9]\d{0,14}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function newVersion(count: number): string {
  return `${count}-${crypto.randomUUID()}`
}

function isVersion(name: GrantVersion): name is string {
  return typeof name === 'string' && VERSION.test(name)
}

function numberOf(version: string): number {
  return Number.parseInt(version, 10)
}

/** Gives the text of a damaged file as it is: the keeper sees that it is no grant, and can replace it. */
function valueIn(text: string, key: string): StoredGrant['value'] {
  const content = parseObject(text)
  return content?.key === key && typeof content.value === 'string' ? content.value : text
}

function keyIn(text: string): string | undefined {
  const key = parseObject(text)?.key
  return typeof key === 'string' ? key : undefined
}

/** Cleaning up never fails a step that is done. The next one tries again. */
async function quietly(step: Promise<unknown>): Promise<void> {
  await step.catch(() => undefined)
}
