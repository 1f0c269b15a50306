// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

/** What Safari 16.0, Chrome 109 or Firefox 115 lack. */
const tooNew: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['URL.canParse and URL.parse', /\bURL\.(?:canParse|parse)\b/],
  ['AbortSignal.any and AbortSignal.timeout', /\bAbortSignal\.(?:any|timeout)\b/],
  ['Promise.withResolvers and Promise.try', /\bPromise\.(?:withResolvers|try)\b/],
  ['Object.groupBy and Map.groupBy', /\b(?:Object|Map)\.groupBy\b/],
  ['Array.fromAsync', /\bArray\.fromAsync\b/],
  ['copying array methods', /\.(?:toSorted|toReversed|toSpliced)\(/],
  ['well-formed strings', /\.(?:isWellFormed|toWellFormed)\(/],
  ['Set methods', /\.(?:isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference|intersection)\(/],
  ['Response.json', /\bResponse\.json\(/],
  ['look-behind in regular expressions', /\(\?<[=!]/],
  ['Iterator helpers', /\bIterator\.from\b/],
]

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map(
    (file) =>
      [file, readFileSync(join('src', file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')] as const,
  )

describe('no source file needs', () => {
  it.each(tooNew)('%s', (_name, pattern) => {
    expect(sources.filter(([, text]) => pattern.test(text)).map(([file]) => file)).toEqual([])
  })

  it.each([
    'URL.canParse(a)',
    'AbortSignal.any([a])',
    'Promise.withResolvers()',
    'Object.groupBy(a, b)',
    'Response.json(a)',
    '/(?<=a)b/',
  ])('and %s would be found', (code) => {
    expect(tooNew.some(([, pattern]) => pattern.test(code))).toBe(true)
  })
})
