// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'
import {
  isTrustworthy,
  parseUrl,
  trustworthyOrigin,
  trustworthyUrl,
  verbatimUrl,
} from '../../../src/base/url'

describe('isTrustworthy', () => {
  it.each([
    'https://anything.example',
    'http://localhost',
    'http://a.b.localhost:1',
    'http://127.0.0.1',
    'http://127.9.8.7:80',
    'http://[::1]:3000',
  ])('says yes to %s', (url) => {
    expect(isTrustworthy(new URL(url))).toBe(true)
  })

  it.each([
    'http://api.trello.com',
    'http://localhost.evil.example',
    'http://evillocalhost',
    'http://128.0.0.1',
    'http://127.0.0.1.evil.example',
    'http://[::2]',
    'ftp://localhost',
    'data:text/html,x',
    'blob:https://api.trello.com/1',
  ])('says no to %s', (url) => {
    expect(isTrustworthy(new URL(url))).toBe(false)
  })
})

describe('parseUrl', () => {
  it('needs no URL.canParse, which the oldest browsers lack', () => {
    vi.spyOn(URL, 'canParse').mockImplementation(() => {
      throw new TypeError('URL.canParse is not a function')
    })
    expect(parseUrl('/b', 'https://a.example')?.href).toBe('https://a.example/b')
    expect(parseUrl('https://')).toBeUndefined()
    expect(parseUrl('/b')).toBeUndefined()
    vi.restoreAllMocks()
  })
})

describe('trustworthyUrl', () => {
  it('reads what is absolute and trustworthy alone', () => {
    expect(trustworthyUrl('https://a.example/b?c#d')?.href).toBe('https://a.example/b?c#d')
    expect(trustworthyUrl(new URL('http://localhost/'))?.href).toBe('http://localhost/')
    for (const odd of ['/path', 'http://a.example', 'https://me@a.example', '', undefined, 7])
      expect(trustworthyUrl(odd)).toBeUndefined()
  })

  it('takes a string or a URL, and nothing that could be made one', () => {
    for (const odd of [['https://a.example'], { toString: () => 'https://a.example' }, Object.create(null)])
      expect(trustworthyUrl(odd, 'https://b.example')).toBeUndefined()
    expect(trustworthyUrl('/c', 'https://b.example')?.href).toBe('https://b.example/c')
  })
})

describe('verbatimUrl', () => {
  it('takes what needs no tidying up', () => {
    expect(verbatimUrl('https://a.example:443/b?c')?.href).toBe('https://a.example/b?c')
    expect(verbatimUrl(new URL('http://localhost/'))?.href).toBe('http://localhost/')
    for (const odd of [' https://a.example', 'https://a.example\n', 'https://a.ex\tample', 'https:a.example'])
      expect(verbatimUrl(odd)).toBeUndefined()
    for (const odd of ['https:/a.example', 'https:\\\\a.example', 'https://a.example#'])
      expect(verbatimUrl(odd)).toBeUndefined()
  })
})

describe('trustworthyOrigin', () => {
  it('takes an origin, and a URL with more to it for none', () => {
    expect(trustworthyOrigin('https://a.example')).toBe('https://a.example')
    expect(trustworthyOrigin('https://a.example:443/')).toBe('https://a.example')
    for (const more of ['b', '?c', '#d'])
      expect(trustworthyOrigin(`https://a.example/${more}`)).toBeUndefined()
    expect(trustworthyOrigin('https://me:secret@a.example')).toBeUndefined()
    expect(trustworthyOrigin('http://a.example')).toBeUndefined()
    expect(trustworthyOrigin('https://*.a.example')).toBeUndefined()
  })
})
