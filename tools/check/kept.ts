import { callOf, keyOf, literalOf, nameOf } from './expression'
import type { KindName } from './finding'
import { isTokenName } from './request'
import { child, children, type Node } from './syntax'

const SCOPES = ['board', 'card', 'member', 'organization']
const STORAGES = ['localStorage', 'sessionStorage']

/** Finds tokens that are kept: with `t.set`, in the frame's own storage, and with `storeToken`. */
export function keptFindings(node: Node): readonly KindName[] {
  if (node.type === 'MemberExpression') {
    const name = nameOf(node)
    const isStorage = STORAGES.includes(nameOf(child(node, 'object')) ?? '')
    const isStored = isStorage && name !== undefined && isTokenName(name)
    return isStored ? ['storedToken'] : []
  }
  const call = node.type === 'CallExpression' ? callOf(node) : undefined
  if (!call) return []
  const [first, , ...values] = call.args
  if (call.name === 'storeToken') return ['storedToken']
  if (['setItem', 'getItem'].includes(call.name) && STORAGES.includes(nameOf(call.object) ?? '')) {
    return call.args.some(isToken) ? ['storedToken'] : []
  }
  const isPlace = SCOPES.includes(literalOf(first) ?? '')
  return ['set', 'get'].includes(call.name) && isPlace && values.some(isToken) ? ['keptToken'] : []
}

function isToken(value: Node): boolean {
  const names = [literalOf(value), nameOf(value), ...children(value, 'properties').map(keyOf)]
  return names.some((name) => name !== undefined && isTokenName(name))
}
