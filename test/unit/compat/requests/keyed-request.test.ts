import { describe, expect, it } from 'vitest'
import {
  apiUrl,
  isReplacedHeader,
  keyedApi,
  refuseTokenInPath,
  withoutKey,
} from '../../../../src/compat/requests/keyed-request'
import { thrownBy } from '../../support/outcome'
import { APP_KEY } from '../support/rest-api'

const api = keyedApi(APP_KEY, ['https://api.trello.com'])
const keyed = `key=${APP_KEY}&token=secret`
const me = 'https://api.trello.com/1/members/me'
const json = { 'Content-Type': 'application/json' }
const form = { 'Content-Type': 'application/x-www-form-urlencoded' }

/** What is left of a request; `undefined` for one that is not meant. */
function left(url: string, body: unknown = null, headers: Record<string, string> = {}, rules = api) {
  return withoutKey({ url, headers: new Headers(headers), body }, rules)
}

describe('an address of the API', () => {
  it.each([
    me,
    'https://trello.com/1/boards/x?a=b',
    'https://api.trello.com/1',
    'https://API.trello.com:443/1/',
    ' https://api.trello.com/1/boards\n',
  ])('is %j', (url) => expect(apiUrl(url, api)?.pathname).toMatch(/^\/1/))

  it.each([
    'https://api.trello.com/2/members/me',
    'https://api.trello.com/10/members',
    'http://api.trello.com/1/members/me',
    'https://api.trello.com:8443/1/members/me',
    'https://me@api.trello.com/1/members/me',
    'https://:secret@api.trello.com/1/members/me',
    'https://api.trello.com.evil.example/1/members/me',
    'https://evil.example/https://api.trello.com/1/members/me',
    'https://api.trello.com./1/members/me',
    'blob:https://api.trello.com/1/members/me',
    '/1/members/me',
    'nonsense',
    'https://',
    '',
  ])('is not %j', (url) => expect(apiUrl(url, api)).toBe(undefined))

  it('may be relative where the page itself is the API', () => {
    const rules = keyedApi(APP_KEY, [location.origin])
    expect(apiUrl('/1/members/me', rules)?.href).toBe(`${location.origin}/1/members/me`)
  })
})

describe('a request without this key is not meant', () => {
  it.each([
    ['without any', me, null, {}],
    ['with a token only', `${me}?token=secret`, null, {}],
    ['with another key', `${me}?key=another&token=secret`, null, {}],
    ['with a name in other letters', `${me}?Key=${APP_KEY}`, null, {}],
    ['with a name that begins with a question mark', `${me}??key=${APP_KEY}`, null, {}],
    ['in the fragment', `${me}#${keyed}`, null, {}],
    ['at another host', `https://elsewhere.example/1/members/me?${keyed}`, null, {}],
    ['with another key in JSON', me, JSON.stringify({ key: 'another', token: 'secret' }), json],
    ['with the key inside of a member', me, JSON.stringify({ card: { key: APP_KEY } }), json],
    ['with the key in a list', me, `["${APP_KEY}"]`, json],
    ['with a damaged JSON', me, '{ key', json],
    ['with the key in a value', me, `name=key%3D${APP_KEY}`, form],
    ['with the key in a Blob', me, new Blob([keyed]), form],
    ['with the key in bytes', me, new TextEncoder().encode(keyed), form],
    ['with the key in a form that is announced as text', me, keyed, { 'Content-Type': 'text/plain' }],
  ])('%s', (_how, url, body, headers) => expect(left(url, body, headers)).toBe(undefined))
})

describe('a request with an Authorization header', () => {
  it.each(['Bearer mine', 'Basic bWU6c2VjcmV0', 'OAuth oauth_consumer_key="another", oauth_token="x"', ''])(
    'of its own is not meant: %s',
    (authorization) => expect(left(`${me}?${keyed}`, null, { authorization })).toBe(undefined),
  )

  it.each([`OAuth oauth_consumer_key="${APP_KEY}", oauth_token="x"`, 'oauth x'])(
    'of the old kind is meant: %s',
    (authorization) => expect(left(`${me}?${keyed}`, null, { authorization })?.url).toBe(me),
  )
})

describe('a request with this key', () => {
  it.each([
    [`?${keyed}`, ''],
    [`?a=%20b+c,d&${keyed}&e`, '?a=%20b+c,d&e'],
    [`?key=another&key=${APP_KEY}`, ''],
    [`?token=1&token=2&a=&key=${APP_KEY}`, '?a='],
    [`?k%65y=${APP_KEY}&tok%65n=x&a`, '?a'],
    [`?key=${APP_KEY}#part`, '#part'],
    [`?filter=a&tokens=b&Token=c&key=${APP_KEY}&&d`, '?filter=a&tokens=b&Token=c&&d'],
  ])('loses both in the query %s, and nothing else', (query, rest) => {
    expect(left(me + query)).toEqual({ url: me + rest, body: null })
  })

  it('loses both in its body, and the other of them in the query', () => {
    const body = JSON.stringify({ key: APP_KEY, token: 'secret', name: 'A' })
    expect(left(`${me}?token=x&a`, body, json)).toEqual({ url: `${me}?a`, body: '{"name":"A"}' })
    expect(left(me, `${keyed}&name=a%20b`, form)).toEqual({ url: me, body: 'name=a%20b' })
  })

  it('keeps a body without either, and a key that is not ours', () => {
    const body = '{ "key": "mine", "name":   "A" }'
    expect(left(`${me}?${keyed}`, body, json)?.body).toBe(body)
    expect(left(`${me}?${keyed}`, `{"token":"x", "key":"mine"}`, json)?.body).toBe('{ "key":"mine"}')
  })

  it('goes to an origin that a Bearer header goes to', () => {
    expect(left(`https://trello.com/1/boards/x?${keyed}&a=b`)?.url).toBe(
      'https://api.trello.com/1/boards/x?a=b',
    )
    const local = keyedApi(APP_KEY, ['http://api.localhost:8080', 'https://api.trello.com'])
    expect(left(`https://trello.com/1/x?${keyed}`, null, {}, local)?.url).toBe(
      'http://api.localhost:8080/1/x',
    )
    expect(left(`${me}?${keyed}`, null, {}, local)?.url).toBe(me)
    expect(left(`http://api.localhost:8080/1/x?${keyed}`, null, {}, local)?.url).toBe(
      'http://api.localhost:8080/1/x',
    )
  })
})

describe('a header that does not go on', () => {
  it('is the Authorization, and the Content-Type of a form', () => {
    const replaced = (body: unknown) =>
      ['AUTHORIZATION', 'Content-Type', 'X-Authorization'].filter((name) => isReplacedHeader(name, body))
    expect(replaced('text')).toEqual(['AUTHORIZATION'])
    expect(replaced(new FormData())).toEqual(['AUTHORIZATION', 'Content-Type'])
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

  it('is not seen in other addresses', () => {
    expect(refuseTokenInPath('https://api.trello.com/1/cards/tokens/x')).toBe(undefined)
  })
})
