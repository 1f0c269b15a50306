import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What people and their tools read, by its path in the repository. */
export function pages(): Record<string, string> {
  const found = ['.', 'docs', ...below('examples')].flatMap((directory) =>
    readdirSync(directory)
      .filter((name) => /\.md$|^llms\.txt$/.test(name))
      .map((name) => join(directory, name)),
  )
  return Object.fromEntries(found.map((path) => [path, readFileSync(path, 'utf8')]))
}

function below(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .map(({ name }) => join(directory, name))
}
