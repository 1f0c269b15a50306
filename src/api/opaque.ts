import { tagOf } from '../base/instance'

/**
 * Tells whether an object keeps its content where copying or serialising its fields would lose it: a Map, a Blob, a
 * promise, a generator, an error, an object of the platform. Plain objects, arrays and instances with fields of their own are not
 * opaque. Looks at no global class, so objects of another frame or of a polyfill are judged alike.
 */
export function isOpaque(value: object): boolean {
  if (isPlain(value) || Array.isArray(value) || isBoxed(value)) return false
  const hasMethod = (name: PropertyKey) => typeof Reflect.get(value, name) === 'function'
  return (
    Object.keys(value).length === 0 ||
    ArrayBuffer.isView(value) ||
    tagOf(value) === 'Error' ||
    [Symbol.iterator, Symbol.asyncIterator, 'then', 'arrayBuffer', 'addEventListener'].some(hasMethod)
  )
}

/** Tells whether an object is one of braces: its prototype is `Object.prototype`, of whatever frame, or `null`. */
export function isPlain(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Gives the text, the number or the boolean that an object is the wrapped form of. Any other value stays as it is. */
export function unboxed(value: unknown): unknown {
  return typeof value === 'object' && value !== null && isBoxed(value) ? value.valueOf() : value
}

function isBoxed(value: object): boolean {
  return ['String', 'Number', 'Boolean', 'BigInt'].includes(tagOf(value))
}
