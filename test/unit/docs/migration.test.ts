// @vitest-environment node
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const page = readFileSync('docs/migration.md', 'utf8')
const powerUps = readdirSync('examples/migration')

it.each(powerUps)('docs/migration.md counts the lines that changed in %s', (name) => {
  const { added, removed } = changesOf(join('examples/migration', name))
  expect(page).toContain(`](../examples/migration/${name}): ${added} added, ${removed} removed`)
})

it('counts as a diff does', () => {
  expect(countChanges(['a', 'b', 'c'], ['a', 'x', 'c', 'd'])).toEqual({ added: 2, removed: 1 })
  expect(countChanges(['a', 'b', 'a'], ['b', 'a'])).toEqual({ added: 0, removed: 1 })
})

function changesOf(folder: string): { added: number; removed: number } {
  const sides = ['before', 'after'].map((side) => join(folder, side))
  const files = new Set(sides.flatMap((side) => readdirSync(side)))
  const counts = [...files].map((file) => {
    const [before = [], after = []] = sides.map((side) => linesOf(join(side, file)))
    return countChanges(before, after)
  })
  const sum = (of: 'added' | 'removed') => counts.reduce((total, count) => total + count[of], 0)
  return { added: sum('added'), removed: sum('removed') }
}

function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []
}

/** What is in no longest common subsequence of lines. */
function countChanges(before: string[], after: string[]): { added: number; removed: number } {
  let row = Array<number>(after.length + 1).fill(0)
  for (const line of before) {
    const next = [0]
    for (const [at, other] of after.entries()) {
      const kept = line === other ? (row[at] ?? 0) + 1 : Math.max(row[at + 1] ?? 0, next[at] ?? 0)
      next.push(kept)
    }
    row = next
  }
  const common = row.at(-1) ?? 0
  return { added: after.length - common, removed: before.length - common }
}
