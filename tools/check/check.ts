import { consentFindings } from './consent'
import { callOf, keyOf, literalOf, nameOf, textOf } from './expression'
import type { Finding, KindName } from './finding'
import { keptFindings } from './kept'
import { requestFindings } from './request'
import { isOfHost, markupOf, readSources, type Script, type Source, scriptsIn, scriptTagsIn } from './source'
import { children, type Node, parse, walk } from './syntax'

/** All that is said about a folder. */
export interface Report {
  /** The places that were found, file by file. */
  findings: readonly Finding[]
  /** The number of files that were read. */
  read: number
  /** Files that were left out because nobody wrote them. */
  skipped: readonly string[]
}

/** Reads a Power-Up's sources and finds what a move to OAuth 2.0 touches. @throws where the folder can't be read */
export function check(folder: string): Report {
  const { sources, skipped, closed } = readSources(folder)
  const unread = closed.map((path): Finding => ({ kind: 'unread', path, line: 1 }))
  return { findings: [...findingsIn(sources), ...unread], read: sources.length, skipped }
}

/** Looks through sources that belong together, in their order. */
export function findingsIn(sources: readonly Source[]): readonly Finding[] {
  const scripts = sources.flatMap(scriptsIn).map((script) => ({ path: script.path, ...treeOf(script) }))
  const asksForRestApi = scripts.some((script) => script.asksForRestApi)
  const found = [
    ...sources.flatMap(pageFindings),
    ...scripts.flatMap(({ path, root, line }) =>
      root ? findingsInTree(path, root, asksForRestApi) : [{ kind: 'unread' as const, path, line }],
    ),
  ]
  return [...new Map(found.map((finding) => [JSON.stringify(finding), finding])).values()]
}

/** Parses a script, or says in which line that failed. One that is nested too deep to be walked is not read either. */
function treeOf({ code, language }: Script): { root?: Node; line: number; asksForRestApi?: boolean } {
  try {
    const root = parse(code, language)
    return { root, line: 1, asksForRestApi: callsIn(root).some(({ name }) => name === 'getRestApi') }
  } catch (error) {
    const [, line = 1] = /\((\d+):\d+\)$/.exec(String(error)) ?? []
    return { line: Number(line) }
  }
}

function findingsInTree(path: string, root: Node, asksForRestApi: boolean): readonly Finding[] {
  const found: Finding[] = []
  walk(root, (node, around) => {
    const kinds: readonly KindName[] = [
      ...requestFindings(node, around),
      ...keptFindings(node),
      ...consentFindings(node, around),
      ...(asksForRestApi && isStartWithoutOptions(node) ? ['noOptions' as const] : []),
      ...(namesPolicy(node) ? ['policy' as const] : []),
    ]
    for (const kind of kinds) found.push({ kind, path, line: node.loc.start.line })
  })
  return found.some(({ kind }) => kind === 'request') ? found : [...found, ...otherRequests(path, root)]
}

function otherRequests(path: string, root: Node): readonly Finding[] {
  const found: Finding[] = []
  walk(root, (node, [parent]) => {
    const isPart = parent?.type === 'BinaryExpression' || parent?.type === 'TemplateLiteral'
    const isAddress =
      !isPart &&
      /^https:\/\/(?:api\.)?trello\.com\/?(?:1\/?(?!authorize|connect|client\.js)|$)/.test(textOf(node) ?? '')
    if (isAddress) found.push({ kind: 'otherRequest', path, line: node.loc.start.line })
  })
  return found
}

/** `setHeader('Content-Security-Policy', …)`, and the option or the function of helmet and its like. */
function namesPolicy(node: Node): boolean {
  const call = node.type === 'CallExpression' ? callOf(node) : undefined
  const name = node.type === 'Property' ? keyOf(node) : (call?.name ?? literalOf(node))
  return /^content-?security-?policy$/i.test(name ?? '')
}

/** `TrelloPowerUp.iframe()`, `TrelloPowerUp.initialize(capabilities)`, and the same with options that have no `appKey`. */
function isStartWithoutOptions(node: Node): boolean {
  const call = node.type === 'CallExpression' ? callOf(node) : undefined
  if (call?.name === 'iframe') return hasNoAppKey(call.args[0])
  const isInitialize = call?.name === 'initialize' && nameOf(call.object) === 'TrelloPowerUp'
  return isInitialize && hasNoAppKey(call.args[1])
}

function hasNoAppKey(options: Node | undefined): boolean {
  if (options?.type !== 'ObjectExpression') return options === undefined
  const properties = children(options, 'properties')
  return properties.every((each) => each.type === 'Property' && keyOf(each) !== 'appKey')
}

function callsIn(root: Node) {
  const calls: { name: string }[] = []
  walk(root, (node) => {
    const call = node.type === 'CallExpression' ? callOf(node) : undefined
    if (call) calls.push(call)
  })
  return calls
}

/** In an attribute, an expression of a template, or a language that isn't read. */
const NAMED_IN_MARKUP =
  /[?&]token=|\bauthorize\s*\(|api\.trello\.com\/1(?!\/client\.js)|trello\.com\/1\/(?:authorize|connect)/

function pageFindings(source: Source): readonly Finding[] {
  const { path, text } = source
  const tags = scriptTagsIn(source).flatMap(({ line, src }): Finding[] => {
    if (/power-up(?:\.min)?\.js/.test(src)) return [{ kind: 'powerUpScript', path, line }]
    return /trello\.com\/1\/client\.js/.test(src) ? [{ kind: 'clientScript', path, line }] : []
  })
  const markup = markupOf(source)
    .split('\n')
    .flatMap((line, index): Finding[] =>
      NAMED_IN_MARKUP.test(line) ? [{ kind: 'markup', path, line: index + 1 }] : [],
    )
  const policy = (isOfHost(path) ? text : markupOf(source)).search(/Content-Security-Policy/i)
  if (policy < 0) return [...tags, ...markup]
  return [...tags, ...markup, { kind: 'policy', path, line: text.slice(0, policy).split('\n').length }]
}
