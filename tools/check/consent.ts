import { callOf, keyOf, literalOf, nameOf, propertyOf, textOf } from './expression'
import type { KindName } from './finding'
import { child, children, isFunction, type Node, walk } from './syntax'

/** Finds what is said and done around consent: how, with which options, and when. */
export function consentFindings(node: Node, around: readonly Node[]): readonly KindName[] {
  if (node.type === 'Property') return isRelativeAddress(keyOf(node), child(node, 'value'))
  if (node.type === 'VariableDeclarator')
    return isRelativeAddress(nameOf(child(node, 'id')), child(node, 'init'))
  if (isOfClientScript(node) && node.type === 'MemberExpression') return ['clientScript']
  const call = node.type === 'CallExpression' ? callOf(node) : undefined
  if (!call || isOfClientScript(call.object)) return call ? ['clientScript'] : []
  const [first] = call.args
  if (call.name === 'authorize' && call.object) return authorizeFindings(node, first, around)
  const isOnLoad = callsAuthorizing(node, around) && timeOf(node, around) === 'load'
  return isOnLoad ? ['consentOnLoad'] : []
}

/** `Trello`, `window.Trello`, `window.Trello.cards`. */
function isOfClientScript(object: Node | undefined): boolean {
  if (object?.type === 'Identifier') return nameOf(object) === 'Trello'
  if (object?.type !== 'MemberExpression') return false
  const inner = child(object, 'object')
  return nameOf(object) === 'Trello' ? nameOf(inner) === 'window' : isOfClientScript(inner)
}

function authorizeFindings(
  node: Node,
  first: Node | undefined,
  around: readonly Node[],
): readonly KindName[] {
  const isByName = first !== undefined && first.type !== 'ObjectExpression' && textOf(first) === undefined
  const found: KindName[] = []
  // A return page hands the token to the page that opened it.
  if (nameOf(callOf(node)?.object) === 'opener') return ['consentUrl']
  // `t.authorize(url)`. An address that is written there is found as an address.
  if (isByName && /^(t|trello|this)$/.test(nameOf(callOf(node)?.object) ?? '')) found.push('consentUrl')
  const isRestApi = /^(get)?RestApi$/i.test(nameOf(callOf(node)?.object) ?? '')
  if (propertyOf(first, 'scope') || propertyOf(first, 'expiration') || (isRestApi && isByName))
    found.push('scope')
  const time = timeOf(node, around)
  if (time === 'late') found.push('lateConsent')
  if (time === 'load') found.push('consentOnLoad')
  return found
}

/**
 * Tells when code runs: on load where no function is around it, or one that runs on load; late where an `await` comes
 * before it in its function, or it is in the `then` of a promise.
 */
function timeOf(node: Node, around: readonly Node[]): 'load' | 'late' | undefined {
  const place = around.findIndex(isFunction)
  const inner = around[place]
  if (inner && hasAwaitBefore(inner, node)) return 'late'
  if (!inner) return 'load'
  const [holder, ...outer] = around.slice(place + 1)
  // A function that is called in place.
  if (holder?.type === 'CallExpression' && child(holder, 'callee') === inner) return timeOf(holder, outer)
  const call = callOf(holder)
  if (!call?.args.includes(inner)) return isOutsideOfClicks(holder, outer) ? 'load' : undefined
  if (/^(then|catch|finally|setTimeout)$/.test(call.name)) return 'late'
  if (/^(useEffect|useLayoutEffect|onMounted|ready|render|\$)$/.test(call.name)) return 'load'
  const event = literalOf(call.args[0])
  return call.name === 'addEventListener' && /^(load|DOMContentLoaded)$/.test(event ?? '')
    ? 'load'
    : undefined
}

/**
 * Tells functions that no click in the frame calls: `window.onload`, a capability, and the `callback` of a button that
 * Trello shows in its own page.
 */
function isOutsideOfClicks(holder: Node | undefined, outer: readonly Node[]): boolean {
  if (holder?.type === 'AssignmentExpression') return nameOf(child(holder, 'left')) === 'onload'
  if (holder?.type !== 'Property') return false
  return keyOf(holder) === 'callback' || callOf(outer[1])?.name === 'initialize'
}

/** The code that runs before, apart from what is in functions of its own. */
function hasAwaitBefore(inner: Node, node: Node): boolean {
  let isFound = false
  walk(inner, (each, around) => {
    const isAwait = each.type === 'AwaitExpression' && each.end <= node.start
    if (isAwait && around.find(isFunction) === inner) isFound = true
  })
  return isFound
}

/** Tells a call of a function of this file that asks for consent itself. */
function callsAuthorizing(node: Node, around: readonly Node[]): boolean {
  const root = around.at(-1)
  const callee = child(node, 'callee')
  if (callee?.type !== 'Identifier' || !root) return false
  const declared = children(root, 'body').find(
    (each) => each.type === 'FunctionDeclaration' && nameOf(child(each, 'id')) === nameOf(callee),
  )
  return declared !== undefined && asks(declared)
}

function asks(declared: Node): boolean {
  let isFound = false
  walk(declared, (each, around) => {
    const isOwn = around.find(isFunction) === declared
    if (isOwn && each.type === 'CallExpression' && callOf(each)?.name === 'authorize') isFound = true
  })
  return isFound
}

/** `redirectUri: 'callback.html'`, `new URL('callback.html', location.href)`. */
function isRelativeAddress(name: string | undefined, value: Node | undefined): readonly KindName[] {
  if (!/^(redirect_?ur[il]|return_?url|callback_?ur[il])$/i.test(name ?? '')) return []
  let isFound = false
  const look = (node: Node | undefined) => {
    const call = callOf(node)
    if (call?.node.type === 'NewExpression' && call.name === 'URL') {
      isFound ||= isRelative(literalOf(call.args[0])) && nameOf(call.args[1]) !== 'origin'
    } else if (call) call.args.forEach(look)
    else if (node?.type === 'MemberExpression') look(child(node, 'object'))
    else if (node?.type === 'Literal') isFound ||= isRelative(literalOf(node))
  }
  look(value)
  return isFound ? ['relativeAddress'] : []
}

function isRelative(address: string | undefined): boolean {
  return address !== undefined && address !== '' && !/^(?:[a-z][a-z\d+.-]*:|\/)/i.test(address)
}
