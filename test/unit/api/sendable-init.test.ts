// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { sendableInit } from '../../../src/api/sendable-init'

const url = 'https://api.trello.com/1/x'

describe('options that can be sent', () => {
  it('are those that were given, where nothing is in the way', async () => {
    const init = { method: 'PUT', body: new URLSearchParams('name=x'), signal: new AbortController().signal }
    expect(await sendableInit(init, undefined)).toBe(init)
  })

  it('hold those of a class, also the inherited ones', async () => {
    class Options {
      get method() {
        return 'DELETE'
      }
    }
    expect(await sendableInit(new Options(), undefined)).toEqual({ method: 'DELETE' })
  })

  it('hold the body and the headers of a Request that is taken apart', async () => {
    const request = new Request(url, { method: 'POST', body: 'name=x', headers: { a: '1' } })
    const { body, headers, method } = await sendableInit({ method: 'PUT' }, request)
    expect(method).toBe('PUT')
    expect(Object.fromEntries(headers as Headers)).toMatchObject({ a: '1' })
    expect(await new Response(body).text()).toBe('name=x')
  })

  it('have a body of this frame in the place of one of a polyfill', async () => {
    const pairs = Object.assign(Object.create({ [Symbol.toStringTag]: 'URLSearchParams' }), {
      toString: () => 'name=x',
    })
    const { body } = await sendableInit({ method: 'POST', body: pairs }, undefined)
    expect(body).toBeInstanceOf(URLSearchParams)
    expect(String(body)).toBe('name=x')
  })
})

describe('options that can not be sent', () => {
  it('are those with the body of a Request that was read already', async () => {
    const request = new Request(url, { method: 'POST', body: 'name=x' })
    await request.text()
    await expect(sendableInit({}, request)).rejects.toMatchObject({
      code: 'invalidRequest',
      message: expect.stringContaining('body of this Request'),
    })
  })

  it('are those with a signal that fetch does not know', async () => {
    const signal = Object.create({ [Symbol.toStringTag]: 'AbortSignal' })
    await expect(sendableInit({ signal }, undefined)).rejects.toMatchObject({
      code: 'invalidRequest',
      message: expect.stringContaining('signal'),
    })
  })

  it('are those with an object as their body that nothing can be read of', async () => {
    const body = Object.create({ [Symbol.toStringTag]: 'Gift' })
    await expect(sendableInit({ body }, undefined)).rejects.toMatchObject({
      code: 'invalidRequest',
      message: expect.stringContaining('Gift'),
    })
  })
})
