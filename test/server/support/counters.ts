import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { inject } from 'vitest'
import type { Task } from './counter'
import { nodeFor } from './stores'

/** A process that counts. */
export interface Counter {
  process: ChildProcess
  /** The lines that it has said. */
  lines: readonly string[]
  /** Lets it begin. */
  go(): void
  /** Settles with how it ended. */
  ended: Promise<{ code: number | null; signal: string | null; errors: string }>
}

/** Starts one, and waits until it has opened its store. */
export async function startCounter(task: Task): Promise<Counter> {
  const child = spawn(nodeFor(task.place), [inject('parts').programs.counter, JSON.stringify(task)], {
    stdio: 'pipe',
  })
  let text = ''
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const isReady = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      text += chunk
      if (text.includes('\n')) resolve()
    })
  })
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, errors }))
  await Promise.race([isReady, ended])
  return {
    process: child,
    get lines() {
      return text.split('\n').filter((line) => line !== '' && line !== 'ready')
    },
    go: () => child.stdin.end('go\n'),
    ended,
  }
}

/** Lets many processes count under one key at once. Gives the numbers that each was told it has written. */
export async function countTogether(task: Task, processes: number): Promise<readonly (readonly number[])[]> {
  const counters = await Promise.all(Array.from({ length: processes }, () => startCounter(task)))
  for (const counter of counters) counter.go()
  for (const counter of counters) {
    const { code, errors } = await counter.ended
    if (code !== 0) throw new Error(`A counter ended with ${code}: ${errors}`)
  }
  return counters.map(({ lines }) => lines.map(Number))
}
