import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import ts from 'typescript'

/** The checked-in report of all that users see. `npm run api-report` rewrites it. */
export const API_REPORT = 'docs/api-report.txt'

const heading = `The public face of the package: what the built declarations of each entry export, and the types that those mention.
A change of it is a change for users. \`npm run build && npm run api-report\` rewrites this page; \`npm test\` fails where it is out of date.
`

/** Reads the declarations in \`dist/\`. */
export function apiReport(): string {
  const entries = typedEntries()
  const program = ts.createProgram(
    entries.map(({ file }) => file),
    {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      jsx: ts.JsxEmit.ReactJSX,
      skipLibCheck: true,
      types: [],
    },
  )
  const checker = program.getTypeChecker()
  const sections = entries.map(({ name, file }) => sectionOf(name, file, program, checker))
  return [heading, ...sections].join('\n')
}

export function isApiReportCurrent(): boolean {
  const [checkedIn, current] = [readFileSync(API_REPORT, 'utf8').split('\n'), apiReport().split('\n')]
  for (const line of checkedIn.filter((each) => !current.includes(each))) process.stdout.write(`- ${line}\n`)
  for (const line of current.filter((each) => !checkedIn.includes(each))) process.stdout.write(`+ ${line}\n`)
  return checkedIn.join('\n') === current.join('\n')
}

function typedEntries(): { name: string; file: string }[] {
  const { name, exports } = JSON.parse(readFileSync('package.json', 'utf8'))
  return Object.entries<{ import?: { types?: string } }>(exports).flatMap(([entry, target]) => {
    const types = target.import?.types
    return types === undefined ? [] : [{ name: entry.replace('.', name), file: resolve(types) }]
  })
}

function sectionOf(name: string, file: string, program: ts.Program, checker: ts.TypeChecker): string {
  const source = program.getSourceFile(file)
  const module = source && checker.getSymbolAtLocation(source)
  if (!module) throw new Error(`${file} exports nothing. Is the package built?`)
  const exported = new Map(
    checker.getExportsOfModule(module).map((symbol) => [resolved(symbol, checker), symbol.name]),
  )
  const mentioned = new Set<ts.Symbol>()
  for (const symbol of exported.keys()) mention(symbol, mentioned, checker)
  const inner = [...mentioned].filter((symbol) => !exported.has(symbol))
  const lines = [
    `## ${name}`,
    ...[...exported].map(([symbol, as]) => declarationOf(symbol, as)).sort(),
    ...(inner.length > 0 ? ['# mentioned, not exported'] : []),
    ...inner.map((symbol) => declarationOf(symbol, symbol.name)).sort(),
  ]
  return `${lines.join('\n\n')}\n`
}

function resolved(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
}

/** Gathers what the declarations of a symbol mention, and what that mentions, as far as it is ours. */
function mention(symbol: ts.Symbol, found: Set<ts.Symbol>, checker: ts.TypeChecker): void {
  for (const declaration of ownDeclarations(symbol)) visit(declaration)

  function visit(node: ts.Node): void {
    ts.forEachChild(node, visit)
    if (!ts.isIdentifier(node)) return
    const target = checker.getSymbolAtLocation(node)
    const real = target && resolved(target, checker)
    if (!real || found.has(real) || real === symbol || !ownDeclarations(real).some(isOnTop)) return
    found.add(real)
    mention(real, found, checker)
  }
}

function ownDeclarations(symbol: ts.Symbol): readonly ts.Declaration[] {
  return (symbol.declarations ?? []).filter(
    (declaration) => !declaration.getSourceFile().fileName.includes('/node_modules/'),
  )
}

/** A declaration of a module's own, not a parameter or a property. */
function isOnTop(declaration: ts.Declaration): boolean {
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration
  return ts.isSourceFile(statement.parent)
}

/** As it is written, without its comments and without the number that a bundler gives to one of two equal names. */
function declarationOf(symbol: ts.Symbol, name: string): string {
  const printer = ts.createPrinter({ removeComments: true })
  const texts = ownDeclarations(symbol).map((declaration) => {
    const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration
    const text = printer.printNode(ts.EmitHint.Unspecified, node, declaration.getSourceFile())
    return text.replace(/^(export |declare )+/, '').replace(/\b(\w+)\$\d+\b/g, '$1')
  })
  const text = texts.join('\n')
  return new RegExp(`\\b${name}\\b`).test(text.split('\n')[0] ?? '') ? text : `${text} // as ${name}`
}
