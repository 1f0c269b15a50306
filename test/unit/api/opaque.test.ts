// @vitest-environment node
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { isOpaque } from '../../../src/api/opaque'

class Card {
  name = 'a card'
}

class Secretive {
  #name = 'a card'
  name() {
    return this.#name
  }
}

/** A form that a library has put a field of its own on. */
function foreignElement() {
  const prototype = { [Symbol.toStringTag]: 'HTMLFormElement', addEventListener: () => undefined }
  return Object.assign(Object.create(prototype), { field: 'of a library' })
}

describe('an opaque object', () => {
  it.each<[string, object]>([
    ['a Map', new Map([['a', 1]])],
    ['a Set', new Set(['a'])],
    ['a Map of another frame', runInNewContext('new Map()')],
    ['a promise', Promise.resolve()],
    ['a thenable', Object.assign(new Card(), Object.fromEntries([['then', () => undefined]]))],
    ['a generator', (function* () {})()],
    ['an async generator', (async function* () {})()],
    ['a FormData', new FormData()],
    ['a Blob', new Blob()],
    ['a typed array', new Uint8Array(2)],
    ['a DataView', new DataView(new ArrayBuffer(1))],
    ['an ArrayBuffer', new ArrayBuffer(1)],
    ['an error', new Error('a')],
    ['an error with fields', Object.assign(new Error('a'), { status: 404 })],
    ['a regular expression', /a/],
    ['an element', foreignElement()],
    ['an instance with private fields', new Secretive()],
    ['an object that inherits everything', Object.create({ name: 'a' })],
    [
      'a polyfill that is iterable',
      Object.assign(
        new (class {
          *[Symbol.iterator]() {}
        })(),
        { data: [] },
      ),
    ],
    [
      'a polyfill with a buffer',
      Object.assign(
        new (class {
          arrayBuffer() {}
        })(),
        { data: [] },
      ),
    ],
  ])('is %s', (_case, value) => {
    expect(isOpaque(value)).toBe(true)
  })

  it.each<[string, object]>([
    ['a plain object', { a: 1 }],
    ['an empty object', {}],
    ['an object without a prototype', Object.create(null)],
    ['an object of another frame', runInNewContext('({})')],
    ['an array', []],
    ['an array of another frame', runInNewContext('[]')],
    ['an instance with fields', new Card()],
    ['a boxed number', Object(1)],
    ['a boxed boolean', Object(true)],
    ['a boxed text', Object('')],
    ['a boxed integer', Object(1n)],
  ])('is not %s', (_case, value) => {
    expect(isOpaque(value)).toBe(false)
  })
})
