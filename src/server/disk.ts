import { mkdir, open as openFile, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/** The steps on a disk that the file store is made of. Each but `write` happens whole or not at all. */
export interface Disk {
  /** Makes a path absolute. */
  absolute(path: string): string
  /** Makes a folder and those above it, for this user only. */
  makeFolder(path: string): Promise<void>
  /** Lists the names in a folder. `undefined`: there is no such folder. */
  list(path: string): Promise<readonly string[] | undefined>
  /** Reads a file. `undefined`: there is no such file. */
  read(path: string): Promise<string | undefined>
  /** Makes a new file for this user only, and waits until it is on the disk. Rejects where the name is taken. */
  write(path: string, text: string): Promise<void>
  /** Waits until the names in a folder are on the disk. A folder that has gone needs no waiting. */
  keep(path: string): Promise<void>
  /** Moves a folder. `absent`: there is no such folder. `taken`: the new name has a folder with something in it. */
  move(from: string, to: string): Promise<'moved' | 'absent' | 'taken'>
  /** Removes a folder if it is empty. @returns `false` if it has something in it */
  removeEmpty(path: string): Promise<boolean>
  /** Removes a file or a folder with all that is in it. Does nothing where it has gone. */
  remove(path: string): Promise<void>
  /** Milliseconds since something was last put into a folder. 0 where it has gone. */
  age(path: string): Promise<number>
}

/** The disk of this machine, as Node reaches it. */
export const nodeDisk: Disk = {
  absolute: (path) => resolve(path),
  async makeFolder(path) {
    const first = await mkdir(path, { recursive: true, mode: 0o700 })
    if (first !== undefined) await syncFolder(dirname(first))
  },
  list: (path) => unlessCode(readdir(path), ['ENOENT'], undefined),
  read: (path) => unlessCode(readFile(path, 'utf8'), ['ENOENT'], undefined),
  async write(path, text) {
    const file = await openFile(path, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
  },
  keep: (path) => unlessCode(syncFolder(path), ['ENOENT'], undefined),
  async move(from, to) {
    const moved = rename(from, to).then(() => 'moved' as const)
    return unlessCode(unlessCode(moved, ['ENOENT'], 'absent'), NOT_EMPTY, 'taken')
  },
  async removeEmpty(path) {
    const removed = rmdir(path).then(() => true)
    return unlessCode(unlessCode(removed, ['ENOENT'], true), NOT_EMPTY, false)
  },
  remove: (path) => rm(path, { recursive: true, force: true }),
  age: (path) =>
    unlessCode(
      stat(path).then(({ mtimeMs }) => Date.now() - mtimeMs),
      ['ENOENT'],
      0,
    ),
}

/** POSIX allows either code for a folder that isn't empty. */
const NOT_EMPTY = ['ENOTEMPTY', 'EEXIST']

/** Tells if an error says that there is no such file or folder. */
export function saysAbsent(error: unknown): boolean {
  return hasCode(error, ['ENOENT'])
}

async function syncFolder(path: string): Promise<void> {
  const folder = await openFile(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function unlessCode<T, U>(step: Promise<T>, codes: readonly string[], otherwise: U): Promise<T | U> {
  try {
    return await step
  } catch (error) {
    if (hasCode(error, codes)) return otherwise
    throw error
  }
}

function hasCode(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some((code) => code === error.code)
}
