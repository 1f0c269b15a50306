// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { definedOptions, ownedOptions, plainOptions, requestOptions } from '../../../src/api/request-init'

const url = 'https://api.trello.com/1/x'

describe('options', () => {
  it.each([{ method: 'POST' }, Object.create(null)])(
    'that a copy keeps stay the same object',
    async (init) => {
      expect(await plainOptions(init)).toBe(init)
    },
  )

  it('that are inherited are copied', async () => {
    const init: RequestInit = Object.create({ method: 'POST', body: 'name=x' })
    expect(await plainOptions(init)).toEqual({ method: 'POST', body: 'name=x' })
    expect(definedOptions(Object.assign(init, { own: 1 }))).toEqual({
      method: 'POST',
      body: 'name=x',
      own: 1,
    })
    expect(definedOptions(null)).toEqual({})
  })

  it('that are a Request have its body, which can be sent twice', async () => {
    const { body, ...options } = await plainOptions(new Request(url, { method: 'POST', body: 'name=x' }))
    expect(options).toMatchObject({ method: 'POST', redirect: 'follow' })
    expect(await (body as Blob).text()).toBe('name=x')
  })
})

describe('a Request', () => {
  it('is taken apart', async () => {
    const init = {
      method: 'PUT',
      headers: { a: '1' },
      body: 'x',
      credentials: 'omit',
      integrity: 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
      keepalive: true,
      referrerPolicy: 'origin',
    } as const
    const request = new Request(url, init)
    const { body, headers, ...options } = await ownedOptions(request)
    const { method, credentials, integrity, keepalive, referrerPolicy } = init
    expect(options).toMatchObject({ method, credentials, integrity, keepalive, referrerPolicy })
    expect(Object.fromEntries(headers as Headers)).toMatchObject({ a: '1' })
    expect(await (body as Blob).text()).toBe('x')
  })

  it.each(['GET', 'HEAD'])('with %s has no body', async (method) => {
    expect((await ownedOptions(new Request(url, { method }))).body).toBeNull()
  })

  it('without CORS has no mode: it would go out without its bearer', () => {
    expect(definedOptions({ mode: 'no-cors', method: 'POST' })).toEqual({ method: 'POST' })
  })

  it('of a navigation has no mode: no other request may have it', () => {
    expect(requestOptions({ mode: 'navigate', method: 'GET' } as Request)).toEqual({ method: 'GET' })
    expect(requestOptions({ mode: 'cors' } as Request)).toEqual({ mode: 'cors' })
  })
})
