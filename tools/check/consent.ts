import { callOf, keyOf, literalOf, nameOf, propertyOf, textOf } from './expression'
import type { KindName } from './finding'
import { child, children, isFunction, type Node, walk } from './syntax'

/** Finds what is said and done around consent: how, with which options, and when. */
export function consentFindings(node: Node, around: readonly Node[]): readonly KindName[] {
  if (node.type === 'Property') return isRelativeAddress(keyOf(node), child(node, 'value'))
  if (node.type === 'VariableDeclarator')
    return isRelativeAddress(nameOf(child(node, 'id')), child(node, 'init'))
  if (isOfClientScript(node) && node.type === 'MemberExpression') return ['clientScript']
  // A function that asks, handed on by its name.
  if (node.type === 'Identifier' && isHandedOn(node, around) && isAuthorizing(node, around)) {
    return timeFindings(timeOfFunction(node, around))
  }
  const call = node.type === 'CallExpression' ? callOf(node) : undefined
  if (!call || isOfClientScript(call.object)) return call ? ['clientScript'] : []
  const [first] = call.args
  if (call.name === 'authorize' && call.object) return authorizeFindings(node, first, around)
  return isAuthorizing(child(node, 'callee'), around) ? timeFindings(timeOf(node, around)) : []
}

function timeFindings(time: 'load' | 'late' | undefined): readonly KindName[] {
  if (time === undefined) return []
  return time === 'late' ? ['lateConsent'] : ['consentOnLoad']
}

/** `Trello`, `window.Trello`, `window.Trello.cards`. */
function isOfClientScript(object: Node | undefined): boolean {
  if (object?.type === 'Identifier') return nameOf(object) === 'Trello'
  if (object?.type !== 'MemberExpression') return false
  const inner = child(object, 'object')
  return nameOf(object) === 'Trello'
    ? /^(window|self|globalThis)$/.test(nameOf(inner) ?? '')
    : isOfClientScript(inner)
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
  return [...found, ...timeFindings(timeOf(node, around))]
}

/**
 * Tells when code runs: on load where no function is around it, or one that runs on load; late where an `await` comes
 * before it in its function, or it is in the `then` of a promise.
 */
function timeOf(node: Node, around: readonly Node[]): 'load' | 'late' | undefined {
  const place = around.findIndex(isFunction)
  const inner = around[place]
  if (inner && hasAwaitBefore(inner, node)) return 'late'
  return inner ? timeOfFunction(inner, around.slice(place + 1)) : 'load'
}

/** Tells when a function runs, from what it is handed to. */
function timeOfFunction(inner: Node, [holder, ...outer]: readonly Node[]): 'load' | 'late' | undefined {
  // A function that is called in place.
  if (holder?.type === 'CallExpression' && child(holder, 'callee') === inner) return timeOf(holder, outer)
  const call = callOf(holder)
  if (!call?.args.includes(inner)) return isOutsideOfClicks(holder, outer) ? 'load' : undefined
  if (/^(then|catch|finally|setTimeout|setInterval|requestAnimationFrame|nextTick)$/.test(call.name))
    return 'late'
  if (/^(useEffect|useLayoutEffect|onMounted|onMount|ready|render|\$)$/.test(call.name)) return 'load'
  const event = literalOf(call.args[0])
  return call.name === 'addEventListener' && /^(load|DOMContentLoaded)$/.test(event ?? '')
    ? 'load'
    : undefined
}

/** Methods that frameworks call when they show a component. */
const LIFECYCLE =
  /^(componentDidMount|UNSAFE_componentWillMount|ngOnInit|ngAfterViewInit|connectedCallback|beforeMount|mounted|created)$/

/**
 * Tells functions that no click in the frame calls: `window.onload`, what a framework calls, a capability, and the `callback` of
 * a button that Trello shows in its own page.
 */
function isOutsideOfClicks(holder: Node | undefined, outer: readonly Node[]): boolean {
  if (holder?.type === 'AssignmentExpression') return nameOf(child(holder, 'left')) === 'onload'
  if (holder?.type === 'MethodDefinition') return LIFECYCLE.test(keyOf(holder) ?? '')
  if (holder?.type !== 'Property') return false
  if (LIFECYCLE.test(keyOf(holder) ?? '')) return true
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

/** Tells a name that is an argument, the right side of an assignment, or the value of a property. */
function isHandedOn(node: Node, [holder]: readonly Node[]): boolean {
  if (holder?.type === 'AssignmentExpression') return child(holder, 'right') === node
  if (holder?.type === 'Property') return child(holder, 'value') === node && child(holder, 'key') !== node
  return callOf(holder)?.args.includes(node) ?? false
}

/** Tells the name of a function of this file that asks for consent itself. */
function isAuthorizing(name: Node | undefined, around: readonly Node[]): boolean {
  const root = around.at(-1)
  const text = name?.type === 'Identifier' && root ? nameOf(name) : undefined
  return text !== undefined && root !== undefined && askersIn(root).has(text)
}

const askers = new WeakMap<Node, ReadonlySet<string | undefined>>()

/** Names the functions that ask, once for a file: a library hands on thousands of names. */
function askersIn(root: Node): ReadonlySet<string | undefined> {
  const known = askers.get(root)
  if (known) return known
  const names = new Set<string | undefined>()
  walk(root, (each) => {
    const id = child(each, 'id')
    const declared = each.type === 'VariableDeclarator' ? child(each, 'init') : each
    if (id && declared && isFunction(declared) && asks(declared)) names.add(nameOf(id))
  })
  askers.set(root, names)
  return names
}

function asks(declared: Node): boolean {
  let isFound = false
  walk(declared, (each, around) => {
    const isOwn = around.find(isFunction) === declared
    if (isOwn && each.type === 'CallExpression' && callOf(each)?.name === 'authorize') isFound = true
  })
  return isFound
}

/** `redirectUri: 'callback.html'`, `new URL('callback.html', location.href)`, `location.pathname + 'callback.html'`. */
function isRelativeAddress(name: string | undefined, value: Node | undefined): readonly KindName[] {
  if (!/^(redirect_?ur[il]|return_?url|callback_?ur[il])$/i.test(name ?? '')) return []
  let isFound = false
  const look = (node: Node | undefined) => {
    const call = callOf(node)
    if (call?.node.type === 'NewExpression' && call.name === 'URL') {
      isFound ||= isRelative(literalOf(call.args[0])) && nameOf(call.args[1]) !== 'origin'
    } else if (call) [call.object, ...call.args].forEach(look)
    else if (isOfLocation(node)) isFound = true
    else if (node?.type === 'MemberExpression') look(child(node, 'object'))
    else if (node?.type === 'BinaryExpression') [child(node, 'left'), child(node, 'right')].forEach(look)
    else if (node?.type === 'TemplateLiteral' && children(node, 'expressions').length > 0)
      children(node, 'expressions').forEach(look)
    else if (node === value) isFound ||= isRelative(literalOf(node))
  }
  look(value)
  return isFound ? ['relativeAddress'] : []
}

/** `location.href` and `location.pathname`: the address of the page, or of the route. */
function isOfLocation(node: Node | undefined): boolean {
  const isAddress = node?.type === 'MemberExpression' && /^(href|pathname)$/.test(nameOf(node) ?? '')
  return isAddress && nameOf(child(node, 'object')) === 'location'
}

function isRelative(address: string | undefined): boolean {
  return address !== undefined && address !== '' && !/^(?:[a-z][a-z\d+.-]*:|\/)/i.test(address)
}
