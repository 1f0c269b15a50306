import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { CallerTask, CallsAsked, CallsEnded } from './caller'
import { nodeFor } from './stores'

/** A process with a keeper. */
export interface Caller {
  /** Lets it make calls. Resolves with how each ended; with nothing, if the process ended before. */
  ask(calls: CallsAsked): Promise<readonly string[]>
  /** Kills it by force, by its process id. */
  kill(): void
  /** Lets it end once its calls have ended. */
  finish(): void
  /** Settles with how it ended. */
  ended: Promise<{ code: number | null; signal: string | null; errors: string }>
}

/** Starts one, and waits until it has opened its store. */
export async function startCaller(program: string, task: CallerTask): Promise<Caller> {
  const child = spawn(nodeFor(task.place), [program, JSON.stringify(task)], { stdio: 'pipe' })
  const waiting = new Map<string, (ends: readonly string[]) => void>()
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  // Somebody may write to a process that has just been killed.
  child.stdin.on('error', () => undefined)
  const ended = once(child, 'close').then(([code, signal]) => {
    for (const settle of waiting.values()) settle([])
    return { code, signal, errors }
  })
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line === 'ready') return resolve()
      const { key, ends }: CallsEnded = JSON.parse(line)
      waiting.get(key)?.(ends)
      waiting.delete(key)
    })
    void ended.then(({ code }) => reject(new Error(`A caller ended with ${code}: ${errors}`)))
  })
  return {
    ask: (calls) =>
      new Promise((resolve) => {
        waiting.set(calls.key, resolve)
        child.stdin.write(`${JSON.stringify(calls)}\n`)
      }),
    kill: () => void child.kill('SIGKILL'),
    finish: () => child.stdin.end(),
    ended,
  }
}
