import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The changes of one file. */
export interface FileDiff {
  /** `undefined` for a new file. */
  from: string | undefined
  /** `undefined` for a file that goes. */
  to: string | undefined
  hunks: Hunk[]
}

interface Hunk {
  /** The line at which it begins, from 1. */
  start: number
  /** Lines with the sign before them: a space, a minus or a plus. */
  lines: string[]
}

/** Reads what `diff -u` writes. */
export function readDiff(text: string): FileDiff[] {
  const files: FileDiff[] = []
  for (const line of text.trimEnd().split('\n')) {
    const file = files.at(-1)
    const [, from] = /^--- (.*)$/.exec(line) ?? []
    const [, to] = /^\+\+\+ (.*)$/.exec(line) ?? []
    const [, start] = /^@@ -(\d+)/.exec(line) ?? []
    if (from) files.push({ from: nameOf(from), to: undefined, hunks: [] })
    else if (to && file) file.to = nameOf(to)
    else if (start) file?.hunks.push({ start: Number(start), lines: [] })
    else file?.hunks.at(-1)?.lines.push(line)
  }
  return files
}

/** Changes the files of a folder as a diff says. @throws where they are not those that it was made for */
export function applyDiff(folder: string, text: string): void {
  for (const { from, to, hunks } of readDiff(text)) {
    const before = from === undefined ? [] : readFileSync(join(folder, from), 'utf8').split('\n')
    const after = changed(before, hunks, from ?? to ?? '')
    if (to === undefined) {
      rmSync(join(folder, from ?? ''))
      continue
    }
    mkdirSync(dirname(join(folder, to)), { recursive: true })
    writeFileSync(join(folder, to), from === undefined ? `${after.join('\n')}\n` : after.join('\n'))
  }
}

function changed(before: readonly string[], hunks: readonly Hunk[], name: string): string[] {
  const after: string[] = []
  let next = 0
  for (const { start, lines } of hunks) {
    while (next < start - 1) after.push(before[next++] ?? '')
    for (const line of lines) {
      if (line.startsWith('+')) {
        after.push(line.slice(1))
        continue
      }
      if (before[next] !== line.slice(1))
        throw new Error(`${name}, line ${next + 1} is not as the diff has it`)
      if (line.startsWith(' ')) after.push(line.slice(1))
      next++
    }
  }
  return [...after, ...before.slice(next)]
}

function nameOf(path: string): string | undefined {
  return path === '/dev/null' ? undefined : path
}
