import { spawn } from 'node:child_process'
import { delimiter, resolve } from 'node:path'

/** One thing that was checked, for the count at the end of `npm test`. */
export interface Outcome {
  name: string
  result: 'passed' | 'failed' | 'skipped'
}

interface Ended {
  status: number
  output: string
}

/** Runs a program of this package or of the system, with its output shown as it comes. */
export function command(program: string, args: readonly string[]): Promise<Ended> {
  return start(program, args, 'inherit')
}

/** Runs it and keeps what it prints, for programs whose output is data. */
export function outputOf(program: string, args: readonly string[]): Promise<Ended> {
  return start(program, args, 'pipe')
}

function start(program: string, args: readonly string[], stdout: 'inherit' | 'pipe'): Promise<Ended> {
  const path = [resolve('node_modules/.bin'), process.env.PATH].join(delimiter)
  return new Promise((settle) => {
    const child = spawn(program, args, {
      stdio: ['ignore', stdout, 'inherit'],
      env: { ...process.env, PATH: path },
    })
    let output = ''
    child.stdout?.on('data', (chunk) => {
      output += chunk
    })
    child.once('error', (error) => settle({ status: 1, output: String(error) }))
    child.once('close', (code) => settle({ status: code ?? 1, output }))
  })
}
