import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Row, RowFacts } from './row'

/**
 * Reads a page of `docs/recipes/` as a person does who begins in an empty folder: a `<!-- file: … -->` before a block says
 * what that file is called, and blocks of `sh` are typed. The lines after `<!-- served -->` are typed in a terminal each,
 * those after `<!-- not run: … -->` are not. `<!-- support: {…} -->` at the top has what the table says of the page.
 */
export function readRecipe(page: string): Row {
  const text = readFileSync(page, 'utf8')
  const [, facts = ''] = text.match(/^<!-- support: (\{[\s\S]*?\}) -->$/m) ?? []
  if (facts === '') throw new Error(`${page} says nothing of itself in <!-- support: {…} -->`)
  const support: RowFacts = JSON.parse(facts)
  const files = [
    ...text.matchAll(/<!-- file: (.+?) -->\n+(?:<!-- [\s\S]*? -->\n+)?```\w+\n([\s\S]*?)^```$/gm),
  ]
  const served = shellBlocks(text).filter(({ mark }) => mark === 'served')
  return {
    ...support,
    name: basename(page, '.md'),
    recipe: page,
    files: Object.fromEntries(files.map(([, name = '', content = '']) => [name, content])),
    commands: shellBlocks(text)
      .filter(({ mark }) => mark === '')
      .flatMap(({ lines }) => lines),
    ...(served.length > 0 && { serves: served.flatMap(({ lines }) => lines) }),
  }
}

/** The blocks that are typed into a terminal, each with the first word of the comment right above it. */
function shellBlocks(text: string): readonly { mark: string; lines: readonly string[] }[] {
  const blocks = text.matchAll(/(?:<!-- (?:(not run): .*?|(served)) -->\n+)?^```sh\n([\s\S]*?)^```$/gm)
  return [...blocks].map(([, notRun, served, lines = '']) => ({
    mark: notRun ?? served ?? '',
    lines: lines.split('\n').filter((line) => line !== '' && !line.startsWith('#')),
  }))
}
