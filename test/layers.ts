import { posix } from 'node:path'
import ts from 'typescript'

/** The text of each module by its name: the path relative to `src/`, without the extension. */
export type Sources = Record<string, string>

export interface Rules {
  /** Top-level folders of `src/`, lowest layer first. Files directly in `src/` are above all of them. */
  layers: readonly (readonly string[])[]
  /** Packages, and the only files that may import them. */
  packageFences: Record<string, readonly string[]>
  /** The only files that may mention something. */
  mentionFences: Record<Mention, readonly string[]>
}

type Mention = keyof typeof mentions

interface Module {
  name: string
  nodes: readonly ts.Node[]
  /** Modules of `src/` that it imports. */
  imports: readonly string[]
  packages: readonly string[]
}

/** Finds imports that don't run down, cycles, folders in no layer, and fences that are crossed. */
export function problemsIn(sources: Sources, rules: Rules): string[] {
  const modules = Object.entries(sources).map(([name, text]) => readModule(name, text))
  return [...modules.flatMap((module) => problemsOf(module, rules)), ...cyclesIn(modules)]
}

export function moduleName(path: string): string {
  return path.replace(/\.[jt]sx?$/, '')
}

function readModule(name: string, text: string): Module {
  const file = ts.createSourceFile(`${name}.tsx`, text, ts.ScriptTarget.Latest, true)
  const nodes = descendants(file)
  const specifiers = nodes.flatMap((node) => importedBy(node))
  const isOwn = (specifier: string) => specifier.startsWith('.')
  return {
    name,
    nodes,
    imports: specifiers
      .filter(isOwn)
      .map((specifier) => moduleName(posix.join(posix.dirname(name), specifier))),
    packages: specifiers.filter((specifier) => !isOwn(specifier)).map(packageName),
  }
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function problemsOf({ name, nodes, imports, packages }: Module, rules: Rules): string[] {
  const unknown =
    layerOf(name, rules) === undefined ? [`${name}: the folder ${folderOf(name)}/ is in no layer`] : []
  const wrong = imports.flatMap((target) => importProblem(name, target, rules))
  const fenced = packages
    .filter((each) => !rules.packageFences[each]?.includes(name))
    .map((each) => `${name} imports the package ${each}`)
  const mentioned = Object.entries(mentions)
    .filter(
      ([what, isMention]) => !rules.mentionFences[what as Mention].includes(name) && nodes.some(isMention),
    )
    .map(([what]) => `${name} mentions ${what}`)
  return [...unknown, ...wrong, ...fenced, ...mentioned]
}

function importProblem(name: string, target: string, rules: Rules): readonly string[] {
  const from = layerOf(name, rules)
  const to = layerOf(target, rules)
  if (from === undefined || to === undefined || to < from || folderOf(name) === folderOf(target)) return []
  const way = to > from ? 'up' : 'sideways'
  return [`${name} imports ${target}: ${way}, from ${folderOf(name)}/ to ${folderOf(target)}/`]
}

/** The top-level folder; `src` for a file directly in it. */
function folderOf(name: string): string {
  return name.includes('/') ? name.slice(0, name.indexOf('/')) : 'src'
}

function layerOf(name: string, { layers }: Rules): number | undefined {
  const folder = folderOf(name)
  if (folder === 'src') return layers.length
  const found = layers.findIndex((layer) => layer.includes(folder))
  return found === -1 ? undefined : found
}

/** Reports each cycle once, as the path that closes it. */
function cyclesIn(modules: readonly Module[]): string[] {
  const byName = new Map(modules.map((module) => [module.name, module]))
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (name: string, path: readonly string[]): void => {
    const start = path.indexOf(name)
    if (start >= 0) cycles.push(`a cycle in ${folderOf(name)}/: ${[...path.slice(start), name].join(' > ')}`)
    if (start >= 0 || done.has(name)) return
    for (const target of byName.get(name)?.imports ?? []) visit(target, [...path, name])
    done.add(name)
  }
  for (const { name } of modules) visit(name, [])
  return cycles
}

/** The thing itself, and the door that `platform` has to it. */
const mentions = { 'window.open': opensWindow, 'navigator.locks': usesLocks }

function descendants(node: ts.Node): ts.Node[] {
  const inner: ts.Node[] = []
  ts.forEachChild(node, (child) => {
    inner.push(...descendants(child))
  })
  return [node, ...inner]
}

function importedBy(node: ts.Node): readonly string[] {
  const specifier = specifierOf(node)
  return specifier !== undefined && ts.isStringLiteralLike(specifier) ? [specifier.text] : []
}

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier
  if (ts.isExternalModuleReference(node)) return node.expression
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return node.argument.literal
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return node.arguments[0]
  return undefined
}

function opensWindow(node: ts.Node): boolean {
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) return node.expression.text === 'open'
  const access = accessOf(node)
  if (access === undefined) return false
  const isWindow = /(^|\.)(window|globalThis|self|top|parent|opener|defaultView)$/.test(access.of)
  return access.name === 'openWindow' || (access.name === 'open' && isWindow)
}

function usesLocks(node: ts.Node): boolean {
  return accessOf(node)?.name === 'locks'
}

function accessOf(node: ts.Node): { of: string; name: string } | undefined {
  if (ts.isPropertyAccessExpression(node)) return { of: node.expression.getText(), name: node.name.text }
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
    return { of: node.expression.getText(), name: node.argumentExpression.text }
  }
  return undefined
}
