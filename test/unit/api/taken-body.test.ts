// @vitest-environment node
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { isTaken, keptBody } from '../../../src/api/taken-body'

describe('a body that could be changed', () => {
  it.each<[string, BodyInit, (body: BodyInit) => unknown]>([
    ['FormData', formOf('a', '1'), (form) => form instanceof FormData && form.set('a', '2')],
    [
      'URLSearchParams',
      new URLSearchParams('a=1'),
      (pairs) => pairs instanceof URLSearchParams && pairs.set('a', '2'),
    ],
    ['ArrayBuffer', Uint8Array.of(1).buffer, changeByte],
    ['ArrayBuffer of another frame', runInNewContext('Uint8Array.of(1).buffer'), changeByte],
    ['view of a buffer', Uint8Array.of(0, 1).subarray(1), changeByte],
    ['view of another frame', runInNewContext('Uint8Array.of(1)'), changeByte],
    ['DataView', new DataView(Uint8Array.of(0, 1).buffer, 1), changeByte],
  ])('is kept as it is now: %s', async (_case, body, change) => {
    const before = await sentAs(body)
    const kept = keptBody(body)
    change(body)
    expect(await sentAs(kept)).toEqual(before)
    expect(await sentAs(body)).not.toEqual(before)
  })

  it('keeps the files of a form, with their names, and the order of its entries', () => {
    const form = formOf('a', '1')
    form.append('file', new File(['x'], 'one.txt', { type: 'text/plain' }))
    form.append('a', '2')
    form.append('file', new Blob(['y']), 'two.bin')
    const kept = keptBody(form)
    expect(kept).not.toBe(form)
    expect(kept instanceof FormData && [...kept]).toEqual([...form])
  })
})

describe('a body that nobody can change, or that this browser does not take', () => {
  it.each<[string, unknown]>([
    ['a text', 'a=1'],
    ['nothing', null],
    ['a Blob', new Blob(['x'])],
    ['a stream', new ReadableStream()],
    ['shared memory', new Uint8Array(new SharedArrayBuffer(1))],
    ['a form of a polyfill', Object.create({ [Symbol.toStringTag]: 'FormData' })],
    ['pairs of a polyfill', Object.create({ [Symbol.toStringTag]: 'URLSearchParams' })],
    ['a document', Object.create({ [Symbol.toStringTag]: 'HTMLDocument' })],
  ])('is %s, and stays the same object', (_case, body) => {
    expect(keptBody(body)).toBe(body)
  })

  it('is not taken where its memory is shared, or its class is not our own', () => {
    const foreign = Object.create({ [Symbol.toStringTag]: 'Blob' })
    const bodies = [new Uint8Array(new SharedArrayBuffer(1)), foreign, new Blob(), new Uint8Array(1), 'text']
    expect(bodies.map(isTaken)).toEqual([false, false, true, true, true])
  })
})

function formOf(name: string, value: string): FormData {
  const form = new FormData()
  form.set(name, value)
  return form
}

function changeByte(body: BodyInit): void {
  if (ArrayBuffer.isView(body)) new Uint8Array(body.buffer)[body.byteOffset] = 2
  else new Uint8Array(body as ArrayBuffer)[0] = 2
}

/** What `fetch` makes of a body. The boundary of a form is another one each time. */
async function sentAs(body: BodyInit): Promise<unknown> {
  if (body instanceof FormData) return [...body]
  return [...new Uint8Array(await new Response(body).arrayBuffer())]
}
