import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { linksOf, pages } from '../unit/docs/pages'
import { isApiReportCurrent } from './api-report'
import { areCdnLinesCurrent } from './cdn-lines'
import { command, type Outcome, outputOf } from './command'
import { installedChecks } from './installed'
import { isReferenceCurrent } from './reference'
import { isAliasComplete, supportChecks } from './support'
import { areModulesForOldBrowsers, areScriptsOld, isCommonJsOld } from './syntax'

/** What a user would install: packed once, then looked at from all sides. */
export async function packageChecks(scratch: string): Promise<readonly Outcome[]> {
  const packed = await pack(scratch)
  const outcomes = [{ name: 'package: npm pack makes a tarball', result: resultOf(packed !== undefined) }]
  if (packed === undefined) return outcomes
  const checks = {
    'publint finds nothing wrong': () => succeeds('publint', ['run', packed.tarball, '--strict']),
    'the types resolve for everybody': () => succeeds('attw', [packed.tarball, ...attwOptions()]),
    'the tarball holds what test/package/contents.txt lists': async () => hasTheListedContents(packed.files),
    'its pages link to files that it holds, or that are only in the repository': async () =>
      pointsAtItself(packed.files),
    'docs/api-report.txt is what the build exports': async () => isApiReportCurrent(),
    'docs/reference.md is what the doc comments say': async () => isReferenceCurrent(),
    'the tarball is under 400 KB, and the keeper in it under 113 KB': async () =>
      isSmall(packed.tarball, packed.files),
    'its modules can be read, and no script names a source map': async () => canBeRead(packed.files),
    'the script-tag builds are ES2019': async () => areScriptsOld(),
    'CommonJS is ES2019, for webpack 4': async () => isCommonJsOld(),
    'the modules have no syntax that Safari 16.0 lacks': async () => areModulesForOldBrowsers(),
    'Parcel finds a module for each entry': async () => isAliasComplete(),
    'the lines for a CDN in docs/script-tag.md are of this build': async () => areCdnLinesCurrent(),
    'the command runs without anything beside it': () => runsCommand(packed.tarball, scratch),
    'each entry can be imported and required on a server': () => loadsOnServer(packed.tarball, scratch),
  }
  for (const [name, check] of Object.entries(checks)) {
    outcomes.push({ name: `package: ${name}`, result: resultOf(await check()) })
  }
  return [
    ...outcomes,
    ...(await installedChecks(packed.tarball, scratch)),
    ...(await supportChecks(packed.tarball, scratch)),
  ]
}

function resultOf(isGood: boolean): Outcome['result'] {
  return isGood ? 'passed' : 'failed'
}

async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  return (await command(program, args)).status === 0
}

async function pack(scratch: string): Promise<{ tarball: string; files: readonly string[] } | undefined> {
  const { status, output } = await outputOf('npm', [
    'pack',
    '--json',
    '--ignore-scripts',
    '--pack-destination',
    scratch,
  ])
  if (status !== 0) return undefined
  const [packed] = JSON.parse(output)
  const files: { path: string }[] = packed.files
  return { tarball: join(scratch, packed.filename), files: files.map(({ path }) => path) }
}

/** Entries that are a plain file (a page, a script for a page) have no types to be wrong. */
function attwOptions(): readonly string[] {
  const files = Object.entries(entries()).flatMap(([name, target]) =>
    typeof target === 'string' ? [name] : [],
  )
  return ['--exclude-entrypoints', ...files]
}

function entries(): Record<string, unknown> {
  return JSON.parse(readFileSync('package.json', 'utf8')).exports
}

function hasTheListedContents(files: readonly string[]): boolean {
  const listed = readFileSync('test/package/contents.txt', 'utf8').split('\n').filter(Boolean)
  const packed = [...new Set(files.map(asListed))].sort()
  const missing = listed.filter((file) => !packed.includes(file))
  const surplus = packed.filter((file) => !listed.includes(file))
  for (const file of missing) process.stdout.write(`- ${file} is listed and not packed\n`)
  for (const file of surplus) process.stdout.write(`+ ${file} is packed and not listed\n`)
  return missing.length + surplus.length === 0
}

/** Stays in the repository: pictures, examples, what has changed, how the library is made, and the reference, whose words the types have. */
const IN_THE_REPOSITORY =
  /^(?:examples\/.*|CHANGELOG\.md|CONTRIBUTING\.md|SECURITY\.md|docs\/(?:.*\.png|README\.md|api-report\.txt|recipes\/.*|(?:architecture|performance|promises|reference|script-tag|support|testing|trello)\.md))$/

/** That the links lead to something in the repository is tested there. */
function pointsAtItself(files: readonly string[]): boolean {
  const isHeld = (target: string) =>
    IN_THE_REPOSITORY.test(target) ||
    files.some((file) => file === target || file.startsWith(join(target, '/')))
  const packed = Object.entries(pages()).filter(([page]) => files.includes(page))
  const dead = packed.flatMap(([page, text]) => linksOf(page, text)).filter(({ target }) => !isHeld(target))
  for (const { page, text } of dead) process.stdout.write(`${page}: ${text} leads out of the package\n`)
  return packed.length > 0 && dead.length === 0
}

/** 1 KB is 1,000 bytes. */
const TARBALL_MAX = 400_000
/** The keeper and its stores, for servers only. */
const KEEPER_MAX = 113_000

function isSmall(tarball: string, files: readonly string[]): boolean {
  const keeper = files
    .filter((file) => /^(?:dist\/(?:server|grant-table)|docs\/(?:server|backend)|server)\b/.test(file))
    .reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0)
  const others = statSync(tarball).size - keeper
  process.stdout.write(`${others} of ${TARBALL_MAX} bytes, and ${keeper} of ${KEEPER_MAX} for the keeper\n`)
  return others < TARBALL_MAX && keeper < KEEPER_MAX
}

/**
 * There are no source maps: with the sources in them they weigh twice as much as all else. So modules, which people step
 * through, keep their lines; and no script sends a debugger for a map.
 */
function canBeRead(files: readonly string[]): boolean {
  const scripts = files.filter((file) => /^dist\/.*\.c?js$/.test(file))
  const modules = scripts.filter((file) => file.endsWith('.js') && !isRunAsItIs(file))
  const wrong = [
    ...scripts.filter((file) => readFileSync(file, 'utf8').includes('sourceMappingURL')),
    ...modules.filter((file) => readFileSync(file, 'utf8').split('\n').some(isMinified)),
  ]
  for (const file of wrong) process.stdout.write(`${file} is minified, or names a source map\n`)
  return modules.length > 0 && wrong.length === 0
}

/** Pages load these as they are; and the command line has a parser in it. */
function isRunAsItIs(file: string): boolean {
  const alone = ['dist/powerup-oauth-callback.js', 'dist/command-line.js']
  return file.endsWith('.global.js') || alone.includes(file)
}

/** The longest line of a module that isn't has the styles of the prompt. */
function isMinified(line: string): boolean {
  return line.length > 2000
}

/** Chunks are named after their content; and one page more needs no line of its own. */
function asListed(file: string): string {
  return file
    .replace(/^docs\/[\w-]+\.md$/, 'docs/*.md')
    .replace(/-[A-Z0-9]{8}(?=\.c?js)/, '-*')
    .replace(/-[\w-]{8}(?=\.d\.c?ts)/, '-*')
}

/** Takes from Node what 20.18 and Jest can't do either: to require a module that is ESM. */
function asOldNode(): readonly string[] {
  const flag = '--no-experimental-require-module'
  return process.allowedNodeEnvironmentFlags.has(flag) ? [flag] : []
}

/** From a folder that holds nothing but the package. */
async function runsCommand(tarball: string, scratch: string): Promise<boolean> {
  const folder = join(scratch, 'command')
  mkdirSync(folder)
  if (!(await succeeds('tar', ['-xzf', tarball, '-C', folder]))) return false
  const { bin } = JSON.parse(readFileSync(join(folder, 'package/package.json'), 'utf8'))
  const program = join(folder, 'package', bin['powerup-oauth'])
  const { status, output } = await outputOf('node', [program, 'check', 'examples/migration/t-authorize'])
  return status === 0 && output.includes('    popup.js:13\n')
}

/** From a folder that holds nothing but the package and its dependencies, without a DOM. */
async function loadsOnServer(tarball: string, scratch: string): Promise<boolean> {
  const modules = join(scratch, 'server', 'node_modules')
  mkdirSync(modules, { recursive: true })
  if (!(await succeeds('tar', ['-xzf', tarball, '-C', modules]))) return false
  const { name, dependencies, peerDependencies } = JSON.parse(
    readFileSync(join(modules, 'package', 'package.json'), 'utf8'),
  )
  symlinkSync(join(modules, 'package'), join(modules, name))
  for (const dependency of Object.keys({ ...dependencies, ...peerDependencies })) {
    symlinkSync(resolve('node_modules', dependency), join(modules, dependency))
  }
  const scripts = Object.entries(entries()).filter(([, target]) => typeof target === 'object')
  const specifiers = scripts.map(([entry]) => JSON.stringify(entry.replace('.', name)))
  const before = 'const before = Object.getOwnPropertyNames(globalThis).join()\n'
  const after =
    "if (Object.getOwnPropertyNames(globalThis).join() !== before) throw new Error('It touched a global')\n"
  const pieces = readdirSync('dist').filter((file) => file.endsWith('.cjs'))
  const loaded = pieces.map((file) => JSON.stringify(join(modules, 'package', 'dist', file)))
  const required = [...specifiers, ...loaded].map((specifier) => `require(${specifier})\n`)
  const imported = specifiers.map((specifier) => `await import(${specifier})\n`)
  writeFileSync(join(scratch, 'server', 'required.cjs'), [before, ...required, after].join(''))
  writeFileSync(join(scratch, 'server', 'imported.mjs'), [before, ...imported, after].join(''))
  const preserved = ['--preserve-symlinks']
  const byRequire = await succeeds('node', [
    ...preserved,
    ...asOldNode(),
    join(scratch, 'server', 'required.cjs'),
  ])
  const byImport = await succeeds('node', [...preserved, join(scratch, 'server', 'imported.mjs')])
  return byRequire && byImport
}
