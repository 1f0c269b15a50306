import { callOf, literalOf, nameOf } from './expression'
import type { KindName } from './finding'
import { isToken, isTokenName } from './request'
import { child, type Node } from './syntax'

const SCOPES = ['board', 'card', 'member', 'organization']
const VISIBILITIES = ['private', 'shared']
const STORAGES = ['localStorage', 'sessionStorage']

/** Finds tokens that are kept: with `t.set` and `t.storeSecret`, in the frame's own storage, and with `storeToken`. */
export function keptFindings(node: Node): readonly KindName[] {
  if (node.type === 'MemberExpression') {
    const name = nameOf(node)
    const isStorage = STORAGES.includes(nameOf(child(node, 'object')) ?? '')
    return isStorage && name !== undefined && isTokenName(name) ? ['storedToken'] : []
  }
  const call = node.type === 'CallExpression' ? callOf(node) : undefined
  if (!call) return []
  const [first, second, ...values] = call.args
  switch (call.name) {
    case 'storeToken':
      return ['storedToken']
    case 'setItem':
    case 'getItem':
    case 'removeItem':
      return STORAGES.includes(nameOf(call.object) ?? '') && call.args.some(isToken) ? ['storedToken'] : []
    case 'storeSecret':
    case 'loadSecret':
      return call.args.some(isToken) ? ['keptToken'] : []
    case 'set':
    case 'get':
    case 'remove':
      return isPlace(first, second) && values.some(isToken) ? ['keptToken'] : []
    default:
      return []
  }
}

/** Tells a place of Trello's storage. Its scope may also be the id of a card. */
function isPlace(scope: Node | undefined, visibility: Node | undefined): boolean {
  return SCOPES.includes(literalOf(scope) ?? '') || VISIBILITIES.includes(literalOf(visibility) ?? '')
}
