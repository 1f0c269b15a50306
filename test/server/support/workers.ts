import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { inject } from 'vitest'
import type { Task } from './worker'

/** A worker process. */
export interface Worker {
  process: ChildProcess
  /** The lines that it has said. */
  lines: readonly string[]
  /** Lets it begin. */
  go(): void
  /** Settles with how it ended. */
  ended: Promise<{ code: number | null; signal: string | null; errors: string }>
}

/** Starts a worker, and waits until it has opened its store. */
export async function startWorker(task: Task): Promise<Worker> {
  const child = spawn(process.execPath, [inject('parts').worker, JSON.stringify(task)], { stdio: 'pipe' })
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
  const workers = await Promise.all(Array.from({ length: processes }, () => startWorker(task)))
  for (const worker of workers) worker.go()
  for (const worker of workers) {
    const { code, errors } = await worker.ended
    if (code !== 0) throw new Error(`A worker ended with ${code}: ${errors}`)
  }
  return workers.map(({ lines }) => lines.map(Number))
}
