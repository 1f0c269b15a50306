import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import ts from 'typescript'
import { sourceEntries } from '../../package/entries'

/** A block of code in a page, to be compiled as a module of its own. */
export interface Snippet {
  page: string
  /** Of its first line, from 1. */
  line: number
  language: string
  code: string
  /** What comes before it out of sight: a `given` comment, or the blocks that it continues. */
  before: string
  /** Why it is not compiled. */
  exemption?: string
}

/**
 * The code blocks of a page. A comment right above one says what is special: `<!-- not compiled: reason -->`,
 * `<!-- continues -->` (the block before), `<!-- given declare const … -->` (what the page takes for granted).
 */
export function snippetsOf(page: string, text: string): readonly Snippet[] {
  const block = /(?:<!-- (not compiled:|continues|given)([\s\S]*?)-->\n+)?^```(tsx?|jsx?)\n([\s\S]*?)^```$/gm
  const snippets: Snippet[] = []
  for (const match of text.matchAll(block)) {
    const [whole, mark, words = '', language = '', code = ''] = match
    const previous = snippets.at(-1)
    const codeAt = match.index + whole.length - '```'.length - code.length
    snippets.push({
      page,
      line: text.slice(0, codeAt).split('\n').length,
      language,
      code,
      before:
        { given: `${words}\n`, continues: previous ? previous.before + previous.code : '' }[mark ?? ''] ?? '',
      ...(mark === 'not compiled:' && { exemption: words.trim() }),
    })
  }
  return snippets
}

/** Runs the first block of a page that mentions `name`, as it stands there, and gives what it exports. */
export async function runSnippet<T>(page: string, name: string): Promise<T> {
  const code = transpiled(page, name, ts.ModuleKind.ESNext)
  // Where its packages are found.
  const file = resolve(`node_modules/.cache/${name}.mjs`)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, code)
  return import(/* @vite-ignore */ file)
}

/** The same for a block that imports this package too: it gets the modules that it imports from the test. */
export function runSnippetWith<T>(page: string, name: string, modules: Record<string, unknown>): T {
  const exports = {}
  const code = transpiled(page, name, ts.ModuleKind.CommonJS)
  new Function('require', 'exports', code)((module: string) => modules[module], exports)
  return exports as T
}

function transpiled(page: string, name: string, module: ts.ModuleKind): string {
  const snippet = snippetsOf(page, readFileSync(page, 'utf8')).find(({ code }) => code.includes(name))
  if (!snippet) throw new Error(`${page} has no code with ${name}.`)
  return ts.transpileModule(snippet.code, { compilerOptions: { module } }).outputText
}

/** What the compiler has to say, as `page:line: message`. All snippets are one program. */
export function problemsIn(snippets: readonly Snippet[]): readonly string[] {
  const compiled = snippets.filter(({ exemption }) => exemption === undefined)
  const files = new Map(compiled.map((snippet) => [fileOf(snippet), snippet]))
  const program = ts.createProgram([...files.keys(), given], options, hostWith(files))
  return [...files].flatMap(([file, snippet]) => {
    const source = program.getSourceFile(file)
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
      .filter(({ code }) => !(snippet.language.startsWith('js') && needsType(code)))
      .filter(({ start = 0 }) => start >= snippet.before.length)
      .map((diagnostic) => report(snippet, diagnostic))
  })
}

/** As strict as our own code, but an example may leave unused what it shows. */
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  jsx: ts.JsxEmit.ReactJSX,
  allowJs: true,
  checkJs: true,
  strict: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node', 'trellopowerup'],
  paths: entries(),
}

/** The public names of the sources. */
function entries(): Record<string, string[]> {
  return Object.fromEntries(Object.entries(sourceEntries()).map(([name, source]) => [name, [source]]))
}

const given = resolve('test/unit/docs/given.d.ts')

/** Beside its page, so that its relative imports are those of the page's neighbours. */
function fileOf({ page, line, language }: Snippet): string {
  return resolve(`${page}-${line}.${language}`)
}

/** The files of this machine, and the snippets among them. */
function hostWith(files: ReadonlyMap<string, Snippet>): ts.CompilerHost {
  const host = ts.createCompilerHost(options)
  const { fileExists, getSourceFile } = host
  host.fileExists = (file) => files.has(file) || fileExists(file)
  host.getSourceFile = (file, language, ...rest) => {
    const snippet = files.get(file)
    if (!snippet) return getSourceFile(file, language, ...rest)
    return ts.createSourceFile(file, snippet.before + snippet.code, language)
  }
  return host
}

/** JavaScript has no way to say a type, or that an element is there. */
function needsType(code: number): boolean {
  return [2531, 18046, 18047].includes(code) || (code >= 7000 && code < 7100)
}

function report({ page, line, before, code }: Snippet, { start = 0, messageText }: ts.Diagnostic): string {
  const at = line + code.slice(0, start - before.length).split('\n').length - 1
  return `${page}:${at}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
}
