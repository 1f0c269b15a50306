import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { type Disk, nodeDisk } from '../../../src/server/disk'
import { fileGrantsOn } from '../../../src/server/file-grants'
import { openStore, type Place } from './stores'

/*
 * A process that counts: opens the store that its argument names, says "ready", waits for a line, and then counts: it adds one
 * to the number under a key, so many times, each time trying until it is told that it was done, and says each number.
 */

/** The task of one. */
export interface Task {
  place: Place
  key: string
  times: number
  /** For files: the step on the disk at which the process kills itself. */
  dieAtStep?: number
}

const task: Task = JSON.parse(process.argv[2] ?? '')
const { store, close } =
  task.place.client === 'files' && task.dieAtStep !== undefined
    ? { store: fileGrantsOn(dyingAt(task.dieAtStep), task.place.folder), close: async () => undefined }
    : await openStore(task.place)
say('ready')
await once(process.stdin, 'data')
process.stdin.destroy()
if ('migrate' in store) await store.migrate?.()
for (let done = 0; done < task.times; ) {
  const before = await store.get(task.key)
  const next = Number(before?.value ?? 0) + 1
  if (!(await store.compareAndSwap(task.key, before?.version, String(next)))) continue
  done += 1
  say(String(next))
}
await close()

/** At once: a process that is killed says no more than what it has said. */
function say(line: string): void {
  writeSync(1, `${line}\n`)
}

/** Before a step, or in the middle of a write. */
function dyingAt(last: number): Disk {
  let step = 0
  const isLast = () => {
    step += 1
    return step === last
  }
  const die = () => process.kill(process.pid, 'SIGKILL')
  const disk: Disk = {
    ...nodeDisk,
    async write(path, text) {
      if (isLast()) {
        // The folder may have been moved away by another writer. It dies all the same.
        await writeFile(path, text.slice(0, text.length / 2), { flag: 'wx' }).catch(() => undefined)
        die()
      }
      return nodeDisk.write(path, text)
    },
  }
  for (const name of ['makeFolder', 'keep', 'remove'] as const) {
    disk[name] = async (path) => {
      if (isLast()) die()
      return nodeDisk[name](path)
    }
  }
  disk.move = async (from, to) => {
    if (isLast()) die()
    return nodeDisk.move(from, to)
  }
  return disk
}
