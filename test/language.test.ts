// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commentProblemsIn, plainerWordsFor, undocumentedIn } from './language'
import { pages } from './unit/docs/pages'

/** Pages that are still to be gone through. This list only becomes shorter. */
const notYetWritten: readonly string[] = []

/** Written from the comments of `src/`, or over years. */
const notOurs = ['CHANGELOG.md', 'docs/reference.md']

const sources = ['src', 'tools'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => posix.join(folder, file))
    .map((name) => ({ name, text: readFileSync(name, 'utf8') })),
)

describe('the comments of src/ and tools/', () => {
  it('say what there is to say in plain words, and begin doc comments with a verb or a noun', () => {
    expect(sources.flatMap(({ name, text }) => commentProblemsIn(name, text))).toEqual([])
  })

  it('explain each exported name and each of its members', () => {
    expect(sources.flatMap(({ name, text }) => undocumentedIn(name, text).missing)).toEqual([])
  })
})

describe('the pages', () => {
  const written = Object.entries(pages()).filter(([page]) => ![...notOurs, ...notYetWritten].includes(page))

  it.each(written)('%s is in plain words', (_page, text) => {
    expect(text.split(/\n\s*\n/).flatMap(plainerWordsFor)).toEqual([])
  })
})

describe('the language test itself', () => {
  it.each([
    ['a doc comment that begins with Whether', '/** Whether it is. */\nlet a', 'a.ts:1 begins with Whether'],
    ['one of several lines', '/**\n * What it is.\n */\nlet a', 'a.ts:1 begins with What'],
    ['a word at the end of a line', 'let a // asked anew', 'a.ts:1 says "anew" (again)'],
    ['words over two lines', '/** One that\n * is none. */\nlet a', 'a.ts:1 says "is none" (is not one)'],
    ['"alone" for "only"', '/** For GET alone. */\nlet a', 'a.ts:1 says "alone" (only)'],
  ])('%s is reported', (_what, text, problem) => {
    expect(commentProblemsIn('a.ts', text)).toEqual([problem])
  })

  it.each([
    ['a verb first', '/** Reads what is there. */\nlet a'],
    ['"alone" for what is not touched', '/** It is left alone. */\nlet a'],
    ['a text of the program', "const a = 'What is anew // alone'"],
  ])('%s is not reported', (_what, text) => {
    expect(commentProblemsIn('a.ts', text)).toEqual([])
  })

  it.each([
    ['a function', 'export function f() {}', ['f']],
    ['a constant', 'export const a = 1', ['a']],
    ['a type', 'export type A = string', ['A']],
    ['members', '/** A. */\nexport interface A {\n  a: string\n  /** B. */\n  b(): void\n}', ['A.a']],
    [
      'shapes',
      "/** A. */\nexport type A =\n  /** One. */\n  | { kind: 'one'; a: 1 }\n  | { kind: 'two' }",
      ['A.a', "A (kind: 'two')"],
    ],
    [
      'a class',
      '/** A. */\nexport class A {\n  a = 1\n  #b = 2\n  override c = 3\n  constructor() {}\n}',
      ['A.a'],
    ],
  ])('%s without a doc comment is reported', (_what, text, missing) => {
    const found = undocumentedIn('a.ts', text).missing
    expect(found.map((each) => each.replace(/^a\.ts:\d+ /, ''))).toEqual(missing)
  })

  it.each([
    ['a name that is not exported', 'function f() {}\ninterface A { a: 1 }'],
    ['a name that an entry hands on', "export { f } from './f'"],
  ])('%s needs no doc comment', (_what, text) => {
    expect(undocumentedIn('a.ts', text).missing).toEqual([])
  })
})
