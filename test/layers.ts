import { posix } from 'node:path'
import ts from 'typescript'

/** From module names relative to `src/`, without the extension, to their text. */
export type Sources = Record<string, string>

export interface Rules {
  /** Lowest first; `name/*` stands for a folder. */
  layers: readonly (readonly string[])[]
  /** Packages, and the only files that may import them. */
  packageFences: Record<string, readonly string[]>
  /** What only the named files may mention. */
  mentionFences: Record<Mention, readonly string[]>
}

type Mention = keyof typeof mentions

/** Every import that runs up or sideways, every file in no layer, every fence that is crossed. */
export function problemsIn(sources: Sources, rules: Rules): string[] {
  return Object.entries(sources).flatMap(([module, text]) => {
    const file = ts.createSourceFile(`${module}.tsx`, text, ts.ScriptTarget.Latest, true)
    const nodes = descendants(file)
    const unlisted = layerOf(module, rules) === undefined ? [`${module} is in no layer`] : []
    const imports = nodes
      .flatMap((node) => importedBy(node))
      .flatMap((target) => importProblem(module, target, rules))
    const named = Object.entries(mentions).filter(([, isMention]) => nodes.some(isMention))
    const mentioned = named.flatMap(([what]) =>
      rules.mentionFences[what as Mention].includes(module) ? [] : [`${module} mentions ${what}`],
    )
    return [...unlisted, ...imports, ...mentioned]
  })
}

function importProblem(module: string, specifier: string, rules: Rules): readonly string[] {
  if (!specifier.startsWith('.')) return packageProblem(module, specifier, rules)
  const target = moduleName(posix.join(posix.dirname(module), specifier))
  const from = layerOf(module, rules)
  const to = layerOf(target, rules)
  if (to === undefined) return [`${module} imports ${target}: it is in no layer`]
  if (from === undefined || to < from) return []
  return [`${module} imports ${target}: ${to > from ? 'up' : 'sideways'}`]
}

function packageProblem(module: string, specifier: string, { packageFences }: Rules): readonly string[] {
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  return packageFences[name]?.includes(module) ? [] : [`${module} imports ${name}`]
}

function layerOf(module: string, { layers }: Rules): number | undefined {
  const found = layers.findIndex((layer) =>
    layer.some((name) => name === module || (name.endsWith('/*') && module.startsWith(name.slice(0, -1)))),
  )
  return found === -1 ? undefined : found
}

export function moduleName(path: string): string {
  return path.replace(/\.[jt]sx?$/, '')
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
