import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What people and their tools read, by its path in the repository. */
export function pages(): Record<string, string> {
  const found = ['.', 'docs', ...below('docs'), ...below('examples')].flatMap((directory) =>
    readdirSync(directory)
      .filter((name) => /\.md$|^llms\.txt$/.test(name))
      .map((name) => join(directory, name)),
  )
  return Object.fromEntries(found.map((path) => [path, readFileSync(path, 'utf8')]))
}

export interface Link {
  /** As it stands in the page. */
  text: string
  page: string
  /** What it leads to, by its path in the repository. */
  target: string
  anchor: string | undefined
}

/** The links of a page to pages and files beside it. */
export function linksOf(page: string, text: string): readonly Link[] {
  const links = text.matchAll(/\]\((?!https?:|mailto:)([^)#]*)(?:#([^)]+))?\)/g)
  return [...links].map(([text, path = '', anchor]) => ({
    text,
    page,
    target: path === '' ? page : join(dirname(page), path),
    anchor,
  }))
}

/** The anchors of a page's headings, as GitHub makes them: the second heading of a name gets `-1`. */
export function anchorsIn(text: string): readonly string[] {
  const taken = new Map<string, number>()
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => {
    const anchor = heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-')
    const times = taken.get(anchor) ?? 0
    taken.set(anchor, times + 1)
    return times === 0 ? anchor : `${anchor}-${times}`
  })
}

function below(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .map(({ name }) => join(directory, name))
}
