import { consentFindings } from './consent'
import { callOf, nameOf } from './expression'
import type { Finding, KindName } from './finding'
import { keptFindings } from './kept'
import { requestFindings } from './request'
import { readSources, type Script, type Source, scriptsIn, scriptTagsIn } from './source'
import { type Node, parse, walk } from './syntax'

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
  const { sources, skipped } = readSources(folder)
  return { findings: findingsIn(sources), read: sources.length, skipped }
}

/** Looks through sources that belong together, in their order. */
export function findingsIn(sources: readonly Source[]): readonly Finding[] {
  const scripts = sources.flatMap(scriptsIn).map((script) => ({ path: script.path, ...treeOf(script) }))
  const asksForRestApi = scripts.some(
    ({ root }) => root && callsIn(root).some(({ name }) => name === 'getRestApi'),
  )
  const found = [
    ...sources.flatMap(pageFindings),
    ...scripts.flatMap(({ path, root, line }) =>
      root ? findingsInTree(path, root, asksForRestApi) : [{ kind: 'unread' as const, path, line }],
    ),
  ]
  return [...new Map(found.map((finding) => [JSON.stringify(finding), finding])).values()]
}

/** Parses a script, or says in which line that failed. */
function treeOf({ code, language }: Script): { root?: Node; line: number } {
  try {
    return { root: parse(code, language), line: 1 }
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
    ]
    for (const kind of kinds) found.push({ kind, path, line: node.loc.start.line })
  })
  return found
}

/** `TrelloPowerUp.iframe()` and `TrelloPowerUp.initialize(capabilities)`. */
function isStartWithoutOptions(node: Node): boolean {
  const call = node.type === 'CallExpression' ? callOf(node) : undefined
  const most = { iframe: 0, initialize: 1 }[call?.name ?? '']
  return most !== undefined && nameOf(call?.object) === 'TrelloPowerUp' && (call?.args.length ?? 0) <= most
}

function callsIn(root: Node) {
  const calls: { name: string }[] = []
  walk(root, (node) => {
    const call = node.type === 'CallExpression' ? callOf(node) : undefined
    if (call) calls.push(call)
  })
  return calls
}

function pageFindings(source: Source): readonly Finding[] {
  const { path, text } = source
  const tags = scriptTagsIn(source).flatMap(({ line, src }): Finding[] => {
    if (/power-up(?:\.min)?\.js/.test(src)) return [{ kind: 'powerUpScript', path, line }]
    return /trello\.com\/1\/client\.js/.test(src) ? [{ kind: 'clientScript', path, line }] : []
  })
  const isPage = /\.html?$|^_headers$|\/_headers$/.test(path)
  const policy = isPage ? text.search(/Content-Security-Policy/i) : -1
  if (policy < 0) return tags
  return [...tags, { kind: 'policy', path, line: text.slice(0, policy).split('\n').length }]
}
