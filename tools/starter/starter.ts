import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { basename, join, resolve } from 'node:path'

/** A starter that was made. */
export interface MadeStarter {
  /** The path of the folder, from the root. */
  folder: string
  /** The version of the package that it depends on. */
  version: string
}

/**
 * Copies the starter and the callback page of this version into a new or an empty folder.
 * @param packageFolder the folder of the package, with its build in it
 * @throws where the folder has something in it, or can't be written to
 */
export function makeStarter(packageFolder: string, target: string): MadeStarter {
  const folder = resolve(target)
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new Error('It is not empty.')
  cpSync(join(packageFolder, 'examples/starter'), folder, { recursive: true, filter: isWritten })
  // npm leaves a `.gitignore` out of what it packs.
  renameSync(join(folder, 'gitignore'), join(folder, '.gitignore'))
  mkdirSync(join(folder, 'public'), { recursive: true })
  for (const file of CALLBACK_PAGE)
    copyFileSync(join(packageFolder, 'dist', file), join(folder, 'public', file))
  const { version } = readPackage(packageFolder)
  const own = readPackage(folder)
  const named = { ...own, name: nameOf(folder), dependencies: { 'powerup-oauth': version } }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(named, undefined, 2)}\n`)
  return { folder, version }
}

const CALLBACK_PAGE = ['callback.html', 'powerup-oauth-callback.js']

/** In a clone the starter may have been tried out where it stands. */
function isWritten(path: string): boolean {
  return !['node_modules', 'dist'].includes(basename(path))
}

function readPackage(folder: string): { version: string } {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

/** A name that npm takes. */
function nameOf(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return name || 'my-power-up'
}
