// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { requiredScopes } from '../../../src/scopes'
import { readDiff } from '../../browser/support/unified-diff'

const page = readFileSync('docs/migration.md', 'utf8')
const powerUps = readdirSync('examples/migration')
  .filter((name) => name.endsWith('.diff'))
  .map((name) => name.replace('.diff', ''))
const linesOfPage = [...page.matchAll(/^( *)```\w*\n([\s\S]*?)^\1```$/gm)]
  .flatMap(([, , code = '']) => code.split('\n'))
  .map(general)

/** The second column of the table of t.authorize. */
const replacements = [
  'await restApi.getToken()',
  'await t.getRestApi().getToken()',
  'await restApi.clearToken()',
].concat('const restApi = t.getRestApi()')

it.each(replacements)('docs/migration.md says what becomes %s', (part) => {
  expect(page).toMatch(new RegExp(`^\\|.*\\|.*\`${part.replace(/[().]/g, '\\$&')}\`.*\\|$`, 'm'))
})

it('docs/migration.md says what requiredScopes gives', () => {
  const examples = [...page.matchAll(/^requiredScopes\('(\w+)', '(.*)'\) \/\/ (\{.*?\})/gm)]
  expect(examples).toHaveLength(3)
  for (const [, method = '', path = '', given = ''] of examples) {
    const { allOf, anyOf } = Object(requiredScopes(method, path))
    const words = (scopes: readonly string[]) => `[${scopes.map((scope) => `'${scope}'`).join(', ')}]`
    expect(given).toBe(`{ allOf: ${words(allOf)}, anyOf: ${words(anyOf)} }`)
  }
})

it.each(powerUps)('docs/migration.md counts the lines that change in %s', (name) => {
  const count = (sign: string) => changedLines(name, sign).length
  const counts = `${count('+')} added, ${count('-')} removed`
  expect(page).toContain(`](../examples/migration/${name}): ${counts}`)
})

it.each(powerUps)('docs/migration.md has every line that is added to %s', (name) => {
  const isOnPage = (line: string) =>
    linesOfPage.includes(general(line)) ||
    // A row of the table of t.authorize says what to put instead of a part of the line.
    replacements.some((part) => line.includes(part))
  expect(changedLines(name, '+').filter((line) => !isOnPage(line))).toEqual([])
})

it('docs/migration.md keeps self in the policy', () => {
  expect(page).toMatch(/^connect-src 'self' https:\/\/api\.trello\.com https:\/\/auth\.atlassian\.com$/m)
})

function changedLines(name: string, sign: string): string[] {
  const files = readDiff(readFileSync(`examples/migration/${name}.diff`, 'utf8'))
  const lines = files.flatMap(({ hunks }) => hunks.flatMap((hunk) => hunk.lines))
  return lines.filter((line) => line.startsWith(sign)).map((line) => line.slice(1))
}

/** Leaves out what is each Power-Up's own: its key, its name, its scopes. */
function general(line: string): string {
  return line
    .trim()
    .replace(/'(?:your-app-key|app-key-1)'/, 'KEY')
    .replace(/appName: '.*'/, 'appName')
    .replace(/scopes: \[.*\]/, 'scopes')
}
