import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { inspect } from 'node:util'
import { onTestFinished, vi } from 'vitest'
import type { LocalTrello } from '../../../examples/local-trello/local-trello'
import type { Place } from './stores'

/** Looks for what the server gave out in what a keeper leaves behind. It listens to the console from its opening on. */
export interface SecretScan {
  /** Notes something that must hold no secret. */
  note(this: void, what: unknown): void
  /** Notes the error of a call that has to fail. */
  noteError(work: Promise<unknown>): Promise<void>
  /** The kinds of secrets that were found, each once. */
  leaks(): Promise<readonly string[]>
}

export function openSecretScan({ log }: LocalTrello): SecretScan {
  const noted: string[] = []
  const note = (what: unknown): void => {
    // Whoever prints an error sees its fields and causes as well.
    noted.push(
      typeof what === 'string' ? what : inspect(what, { depth: Infinity, maxStringLength: Infinity }),
    )
  }
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    const spy = vi.spyOn(console, method).mockImplementation((...words) => words.forEach(note))
    onTestFinished(() => spy.mockRestore())
  }

  return {
    note,
    async noteError(work) {
      const error: unknown = await work.then(
        () => undefined,
        (reason: unknown) => reason,
      )
      if (!(error instanceof Error)) throw new Error('The call did not fail.')
      note(error)
      note(JSON.stringify(error))
    },
    async leaks() {
      const all = noted.join('\n')
      const leaked = log.secrets.filter(({ value }) => formsOf(value).some((form) => all.includes(form)))
      return [...new Set(leaked.map(({ kind }) => kind))].sort()
    },
  }
}

/** The bytes of a store on this machine's disk, also what a database has beside its file. */
export function rawTexts(place: Place): readonly string[] {
  if ('folder' in place) return filesBelow(place.folder)
  if ('file' in place) return filesBelow(dirname(place.file))
  return []
}

function filesBelow(folder: string): readonly string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path))
  return paths.filter((path) => statSync(path).isFile()).map((path) => readFileSync(path, 'latin1'))
}

function formsOf(secret: string): readonly string[] {
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '')
  return [secret, encodeURIComponent(secret), base64]
}
