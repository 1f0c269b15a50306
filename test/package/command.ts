import { spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
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
export function outputOf(program: string, args: readonly string[], manner?: Manner): Promise<Ended> {
  return start(program, args, 'pipe', manner)
}

interface Manner {
  /** Errors are shown as they come, or kept with the rest. */
  stderr?: 'inherit' | 'pipe'
  environment?: NodeJS.ProcessEnv
  /** It gets the processor, with all that it starts, where nobody else wants it. */
  isPatient?: boolean
}

function start(
  program: string,
  args: readonly string[],
  stdout: 'inherit' | 'pipe',
  { stderr = 'inherit', environment = {}, isPatient = false }: Manner = {},
): Promise<Ended> {
  const path = [resolve('node_modules/.bin'), process.env.PATH].join(delimiter)
  return new Promise((settle) => {
    const child = spawn(program, args, {
      stdio: ['ignore', stdout, stderr],
      env: { ...process.env, ...environment, PATH: path },
    })
    if (isPatient && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
    let output = ''
    const keep = (chunk: Buffer) => {
      output += chunk
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    child.once('error', (error) => settle({ status: 1, output: String(error) }))
    child.once('close', (code) => settle({ status: code ?? 1, output }))
  })
}
