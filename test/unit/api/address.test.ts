// @vitest-environment node
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { addressOf } from '../../../src/api/address'
import { ConfigurationError } from '../../../src/base/errors'
import { thrownBy } from '../support/outcome'

const foreignUrl = Object.create(
  { [Symbol.toStringTag]: 'URL' },
  { toString: { value: () => 'https://api.trello.com/1/x' } },
)

describe('the address of a path', () => {
  it.each([
    ['/1/members/me', '/1/members/me'],
    ['1/members/me', '1/members/me'],
    ['members/me', '/1/members/me'],
    ['/members/me', '/1/members/me'],
    ['/', '/1/'],
    ['/2/boards', '/2/boards'],
    ['12', '12'],
    ['/1', '/1'],
    ['/1?x=1', '/1?x=1'],
    ['/1password', '/1/1password'],
    ['/1.5/x', '/1/1.5/x'],
    ['?fields=id', '/1/?fields=id'],
    ['/boards/1/../2', '/1/boards/1/../2'],
    [' /members/me\n', '/1/members/me'],
    ['/boards#top', '/1/boards'],
    ['/boards#top?not=query', '/1/boards'],
    ['/boards/a:b', '/1/boards/a:b'],
    ['/boards/a%2Fb', '/1/boards/a%2Fb'],
    ['/bö😀 \ud83d', '/1/bö😀 \ud83d'],
    ['boards/a:b', '/1/boards/a:b'],
  ])('%j is %j', (path, address) => {
    expect(addressOf(path, undefined)).toBe(address)
  })

  it.each([
    'https://api.trello.com/1/x',
    'HTTPS://evil.example',
    '//evil.example',
    '\\\\evil.example',
    '/\\evil.example',
    '\\/evil.example',
    'javascript:alert(1)',
    'web+x.y-z:1',
  ])('%j stays as it is: the client knows which hosts it may name', (path) => {
    expect(addressOf(path, undefined)).toBe(path)
    expect(addressOf(` ${path}`, undefined)).toBe(path)
  })

  it.each([
    ['a URL', new URL('https://api.trello.com/1/x')],
    ['a URL of another frame', foreignUrl],
  ])('%s is its text', (_case, url) => {
    expect(addressOf(url, { a: 1 })).toBe('https://api.trello.com/1/x?a=1')
  })

  it.each([
    '',
    ' ',
    '#',
    '#top',
    undefined,
    null,
    7,
    {},
    [],
    ['/boards'],
    Symbol('path'),
    { toString: () => '/boards' },
  ])('%o is refused', (path) => {
    const error = thrownBy(() => addressOf(path, undefined))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error).toMatchObject({ code: 'invalidRequest', message: expect.stringContaining('The path') })
  })

  it.each(['/boards\n/b', '/\t/evil.example', '/tok\r\nens/x', '/a?b=c\nd', 'https://api.trello.com/1\n/x'])(
    '%j is refused: browsers would drop the line break',
    (path) => {
      const error = thrownBy(() => addressOf(path, undefined))
      expect(error).toMatchObject({ code: 'invalidRequest', message: expect.stringContaining('line break') })
    },
  )

  it('with a # in its query is refused: what follows would be dropped', () => {
    const error = thrownBy(() => addressOf('/search?query=#bug', undefined))
    expect(error).toMatchObject({ code: 'invalidRequest', message: expect.stringContaining('%23') })
    expect(String(error)).not.toContain('bug')
  })
})

describe('the query of an address', () => {
  it('has lists with commas, booleans and numbers as words, nothing for nothing', () => {
    const query = { fields: ['id', 'name'], open: true, limit: 0, a: undefined, b: null, 'c d': 'é&=', e: '' }
    expect(addressOf('/1/boards', query)).toBe(
      '/1/boards?fields=id%2Cname&open=true&limit=0&c%20d=%C3%A9%26%3D&e=',
    )
  })

  it.each([
    ['/1/boards?x=1', '/1/boards?x=1&y=1%2C2'],
    ['/1/boards#top', '/1/boards?y=1%2C2'],
    ['/1/boards', '/1/boards?y=1%2C2'],
  ])('is put behind the one of %s', (path, address) => {
    expect(addressOf(path, { y: [1, 2] })).toBe(address)
  })

  it('may be any form of pairs', () => {
    expect(addressOf('/a', new URLSearchParams('x=1&x=2'))).toBe('/1/a?x=1&x=2')
    expect(addressOf('/a', runInNewContext("new Map([['x', 1]])"))).toBe('/1/a?x=1')
  })
})
