import { readFileSync, writeFileSync } from 'node:fs'
import type { Row, RowFacts } from './row'
import { toolsOf } from './row'

const PAGE = 'docs/support.md'
const BEGIN = '<!-- rows -->'
const END = '<!-- end of rows -->'

const families: readonly RowFacts['family'][] = [
  'Browsers',
  'Node',
  'TypeScript',
  'Bundlers',
  'Frameworks',
  'Tests',
  'Servers',
]

/** Writes the rows into docs/support.md. What stands around them stays. */
export function writeTable(rows: readonly Row[]): void {
  writeFileSync(PAGE, withTable(readFileSync(PAGE, 'utf8'), rows))
}

/** Tells whether docs/support.md has these rows, of this version of the package. */
export function isTableCurrent(rows: readonly Row[]): boolean {
  const page = readFileSync(PAGE, 'utf8')
  return page === withTable(page, rows)
}

function withTable(page: string, rows: readonly Row[]): string {
  const [before, after] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (before < 0 || after < before) throw new Error(`${PAGE} has no place for the rows`)
  return `${page.slice(0, before)}${BEGIN}\n\n${tableOf(rows).join('\n')}\n\n${page.slice(after)}`
}

function tableOf(rows: readonly Row[]): readonly string[] {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  return [
    `Version ${version} of the package, as \`npm pack\` makes it.`,
    '',
    '| | environment | tried with | needs |',
    '| --- | --- | --- | --- |',
    ...families.flatMap((family) => rows.filter((row) => row.family === family).map(lineOf)),
  ]
}

function lineOf(row: Row): string {
  const { family, environment, needs = 'nothing', recipe } = row
  const name = recipe ? `[${environment}](${recipe.replace('docs/', '')})` : environment
  return `| ${family} | ${name} | ${toolsOf(row) || '—'} | ${needs} |`
}
