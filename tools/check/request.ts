import { callOf, keyOf, literalOf, nameOf, propertyOf, textOf } from './expression'
import type { KindName } from './finding'
import { child, children, member, type Node } from './syntax'

/** Finds what is wrong with addresses, parameters and requests. */
export function requestFindings(node: Node, around: readonly Node[]): readonly KindName[] {
  return [...addressFindings(node, around), ...parameterFindings(node), ...callFindings(node)]
}

function addressFindings(node: Node, [parent]: readonly Node[]): readonly KindName[] {
  const isPart =
    parent?.type === 'BinaryExpression' || parent?.type === 'TemplateLiteral' || parent?.type === 'Property'
  const text = isPart && parent?.type !== 'Property' ? undefined : textOf(node)
  if (text === undefined) return tokenShape(node)
  const found: KindName[] = []
  if (/trello\.com\/1\/authorize|trello\.com\/1\/connect/.test(text)) found.push('consentUrl')
  else if (/(?:^|[?&])token=/.test(text)) found.push('request')
  if (/\/tokens\//.test(text)) found.push('tokenPath')
  if (/^OAuth oauth_consumer_key=/.test(text)) found.push('noHeader')
  if (SHAPE.test(text)) found.push('tokenShape')
  return found
}

/** `[0-9a-f]{64}` and its like, in a pattern or in the text of one. */
const SHAPE = /\[[^\]]*(?:0-9|a-f)[^\]]*\]\{(?:64|76)[,}]/i

function tokenShape(node: Node): readonly KindName[] {
  const regex = member(node, 'regex')
  const hasPattern = typeof regex === 'object' && regex !== null && 'pattern' in regex
  return hasPattern && SHAPE.test(String(regex.pattern)) ? ['tokenShape'] : []
}

function parameterFindings(node: Node): readonly KindName[] {
  if (node.type === 'Property' && keyOf(node) === 'validToken') return ['tokenShape']
  if (node.type !== 'ObjectExpression') return []
  const names = children(node, 'properties').map(keyOf)
  if (names.includes('key') && names.includes('token')) return ['request']
  const args = propertyOf(node, 'args')
  const handed = children(args, 'properties').map(keyOf)
  return handed.some((name) => name !== undefined && isTokenName(name)) ? ['passedToken'] : []
}

function callFindings(node: Node): readonly KindName[] {
  if (node.type === 'ImportDeclaration') {
    return /^trello\.js(?:\/|$)/.test(literalOf(child(node, 'source')) ?? '') ? ['trelloJs'] : []
  }
  const call = node.type === 'CallExpression' ? callOf(node) : undefined
  if (!call) return []
  const [first, second, third] = call.args
  if (call.name === 'isLikelyRestToken') return ['tokenShape']
  if (call.name === 'arg' && isTokenName(literalOf(first) ?? '')) return ['passedToken']
  if (['append', 'set'].includes(call.name) && call.args.length === 2 && literalOf(first) === 'token') {
    return ['request']
  }
  if (call.name === 'open' && third && member(third, 'value') === false) return ['noHeader']
  if (nameOf(call.node) === 'ajax' && literalOf(propertyOf(second ?? first, 'dataType')) === 'jsonp') {
    return ['noHeader']
  }
  return []
}

/** Tells names that a token may have: `token`, `authToken`, `trello_token`. */
export function isTokenName(name: string): boolean {
  return /token/i.test(name) && !/csrf|cancel|design|endpoint/i.test(name)
}
