import { readFileSync, writeFileSync } from 'node:fs'

/**
 * Measures each of them so often, in turns, and each first as often as the others: what slows the machine down for a
 * while slows all.
 */
export async function inTurns<Way, T>(
  ways: readonly Way[],
  rounds: number,
  measure: (way: Way) => Promise<T>,
): Promise<Map<Way, T[]>> {
  const values = new Map<Way, T[]>(ways.map((way) => [way, []]))
  for (let round = 0; round < rounds; round++) {
    const first = round % ways.length
    for (const way of [...ways.slice(first), ...ways.slice(0, first)]) {
      values.get(way)?.push(await measure(way))
    }
  }
  return values
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

/** The median of each field of figures that were measured several times. */
export function medians<Figures extends Record<string, number>>(all: readonly Figures[] = []): Figures {
  const names = Object.keys(all[0] ?? {})
  return Object.fromEntries(
    names.map((name) => [name, median(all.map((figures) => figures[name] ?? 0))]),
  ) as Figures
}

export function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} KB`
}

export function ratio(value: number, of: number): string {
  return (value / of).toFixed(2)
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Writes each table into docs/performance.md, between the comments with its name. */
export function writeTables(tables: Record<string, string>): void {
  const page = 'docs/performance.md'
  let text = readFileSync(page, 'utf8')
  for (const [name, rows] of Object.entries(tables)) {
    const between = new RegExp(`(<!-- ${name} figures -->)[\\s\\S]*(<!-- /${name} figures -->)`)
    if (!between.test(text)) throw new Error(`${page} has no place for the ${name} figures`)
    text = text.replace(between, `$1\n\n${rows}\n\n$2`)
  }
  writeFileSync(page, text)
}
