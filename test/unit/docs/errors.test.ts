// @vitest-environment node
import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { expect, it } from 'vitest'

const page = readFileSync('docs/errors.md', 'utf8')
const sections = page.split(/^## /m).slice(1)
const unions = unionsOf('src/base/errors.ts')

it('docs/errors.md has a heading for each code, and for nothing else', () => {
  const headings = [...new Set(sections.flatMap(headingsOf))]
  expect(headings.sort()).toEqual([...(unions.ErrorCode ?? [])].sort())
})

it.each(['AuthorizationError', 'TokenEndpointError', 'ApiError', 'ConfigurationError'])(
  'the codes of %s are under its name',
  (name) => {
    const section = sections.find((each) => each.startsWith(`${name}\n`)) ?? ''
    expect(headingsOf(section).sort()).toEqual([...(unions[`${name}Code`] ?? [])].sort())
  },
)

it('each code that two classes have has a heading under each of them', () => {
  const twice = sections.flatMap(headingsOf).filter((code, at, all) => all.indexOf(code) !== at)
  expect(twice.sort()).toEqual(['invalidRequest', 'notLoaded'])
})

it('each code has a meaning, a cause and something to do', () => {
  const entries = page.split(/^### /m).slice(1)
  const incomplete = entries.filter(
    (entry) => !/^\w+\n[^-\n][\s\S]*\n- Cause: \S[\s\S]*\n- To do: \S/.test(entry),
  )
  expect(incomplete.map((entry) => entry.split('\n')[0])).toEqual([])
})

function headingsOf(section: string): string[] {
  return [...section.matchAll(/^### (.+)$/gm)].map(([, heading = '']) => heading)
}

/** The literals of each exported union of strings. */
function unionsOf(file: string): Record<string, string[]> {
  const program = ts.createProgram([file], { noLib: true, noResolve: true, types: [] })
  const checker = program.getTypeChecker()
  const aliases = program.getSourceFile(file)?.statements.filter(ts.isTypeAliasDeclaration) ?? []
  return Object.fromEntries(
    aliases.map((alias) => {
      const type = checker.getTypeAtLocation(alias)
      const members = type.isUnion() ? type.types : [type]
      return [alias.name.text, members.flatMap((member) => (member.isStringLiteral() ? [member.value] : []))]
    }),
  )
}
