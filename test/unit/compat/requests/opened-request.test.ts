import { describe, expect, it } from 'vitest'
import { headersFor, type OpenedRequest, openedRequest } from '../../../../src/compat/requests/opened-request'

const url = 'https://api.trello.com/1/cards'

describe('an opened XMLHttpRequest', () => {
  it('is read as open() reads its arguments', () => {
    expect(openedRequest(['POST', new URL(url), 0, null, undefined])).toEqual({
      method: 'POST',
      url,
      isAsync: false,
      headers: [],
    })
    expect(openedRequest(['GET', '/1/cards'])?.url).toBe(new URL('/1/cards', document.baseURI).href)
  })

  it('has the user and the password in its address', () => {
    const opened = openedRequest(['GET', url, true, 'me', 'secret'])
    expect(opened?.url).toBe('https://me:secret@api.trello.com/1/cards')
  })

  it('is not read where its address can only be understood by the browser', () => {
    expect(openedRequest(['GET', 'https://'])).toBe(undefined)
  })

  it.each([
    [[], true],
    [[true], true],
    [[false], false],
    [[undefined], false],
  ])('given %j after method and address waits for no answer: %j', (more, isAsync) => {
    expect(openedRequest(['GET', url, ...more])).toMatchObject({ isAsync })
  })
})

describe('the headers that an XMLHttpRequest is made again with', () => {
  const opened: OpenedRequest = {
    method: 'POST',
    url,
    isAsync: true,
    headers: [
      ['Authorization', 'OAuth old'],
      ['Content-Type', 'multipart/form-data; boundary=x'],
      ['X-First', '1'],
      ['x-first', '2'],
    ],
  }

  it('are those of the page, in its order, and the token instead of the old credentials', () => {
    expect(headersFor(opened, 'text', 'fresh')).toEqual([
      ['Content-Type', 'multipart/form-data; boundary=x'],
      ['X-First', '1'],
      ['x-first', '2'],
      ['Authorization', 'Bearer fresh'],
    ])
  })

  it('have no credentials where there is no token', () => {
    expect(headersFor(opened, 'text', undefined).map(([name]) => name)).not.toContain('Authorization')
  })

  it('leave it to the browser to name the boundary of a form', () => {
    expect(headersFor(opened, new FormData(), undefined)).toEqual([
      ['X-First', '1'],
      ['x-first', '2'],
    ])
  })
})
