// @vitest-environment node
import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { docCommentOf } from '../../package/doc-comment'
import { sourceEntries } from '../../package/entries'
import { reference } from '../../package/reference'
import { anchorsIn } from './pages'

describe('the page that the reference script writes', () => {
  const page = reference()

  it('each name that an entry exports has a section or a link to one', () => {
    const missing = Object.values(sourceEntries()).flatMap((file) =>
      namesExportedBy(file).filter(
        (name) => !page.includes(`\n### \`${name}\`\n`) && !page.includes(`[\`${name}\`](#`),
      ),
    )
    expect(missing).toEqual([])
  })

  it('each link within the page leads to a heading', () => {
    const anchors = anchorsIn(page)
    const targets = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, target = '']) => target)
    expect(targets.filter((target) => !anchors.includes(target))).toEqual([])
  })

  it('an option has its type, its default and its meaning', () => {
    expect(page).toContain('| name | type | default | meaning |')
    expect(page).toMatch(/^\| `scopes` \| \[`readonly Scope\[\]`\]\(#scope\) \| \*required\* \| \w/m)
  })

  it('each scope has a line that says what it allows', () => {
    const table = page.slice(page.indexOf('### `SCOPES`')).split('\n###', 2).join()
    expect(table.match(/^\| `'[a-z:]+:trello'` \| [A-Z].*\. \|$/gm)).toHaveLength(10)
  })
})

describe('a doc comment', () => {
  it('is the one before the bar of its type', () => {
    const source = "type Kind =\n  /** One. */\n  | 'one'\n  | /** Two. */ 'two'\n  | 'three'"
    expect(typesOf(source).map((type) => docCommentOf(type)?.text)).toEqual(['One.', 'Two.', undefined])
  })

  it('is read paragraph by paragraph, its tags apart, its code as it is', () => {
    const source = `/**
 * One paragraph
 * in two lines. See {@link createClient}.
 *
 * Another one. @default 5
 * @throws ApiError when it
 *   fails
 * @example
 * \`\`\`ts
 * go({
 *   well: true,
 * })
 * \`\`\`
 */
const one = 1`
    const [statement] = ts.createSourceFile('a.ts', source, ts.ScriptTarget.Latest, true).statements
    expect(statement && docCommentOf(statement)).toEqual({
      text: 'One paragraph in two lines. See `createClient`.\n\nAnother one.',
      tags: {
        default: ['5'],
        throws: ['ApiError when it fails'],
        example: ['```ts\ngo({\n  well: true,\n})\n```'],
      },
    })
  })
})

function namesExportedBy(file: string): readonly string[] {
  const exported = readFileSync(file, 'utf8').matchAll(/^export (?:type )?\{([^}]*)\}/gm)
  return [...exported]
    .flatMap(([, names = '']) => names.split(','))
    .map((name) => name.replace(/^\s*type /, '').trim())
    .filter(Boolean)
}

function typesOf(source: string): readonly ts.TypeNode[] {
  const [alias] = ts.createSourceFile('a.ts', source, ts.ScriptTarget.Latest, true).statements
  return alias && ts.isTypeAliasDeclaration(alias) && ts.isUnionTypeNode(alias.type) ? alias.type.types : []
}
