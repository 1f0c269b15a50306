import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { anchorsIn } from '../unit/docs/pages'
import { docCommentOfFile } from './doc-comment'
import { sourceEntries } from './entries'
import { type Links, sectionOf } from './reference-section'

/** The checked-in reference of all that users call. `npm run api-report` rewrites it. */
export const REFERENCE = 'docs/reference.md'

const HEADING = `# Reference

Everything that the package exports, entry by entry. This page is written by \`npm run api-report\` from the doc comments in
\`src/\`: change it there. Pages without a bundler have the same names at \`PowerUpOAuth\` (the core, the prompt, the
capabilities and the scopes) and at \`PowerUpOAuthCompat\` (\`powerup-oauth/compat\`).
`

/** Writes the page from the sources. */
export function reference(): string {
  const files = sourceEntries()
  const program = ts.createProgram(Object.values(files), {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    jsx: ts.JsxEmit.ReactJSX,
    strict: true,
    skipLibCheck: true,
    types: [],
  })
  const checker = program.getTypeChecker()
  const entries = Object.entries(files).map(([name, path]) => readEntry(name, path, program, checker))
  const places = placesOf(entries, checker)
  const anchors = anchorsOf(entries, places)
  const byName = new Map([...anchors].map(([symbol, anchor]) => [symbol.name, anchor]))
  const links: Links = {
    checker,
    anchorOf: (symbol) => anchors.get(symbol),
    anchorOfName: (name) => byName.get(name),
    errorAnchorOf: errorAnchors(),
  }
  const contents = entries.map((entry) => `- ${contentsOf(entry, anchors)}`)
  const sections = entries.map((entry) => entrySection(entry, places, anchors, links))
  return `${[HEADING, contents.join('\n'), ...sections].join('\n').trimEnd()}\n`
}

/** Compares with the page that is checked in, and prints what differs. */
export function isReferenceCurrent(): boolean {
  const [checkedIn, current] = [readFileSync(REFERENCE, 'utf8').split('\n'), reference().split('\n')]
  for (const line of checkedIn.filter((each) => !current.includes(each))) process.stdout.write(`- ${line}\n`)
  for (const line of current.filter((each) => !checkedIn.includes(each))) process.stdout.write(`+ ${line}\n`)
  return checkedIn.join('\n') === current.join('\n')
}

interface Entry {
  name: string
  about: string
  /** By the name that users import. */
  exported: ReadonlyMap<string, ts.Symbol>
}

function readEntry(name: string, path: string, program: ts.Program, checker: ts.TypeChecker): Entry {
  const file = program.getSourceFile(path)
  const module = file && checker.getSymbolAtLocation(file)
  if (!module) throw new Error(`${path} exports nothing.`)
  const exported = checker
    .getExportsOfModule(module)
    .map((symbol) => [symbol.name, resolved(symbol, checker)] as const)
  return { name, about: docCommentOfFile(file)?.text ?? '', exported: new Map(exported) }
}

function resolved(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
}

/**
 * The symbols of each entry, in reading order: what one calls, then the types that it mentions, then the errors. A symbol is
 * described by the first entry that exports it; a type that no entry exports, by the first that mentions it.
 */
function placesOf(
  entries: readonly Entry[],
  checker: ts.TypeChecker,
): ReadonlyMap<Entry, readonly ts.Symbol[]> {
  const owner = new Map<ts.Symbol, Entry>()
  const own = (symbol: ts.Symbol, entry: Entry) => owner.has(symbol) || owner.set(symbol, entry)
  for (const entry of entries) for (const symbol of entry.exported.values()) own(symbol, entry)
  const ordered = new Map(entries.map((entry) => [entry, inReadingOrder(entry, checker)]))
  for (const entry of entries) for (const symbol of ordered.get(entry) ?? []) own(symbol, entry)
  return new Map(
    entries.map((entry) => [
      entry,
      (ordered.get(entry) ?? []).filter((symbol) => owner.get(symbol) === entry),
    ]),
  )
}

function inReadingOrder(entry: Entry, checker: ts.TypeChecker): readonly ts.Symbol[] {
  const exported = [...entry.exported.values()]
  const isCalled = (symbol: ts.Symbol) => symbol.flags & ts.SymbolFlags.Function
  const found = new Set<ts.Symbol>()
  for (const root of [...exported.filter(isCalled), ...exported]) {
    const queue = [root]
    for (let symbol = queue.shift(); symbol; symbol = queue.shift()) {
      if (found.has(symbol)) continue
      found.add(symbol)
      const mentioned = mentionedBy(symbol, checker)
      // A union without its parts says nothing.
      if (isUnion(symbol)) queue.unshift(...mentioned)
      else queue.push(...mentioned)
    }
  }
  const isAboutErrors = (symbol: ts.Symbol) => /error/.test(fileOf(symbol)) || /Error/.test(symbol.name)
  const symbols = [...found]
  return [...symbols.filter((each) => !isAboutErrors(each)), ...symbols.filter(isAboutErrors)]
}

function isUnion({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some((each) => ts.isTypeAliasDeclaration(each) && ts.isUnionTypeNode(each.type))
}

/** The types of ours that a declaration names, without a look into the bodies of functions. */
function mentionedBy(symbol: ts.Symbol, checker: ts.TypeChecker): readonly ts.Symbol[] {
  const named = (symbol.declarations ?? []).flatMap(namesIn).map((name) => checker.getSymbolAtLocation(name))
  const real = named.flatMap((target) => (target ? [resolved(target, checker)] : []))
  return real.filter((each) => each !== symbol && isOwnType(each))
}

/** The options of a function come before what its type parameters are bound to: they say more. */
function namesIn(node: ts.Node): readonly ts.Identifier[] {
  if (ts.isBlock(node)) return []
  if (ts.isIdentifier(node)) return [node]
  const children: ts.Node[] = []
  if (ts.isFunctionDeclaration(node)) {
    children.push(...node.parameters, ...(node.type ? [node.type] : []), ...(node.typeParameters ?? []))
  } else ts.forEachChild(node, (child) => void children.push(child))
  return children.flatMap(namesIn)
}

function isOwnType(symbol: ts.Symbol): boolean {
  const kinds = ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Class
  return (symbol.flags & kinds) !== 0 && /\/src\//.test(fileOf(symbol)) && isOnTop(symbol)
}

function isOnTop(symbol: ts.Symbol): boolean {
  return (symbol.declarations ?? []).some(({ parent }) => ts.isSourceFile(parent))
}

function fileOf(symbol: ts.Symbol): string {
  const file = symbol.declarations?.[0]?.getSourceFile().fileName ?? ''
  return file.includes('/node_modules/') ? '' : file.slice(file.lastIndexOf('/src/'))
}

/** As GitHub makes them: the second heading of a name gets `-1`. */
function anchorsOf(
  entries: readonly Entry[],
  places: ReadonlyMap<Entry, readonly ts.Symbol[]>,
): ReadonlyMap<ts.Symbol, string> {
  const taken = new Map<string, number>()
  const anchors = new Map<ts.Symbol, string>()
  for (const entry of entries) {
    for (const symbol of places.get(entry) ?? []) {
      const anchor = symbol.name.toLowerCase()
      const times = taken.get(anchor) ?? 0
      taken.set(anchor, times + 1)
      anchors.set(symbol, times === 0 ? anchor : `${anchor}-${times}`)
    }
  }
  return anchors
}

function contentsOf({ name, exported }: Entry, anchors: ReadonlyMap<ts.Symbol, string>): string {
  const called = [...exported].filter(
    ([, { flags }]) => flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Variable),
  )
  const links = called.map(([as, symbol]) => `[\`${as}\`](#${anchors.get(symbol)})`)
  return `[${name}](#${name.replace(/[^\w-]/g, '')}): ${links.join(', ')}`
}

function entrySection(
  entry: Entry,
  places: ReadonlyMap<Entry, readonly ts.Symbol[]>,
  anchors: ReadonlyMap<ts.Symbol, string>,
  links: Links,
): string {
  const own = places.get(entry) ?? []
  const elsewhere = [...entry.exported].filter(([, symbol]) => !own.includes(symbol))
  const also = elsewhere.map(([as, symbol]) => `[\`${as}\`](#${anchors.get(symbol)})`)
  const exported = new Set(entry.exported.values())
  return [
    `\n## ${entry.name}\n`,
    ...(entry.about ? [`${entry.about}\n`] : []),
    ...(also.length > 0 ? [`Also here: ${also.join(', ')}.\n`] : []),
    ...own.map((symbol) => `${sectionOf(symbol, exported.has(symbol), links)}\n`),
  ].join('\n')
}

/** The headings of docs/errors.md, by class and code. A code that two classes have has two headings. */
function errorAnchors(): (className: string, code: string) => string | undefined {
  const page = readFileSync('docs/errors.md', 'utf8')
  const anchors = anchorsIn(page)
  const found = new Map<string, string>()
  let className = ''
  for (const [at, [, level, heading = '']] of [...page.matchAll(/^(#+) (.*)$/gm)].entries()) {
    if (level === '##') className = heading
    found.set(`${className} ${heading}`, anchors[at] ?? '')
  }
  return (ofClass, code) => found.get(`${ofClass} ${code}`)
}
