import { type Call, callOf, keyOf, literalOf, nameOf, propertyOf, textOf } from './expression'
import type { KindName } from './finding'
import { child, children, member, type Node } from './syntax'

/** Finds what is wrong with addresses, parameters and requests. */
export function requestFindings(node: Node, around: readonly Node[]): readonly KindName[] {
  return [...addressFindings(node, around), ...parameterFindings(node), ...callFindings(node)]
}

function addressFindings(node: Node, [parent]: readonly Node[]): readonly KindName[] {
  if (/^(Import|Export)/.test(parent?.type ?? '')) return []
  const isPart = ['BinaryExpression', 'TemplateLiteral'].includes(parent?.type ?? '')
  const text = isPart ? undefined : textOf(node)
  if (text === undefined) return patternFindings(node)
  const found: KindName[] = []
  if (/trello\.com\/1\/authorize|trello\.com\/1\/connect/.test(text)) found.push('consentUrl')
  else if (/trello\.com\/1\/client\.js/.test(text)) found.push('clientScript')
  else if (/(?:^|[?&])token=/.test(text)) found.push(isCookie(parent) ? 'storedToken' : 'request')
  if (/(?:^|\/)tokens\//.test(text)) found.push('tokenPath')
  if (/^OAuth oauth_consumer_key=/.test(text)) found.push('noHeader')
  if (SHAPE.test(text)) found.push('tokenShape')
  return found
}

/** `document.cookie = …`. */
function isCookie(parent: Node | undefined): boolean {
  return parent?.type === 'AssignmentExpression' && nameOf(child(parent, 'left')) === 'cookie'
}

/** `[0-9a-f]{64}` and its like, in a pattern or in the text of one, and the beginning of newer tokens. */
const SHAPE = /(?:\[[^\]]*(?:0-9|a-f|\\d)[^\]]*\]|\\w)\{(?:6\d|7\d|80)[,}]|^\^?ATTA/i

function patternFindings(node: Node): readonly KindName[] {
  const regex = member(node, 'regex')
  if (typeof regex !== 'object' || regex === null || !('pattern' in regex)) return lengthFindings(node)
  const pattern = String(regex.pattern)
  if (SHAPE.test(pattern)) return ['tokenShape']
  // A return page takes the token out of its hash.
  return /token=/.test(pattern) ? ['consentUrl'] : []
}

/** `token.length === 64`. */
function lengthFindings(node: Node): readonly KindName[] {
  if (node.type !== 'BinaryExpression') return []
  const sides = [child(node, 'left'), child(node, 'right')]
  const isLength = sides.some(
    (side) => nameOf(side) === 'length' && isTokenName(nameOf(child(side, 'object')) ?? ''),
  )
  const isShape = sides.some((side) => member(side, 'value') === 64 || member(side, 'value') === 76)
  return isLength && isShape ? ['tokenShape'] : []
}

/** Names under which HTTP libraries take the parameters and the body of a request. */
const PARAMETERS = /^(?:params|query|qs|searchParams|setParams|form|data|body|json)$/i

function parameterFindings(node: Node): readonly KindName[] {
  if (node.type === 'Property') return propertyFindings(node)
  if (node.type === 'AssignmentExpression') {
    const left = child(node, 'left')
    const isParameter = PARAMETERS.test(nameOf(child(left, 'object')) ?? '') && nameOf(left) === 'token'
    return isParameter ? ['request'] : []
  }
  if (node.type === 'ArrayExpression') {
    const [name, value, ...others] = children(node, 'elements')
    return literalOf(name) === 'token' && value && !isFixed(value) && others.length === 0 ? ['request'] : []
  }
  if (node.type !== 'ObjectExpression') return []
  const names = children(node, 'properties').map(keyOf)
  if (names.includes('key') && names.includes('token')) return ['request']
  const handed = ['args', 'headers'].flatMap((name) => children(propertyOf(node, name), 'properties'))
  const isHanded = handed.some((each) => isTokenName(keyOf(each) ?? '') || holdsToken(child(each, 'value')))
  return isHanded ? ['passedToken'] : []
}

/** Tells a token, and a text that is put together with one. One that is asked for right there is fresh. */
function holdsToken(value: Node | undefined): boolean {
  if (value?.type === 'TemplateLiteral') return children(value, 'expressions').some(holdsToken)
  if (value?.type === 'BinaryExpression')
    return holdsToken(child(value, 'left')) || holdsToken(child(value, 'right'))
  const isName = /^(?:Identifier|MemberExpression)$/.test(value?.type ?? '')
  return isName && isTokenName(nameOf(value) ?? '')
}

function propertyFindings(property: Node): readonly KindName[] {
  const name = keyOf(property) ?? ''
  if (name === 'validToken') return ['tokenShape']
  if (!PARAMETERS.test(name)) return []
  const value = child(property, 'value')
  const token = propertyOf(value, 'token')
  return (token && !isFixed(token)) || isTextOfToken(value) ? ['request'] : []
}

/** `JSON.stringify({ token })`. */
function isTextOfToken(value: Node | undefined): boolean {
  const call = callOf(value)
  return call?.name === 'stringify' && isObjectOfToken(call.args[0])
}

function isObjectOfToken(object: Node | undefined): boolean {
  if (object?.type !== 'ObjectExpression') return false
  return children(object, 'properties').some((property) => {
    const value = child(property, 'value')
    return SENT_NAME.test(keyOf(property) ?? '') && value !== undefined && !isFixed(value)
  })
}

/** Names under which a server is told the token. */
const SENT_NAME = /^(?:(?:trello|auth|access|user|member|api)_?)?token$/i

function isFixed(value: Node): boolean {
  return literalOf(value) !== undefined || member(value, 'value') === null
}

function callFindings(node: Node): readonly KindName[] {
  if (/^Import(Declaration|Expression)$/.test(node.type)) return packageFindings(child(node, 'source'))
  const call = node.type === 'CallExpression' ? callOf(node) : undefined
  if (!call) return []
  const { name, args } = call
  const [first] = args
  if (name === 'require') return packageFindings(first)
  if (name === 'isLikelyRestToken') return ['tokenShape']
  if (name === 'startsWith') return /^ATTA/.test(literalOf(first) ?? '') ? ['tokenShape'] : []
  if (isWithoutHeader(call)) return ['noHeader']
  if (/^(?:bind|postMessage|signUrl)$/.test(name)) return args.some(isToken) ? ['passedToken'] : []
  return namedFindings(call)
}

/** A synchronous request, and JSONP. */
function isWithoutHeader({ name, args }: Call): boolean {
  if (name === 'open') return isFalse(args[2])
  if (/jsonp$/i.test(name)) return true
  return /^(?:ajax|ajaxSetup|get|getJSON)$/.test(name) && args.some(isWithoutHeaderInJQuery)
}

/** An argument with `async: false` or `dataType: 'jsonp'`, or an address with a place for the name of a function. */
function isWithoutHeaderInJQuery(given: Node): boolean {
  if (isFalse(propertyOf(given, 'async')) || literalOf(propertyOf(given, 'dataType')) === 'jsonp') return true
  return [given, propertyOf(given, 'url')].some((address) => /=\?(?:&|$)/.test(textOf(address) ?? ''))
}

function isFalse(value: Node | undefined): boolean {
  return value !== undefined && member(value, 'value') === false
}

/** Finds calls that take or give a value by the name of `token`. */
function namedFindings({ name, object, args }: Call): readonly KindName[] {
  const [first] = args
  const isNamed = literalOf(first) === 'token'
  if (name === 'arg') return isTokenName(literalOf(first) ?? '') ? ['passedToken'] : []
  // A return page reads its hash.
  if (name === 'get') return isNamed && callOf(object)?.name === 'URLSearchParams' ? ['consentUrl'] : []
  if (PARAMETERS.test(name) && propertyOf(first, 'token')) return ['request']
  if (name === 'setRequestHeader') return holdsToken(args[1]) ? ['passedToken'] : []
  const isSending = /^(?:post|put|patch|send|sendBeacon)$/.test(name)
  if (isSending && args.some((each) => isObjectOfToken(each) || isTextOfToken(each))) return ['request']
  if (!['append', 'set'].includes(name) || args.length !== 2 || !isNamed) return []
  return [/cookie/i.test(nameOf(object) ?? '') ? 'storedToken' : 'request']
}

function packageFindings(source: Node | undefined): readonly KindName[] {
  return /^trello\.js(?:\/|$)/.test(literalOf(source) ?? '') ? ['trelloJs'] : []
}

/** Tells a token by its name, by the name that it is kept under, and within an object or `JSON.stringify`. */
export function isToken(value: Node): boolean {
  const names = [literalOf(value), nameOf(value), ...children(value, 'properties').map(keyOf)]
  const isOne = names.some((name) => name !== undefined && isTokenName(name))
  return isOne || (value.type === 'CallExpression' && (callOf(value)?.args ?? []).some(isToken))
}

/** Tells names that a token may have: `token`, `authToken`, `trello_token`. */
export function isTokenName(name: string): boolean {
  return /token/i.test(name) && !/csrf|cancel|design|endpoint/i.test(name)
}
