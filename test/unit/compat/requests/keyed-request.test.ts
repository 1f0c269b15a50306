import { describe, expect, it } from 'vitest'
import {
  isApiUrl,
  keyedApi,
  refuseTokenInPath,
  withoutKey,
} from '../../../../src/compat/requests/keyed-request'
import { thrownBy } from '../../support/outcome'
import { APP_KEY } from '../support/rest-api'

const api = keyedApi(APP_KEY, ['https://api.trello.com'])
const keyed = `key=${APP_KEY}&token=secret`
const me = 'https://api.trello.com/1/members/me'

describe('an address of the API', () => {
  it.each([
    me,
    'https://trello.com/1/boards/x?a=b',
    'https://api.trello.com/1',
    'https://API.trello.com:443/1/',
  ])('is %s', (url) => expect(isApiUrl(url, api)).toBe(true))

  it.each([
    'https://api.trello.com/2/members/me',
    'https://api.trello.com/10/members',
    'http://api.trello.com/1/members/me',
    'https://api.trello.com.evil.example/1/members/me',
    'https://evil.example/https://api.trello.com/1/members/me',
    '/1/members/me',
    'nonsense',
  ])('is not %s', (url) => expect(isApiUrl(url, api)).toBe(false))
})

describe('a request without this key', () => {
  it.each([
    [me, null],
    [`${me}?token=secret`, null],
    [`${me}?key=another&token=secret`, null],
    [`${me}?Key=${APP_KEY}`, null],
    [`${me}#${keyed}`, null],
    [`https://elsewhere.example/1/members/me?${keyed}`, null],
    [me, JSON.stringify({ key: 'another', token: 'secret' })],
    [me, JSON.stringify({ card: { key: APP_KEY } })],
    [me, `["${APP_KEY}"]`],
    [me, '{ key'],
    [me, `name=key%3D${APP_KEY}`],
    [me, new Blob([keyed])],
    [me, new TextEncoder().encode(keyed)],
  ])('is not meant: %s %s', (url, body) => expect(withoutKey(url, body, api)).toBe(undefined))
})

describe('a request with this key', () => {
  it.each([
    [`?${keyed}`, ''],
    [`?a=%20b+c,d&${keyed}&e`, '?a=%20b+c,d&e'],
    [`?key=another&key=${APP_KEY}`, '?key=another'],
    [`?k%65y=${APP_KEY}&tok%65n=x&a`, '?a'],
    [`?key=${APP_KEY}#part`, '#part'],
  ])('loses both in the query %s, and nothing else', (query, left) => {
    expect(withoutKey(me + query, null, api)).toEqual({ url: me + left, body: null })
  })

  it.each([
    [
      { key: APP_KEY, token: 'secret', name: 'A', pos: 1.5 },
      { name: 'A', pos: 1.5 },
    ],
    [{ key: APP_KEY, token: null, list: { key: 'k', token: 't' } }, { list: { key: 'k', token: 't' } }],
    [{ key: APP_KEY }, {}],
  ])('loses both in the JSON body %j', (body, left) => {
    const unkeyed = withoutKey(me, JSON.stringify(body), api)
    expect(JSON.parse(String(unkeyed?.body))).toEqual(left)
  })

  it('loses what is left in the body where the key is in the query, and keeps a body without either', () => {
    const body = '{ "token": "secret", "key": "mine", "name": "A" }'
    expect(withoutKey(`${me}?key=${APP_KEY}`, body, api)?.body).toBe('{"key":"mine","name":"A"}')
    const spaced = '{ "name":   "A" }'
    expect(withoutKey(`${me}?${keyed}`, spaced, api)?.body).toBe(spaced)
    expect(withoutKey(`${me}?${keyed}`, 'plain text', api)?.body).toBe('plain text')
  })

  it('loses both in a form', () => {
    expect(withoutKey(me, `${keyed}&name=a%20b`, api)?.body).toBe('name=a%20b')
    const form = new URLSearchParams(`${keyed}&name=a&name=b`)
    const unkeyed = withoutKey(me, form, api)
    expect(String(unkeyed?.body)).toBe('name=a&name=b')
    expect(String(form)).toBe(`${keyed}&name=a&name=b`)
  })

  it('loses both in a FormData, and keeps files with their names', () => {
    const form = new FormData()
    for (const [name, value] of [
      ['key', APP_KEY],
      ['token', 'secret'],
      ['name', 'A'],
    ] as const)
      form.append(name, value)
    form.append('file', new File(['content'], 'picture.png', { type: 'image/png' }))
    const body = withoutKey(me, form, api)?.body
    if (!(body instanceof FormData)) throw new Error('It is no FormData.')
    expect([...body.keys()]).toEqual(['name', 'file'])
    expect(body.get('file')).toMatchObject({ name: 'picture.png', type: 'image/png', size: 7 })
    expect(form.has('token')).toBe(true)
  })

  it('goes to an origin that a Bearer header goes to', () => {
    expect(withoutKey(`https://trello.com/1/boards/x?${keyed}&a=b`, null, api)?.url).toBe(
      'https://api.trello.com/1/boards/x?a=b',
    )
    const local = keyedApi(APP_KEY, ['http://api.localhost:8080', 'https://api.trello.com'])
    expect(withoutKey(`https://trello.com/1/x?${keyed}`, null, local)?.url).toBe(
      'http://api.localhost:8080/1/x',
    )
    expect(withoutKey(`${me}?${keyed}`, null, local)?.url).toBe(me)
    expect(withoutKey(`http://api.localhost:8080/1/x?${keyed}`, null, local)?.url).toBe(
      'http://api.localhost:8080/1/x',
    )
  })
})

describe('a token in the address', () => {
  it.each(['/1/tokens/secret/webhooks', '/1/tokens/secret', '/1/token/secret?a=b'])(
    'is refused: %s',
    (path) => {
      const error = thrownBy(() => refuseTokenInPath(`https://api.trello.com${path}`))
      expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalidRequest' })
      expect(String(error)).toContain('POST /1/webhooks')
      expect(String(error)).not.toContain('secret')
    },
  )

  it('is in no other', () => {
    expect(refuseTokenInPath('https://api.trello.com/1/cards/tokens/x')).toBe(undefined)
  })
})
