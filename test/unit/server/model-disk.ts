import type { Disk } from '../../../src/server/disk'

type Folder = Map<string, Folder | string>

export interface ModelDisk extends Disk {
  /** Lists a folder in no time, for the oracle. */
  names(path: string): readonly string[]
}

/**
 * A disk in memory that promises no more than POSIX does. `step` is awaited before each step, and once in the middle of a
 * listing: a name that comes or goes meanwhile is listed or not, as `chance` has it. A write may end in the middle.
 */
export function modelDisk(step: () => Promise<void>, chance: () => number): ModelDisk {
  const top: Folder = new Map()

  function at(path: string): Folder | string | undefined {
    let node: Folder | string | undefined = top
    for (const name of namesIn(path)) node = node instanceof Map ? node.get(name) : undefined
    return node
  }

  function parentOf(path: string): { folder: Folder; name: string } {
    const names = namesIn(path)
    const folder = at(names.slice(0, -1).join('/'))
    const name = names.at(-1)
    if (!(folder instanceof Map) || name === undefined) throw absent(path)
    return { folder, name }
  }

  const names = (path: string) => {
    const folder = at(path)
    return folder instanceof Map ? [...folder.keys()] : []
  }

  return {
    names,
    absolute: (path) => path,
    async makeFolder(path) {
      const all = namesIn(path)
      for (const [index] of all.entries()) {
        await step()
        const { folder, name } = parentOf(all.slice(0, index + 1).join('/'))
        if (!folder.has(name)) folder.set(name, new Map())
      }
    },
    async list(path) {
      await step()
      const before = at(path)
      if (!(before instanceof Map)) return undefined
      const first = [...before.keys()]
      await step()
      // The folder that was opened, not the one that has its name now.
      const last = [...before.keys()]
      const always = first.filter((name) => last.includes(name))
      const changed = [...first, ...last].filter((name) => !always.includes(name))
      return [...always, ...changed.filter(() => chance() < 0.5)].sort(() => chance() - 0.5)
    },
    async read(path) {
      await step()
      const text = at(path)
      return typeof text === 'string' ? text : undefined
    },
    async write(path, text) {
      await step()
      const { folder, name } = parentOf(path)
      if (folder.has(name)) throw Object.assign(new Error(`${path} is there`), { code: 'EEXIST' })
      folder.set(name, '')
      await step()
      // Through the open file, wherever that has been moved.
      if (folder.has(name)) folder.set(name, text.slice(0, text.length / 2))
      await step()
      if (folder.has(name)) folder.set(name, text)
    },
    keep: () => step(),
    async move(from, to) {
      await step()
      const moved = at(from)
      if (!(moved instanceof Map)) return 'absent'
      const source = parentOf(from)
      const target = parentOf(to)
      const taken = target.folder.get(target.name)
      if (taken instanceof Map && taken.size > 0) return 'taken'
      source.folder.delete(source.name)
      target.folder.set(target.name, moved)
      return 'moved'
    },
    async removeEmpty(path) {
      await step()
      const folder = at(path)
      if (!(folder instanceof Map)) return true
      if (folder.size > 0) return false
      const parent = parentOf(path)
      parent.folder.delete(parent.name)
      return true
    },
    async remove(path) {
      for (;;) {
        await step()
        const node = at(path)
        if (node === undefined) return
        const parent = parentOf(path)
        if (!(node instanceof Map) || node.size === 0) {
          parent.folder.delete(parent.name)
          return
        }
        const [first = ''] = node.keys()
        node.delete(first)
      }
    },
    async age() {
      await step()
      return chance() < 0.5 ? 0 : Number.MAX_SAFE_INTEGER
    },
  }
}

function namesIn(path: string): readonly string[] {
  return path.split('/').filter(Boolean)
}

function absent(path: string): Error {
  return Object.assign(new Error(`${path} is not there`), { code: 'ENOENT' })
}
