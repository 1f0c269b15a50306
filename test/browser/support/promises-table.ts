import { readFileSync, writeFileSync } from 'node:fs'

const page = 'docs/promises.md'

/** Puts lines between the two comments of this name on the page of promises, and leaves an equal page alone. */
export function writeToPromises(name: string, lines: readonly string[]): void {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const text = readFileSync(page, 'utf8')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  const section = [begin, '', ...lines, '', end].join('\n')
  const changed =
    from >= 0 && to > from
      ? text.slice(0, from) + section + text.slice(to + end.length)
      : `${text.trimEnd()}\n\n${section}\n`
  if (changed !== text) writeFileSync(page, changed)
}

export function markdownRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
