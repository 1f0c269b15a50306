import { child, children, member, type Node } from './syntax'

/** Takes off what TypeScript and `?.` put around an expression, and `await`. */
export function bare(node: Node | undefined): Node | undefined {
  const wrappers = /^(TSAsExpression|TSNonNullExpression|TSSatisfiesExpression|TSTypeAssertion)$/
  if (!node) return undefined
  if (wrappers.test(node.type) || ['ChainExpression', 'ParenthesizedExpression'].includes(node.type)) {
    return bare(child(node, 'expression'))
  }
  return node.type === 'AwaitExpression' ? bare(child(node, 'argument')) : node
}

/** A call as the rules look at it. */
export interface Call {
  /** The call without what is around it. */
  node: Node
  /** The name of the function or of the method. */
  name: string
  /** The expression before the dot. */
  object: Node | undefined
  /** Arguments, in their order. */
  args: readonly Node[]
}

/** Reads a call, or `new`. `undefined` for another expression, and for the call of one without a name. */
export function callOf(node: Node | undefined): Call | undefined {
  const call = bare(node)
  if (!call || !['CallExpression', 'NewExpression'].includes(call.type)) return undefined
  const callee = bare(child(call, 'callee'))
  const name = nameOf(callee)
  if (name === undefined) return undefined
  return { node: call, name, object: bare(child(callee, 'object')), args: children(call, 'arguments') }
}

/** The last name of an expression: `token` of `token`, of `this.token`, of `grant['token']` and of `token()`. */
export function nameOf(node: Node | undefined): string | undefined {
  const plain = bare(node)
  if (!plain) return undefined
  if (/Identifier$/.test(plain.type)) return textMember(plain, 'name')
  if (plain.type === 'MemberExpression') {
    const property = child(plain, 'property')
    return member(plain, 'computed') === true ? literalOf(property) : nameOf(property)
  }
  return plain.type === 'CallExpression' ? nameOf(child(plain, 'callee')) : undefined
}

/** The name of a property, whichever way it is written. */
export function keyOf(property: Node): string | undefined {
  const key = child(property, 'key')
  return literalOf(key) ?? (member(property, 'computed') === true ? undefined : nameOf(key))
}

/** The value of a property of an object literal. */
export function propertyOf(object: Node | undefined, name: string): Node | undefined {
  return child(
    children(bare(object), 'properties').find((property) => keyOf(property) === name),
    'value',
  )
}

/** The text of a literal. */
export function literalOf(node: Node | undefined): string | undefined {
  if (node?.type === 'Literal') return textMember(node, 'value')
  if (node?.type === 'TemplateLiteral' && children(node, 'expressions').length === 0) return textOf(node)
  return undefined
}

/** The fixed parts of a text that is put together, with `…` for the others. `undefined` where there are none. */
export function textOf(node: Node | undefined): string | undefined {
  const plain = bare(node)
  if (plain?.type === 'Literal') return textMember(plain, 'value')
  if (plain?.type === 'TemplateLiteral') {
    const fixed = children(plain, 'quasis').map((quasi) => String(rawOf(member(quasi, 'value'))))
    return fixed.join('…')
  }
  const joined = plain?.type === 'CallExpression' ? callOf(plain) : undefined
  if (joined?.name === 'join' && joined.object?.type === 'ArrayExpression') {
    return together(children(joined.object, 'elements'), literalOf(joined.args[0]) ?? ',')
  }
  if (plain?.type !== 'BinaryExpression' || member(plain, 'operator') !== '+') return undefined
  return together([child(plain, 'left'), child(plain, 'right')], '')
}

function together(nodes: readonly (Node | undefined)[], between: string): string | undefined {
  const parts = nodes.map(textOf)
  return parts.every((part) => part === undefined)
    ? undefined
    : parts.map((part) => part ?? '…').join(between)
}

function rawOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'raw' in value ? value.raw : ''
}

function textMember(node: Node, name: string): string | undefined {
  const value = member(node, name)
  return typeof value === 'string' ? value : undefined
}
