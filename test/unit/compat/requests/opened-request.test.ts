import { describe, expect, it } from 'vitest'
import { headersFor, type OpenedRequest, openedRequest } from '../../../../src/compat/requests/opened-request'

const url = 'https://api.trello.com/1/cards'

describe('a request as the page opened it', () => {
  it('is read as open() reads its arguments', () => {
    expect(openedRequest(['POST', new URL(url), 0, 'me', 'secret'])).toEqual({
      method: 'POST',
      url,
      isAsync: false,
      credentials: ['me', 'secret'],
      headers: [],
    })
    expect(openedRequest(['GET', '/1/cards']).url).toBe(new URL('/1/cards', document.baseURI).href)
  })

  it.each([
    [[], true],
    [[true], true],
    [[false], false],
    [[undefined], false],
  ])('with %j after method and address waits for no answer: %j', (more, isAsync) => {
    expect(openedRequest(['GET', url, ...more])).toMatchObject({ isAsync })
  })
})

describe('the headers that it is made again with', () => {
  const opened: OpenedRequest = {
    ...openedRequest(['POST', url]),
    headers: [
      ['Authorization', 'OAuth old'],
      ['Content-Type', 'multipart/form-data; boundary=x'],
      ['X-First', '1'],
      ['x-first', '2'],
    ],
  }

  it('are those of the page, in its order, with the token in the place of the old credentials', () => {
    expect(headersFor(opened, 'text', 'fresh')).toEqual([
      ['Content-Type', 'multipart/form-data; boundary=x'],
      ['X-First', '1'],
      ['x-first', '2'],
      ['Authorization', 'Bearer fresh'],
    ])
  })

  it('are without any credentials where there is no token', () => {
    expect(headersFor(opened, 'text', undefined).map(([name]) => name)).not.toContain('Authorization')
  })

  it('leave it to the browser to name the boundary of a form that was made anew', () => {
    expect(headersFor(opened, new FormData(), undefined)).toEqual([
      ['X-First', '1'],
      ['x-first', '2'],
    ])
  })
})
