import { describe, expect, it } from 'vitest'
import type { ApiMethod, ApiOptions } from '../../../src/api/api'
import { type BatchOptions, batch } from '../../../src/api/batch'
import { ApiError } from '../../../src/base/api-error'
import {
  type ApiErrorCode,
  ConfigurationError,
  NetworkError,
  TokenExpiredError,
} from '../../../src/base/errors'
import { errorOf } from '../support/outcome'

/** A client whose `get` answers as told, and that remembers what it was asked for. */
function clientAnswering(answer: (path: string) => unknown) {
  const asked: string[] = []
  const signals: ApiOptions['signal'][] = []
  const get = async (path: string | URL, { signal }: ApiOptions = {}) => {
    asked.push(String(path))
    signals.push(signal)
    return answer(String(path))
  }
  return { asked, signals, client: { api: { get: get as ApiMethod } } }
}

/** The paths in the address of a batch, as Trello reads them. */
function urlsIn(path: string) {
  const urls = new URLSearchParams(path.split('?')[1]).get('urls') ?? ''
  return urls.split(',').map(decodeURIComponent)
}

/** As Trello answers a batch: every path with its own name. */
function answerEach(path: string) {
  return urlsIn(path).map((url) => ({ 200: { url } }))
}

function isBatch(path: string) {
  return path.startsWith('/1/batch')
}

function httpError(status: number, code: ApiErrorCode = 'http') {
  return new ApiError(code, { status, method: 'GET', path: '/1/batch' })
}

const tooMany = httpError(429, 'rateLimited')

function fulfilled(value: unknown) {
  return { status: 'fulfilled', value }
}

function rejected(reason: unknown) {
  return { status: 'rejected', reason }
}

function fail(): never {
  throw new Error('mine')
}

function* endless() {
  for (;;) yield '/a'
}

const pathsTo = (count: number) => Array.from({ length: count }, (_, i) => `/boards/${i}`)

describe('batch', () => {
  it.each([
    [1, 1],
    [10, 1],
    [11, 2],
    [23, 3],
  ])('asks for %d paths in %d requests and keeps their order', async (count, requests) => {
    const { asked, client } = clientAnswering(answerEach)
    const paths = pathsTo(count)
    expect(await batch(client, paths)).toEqual(paths.map((url) => fulfilled({ url })))
    expect(asked).toHaveLength(requests)
  })

  it('takes any list of paths, also the same one twice', async () => {
    const { client } = clientAnswering(answerEach)
    expect(await batch(client, new Set(['/a', '/b']))).toEqual([{ url: '/a' }, { url: '/b' }].map(fulfilled))
    expect(await batch(client, ['/a', '/a'])).toEqual([{ url: '/a' }, { url: '/a' }].map(fulfilled))
  })

  it('asks for nothing when there is nothing to ask for', async () => {
    const { asked, client } = clientAnswering(answerEach)
    expect(await batch(client, [])).toEqual([])
    expect(asked).toEqual([])
  })

  it('takes null for its options', async () => {
    const { client } = clientAnswering(answerEach)
    expect(await batch(client, ['/a'], null)).toEqual([fulfilled({ url: '/a' })])
  })

  it.each([undefined, null, '/boards/b', 7, { 0: '/boards/b' }, Object('/b'), Promise.resolve(['/b'])])(
    'refuses %o for a list',
    async (paths) => {
      const { asked, client } = clientAnswering(answerEach)
      const error = await errorOf(Reflect.apply(batch, undefined, [client, paths]))
      expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalidRequest' })
      expect(asked).toEqual([])
    },
  )

  it.each<[string, () => Iterable<string>, unknown]>([
    ['a list that fails', () => ({ [Symbol.iterator]: fail }), {}],
    ['a list that never ends', endless, {}],
    ['options that are a text', () => ['/a'], 'signal'],
    ['options that fail', () => ['/a'], new Proxy({}, { ownKeys: fail })],
  ])('refuses %s', async (_case, paths, options) => {
    const { asked, client } = clientAnswering(answerEach)
    const error = await errorOf(batch(client, paths(), options as BatchOptions))
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalidRequest' })
    expect(asked).toEqual([])
  })

  it('hands its signal to each request', async () => {
    const { signal } = new AbortController()
    const { signals, client } = clientAnswering(answerEach)
    await batch(client, [...pathsTo(11), '/2/other'], { signal })
    expect(signals).toEqual([signal, signal, signal])
  })
})

describe('a path in a batch', () => {
  it.each([
    ['/1/boards/b', '/boards/b'],
    ['1/boards/b', '/boards/b'],
    ['/boards/b', '/boards/b'],
    ['boards/b', '/boards/b'],
    ['/1/members/me?fields=id,username', '/members/me?fields=id%2Cusername'],
    ['/search?query=a b&é=%26', '/search?query=a%20b&%C3%A9=%26'],
    ['/boards/x/../b', '/boards/b'],
    ['/boards/b#top', '/boards/b'],
    ['/batches/b', '/batches/b'],
    ['/1/a?key=k&fields=id,b&token=t&keys=1', '/a?fields=id%2Cb&keys=1'],
    ['/b?token=t', '/b'],
    ['/b?%74oken=t&x=1', '/b?x=1'],
    ['/c?x=a?b', '/c?x=a?b'],
    ['/c/\ud83d', '/c/%EF%BF%BD'],
  ])('%s goes as %s', async (path, url) => {
    const { asked, client } = clientAnswering(answerEach)
    await batch(client, [path])
    expect(asked.map(isBatch)).toEqual([true])
    expect(new URLSearchParams(asked[0]?.split('?')[1]).get('urls')).toBe(url)
  })

  it('keeps a comma of its own apart from those between paths', async () => {
    const { asked, client } = clientAnswering(answerEach)
    await batch(client, ['/a?fields=id,name', '/b'])
    expect(new URLSearchParams(asked[0]?.split('?')[1]).get('urls')).toBe('/a?fields=id%2Cname,/b')
  })

  it.each([
    'https://api.trello.com/1/x',
    '//api.trello.com/1/x',
    '\\\\evil.example/x',
    '/2/boards/b',
    '/1',
    '/1//evil.example',
    '/boards/../../x',
    '/batch?urls=/a',
    '/1/batch/?urls=/a',
    '',
    '/search?query=#bug',
    '/a\n/b',
  ])('%j is left to the client, by itself', async (path) => {
    const { asked, client } = clientAnswering((each) =>
      isBatch(each) && each !== path ? answerEach(each) : { each },
    )
    expect(await batch(client, ['/a', path, '/b'])).toEqual(
      [{ url: '/a' }, { each: path }, { url: '/b' }].map(fulfilled),
    )
    expect(asked).toHaveLength(2)
    expect(asked[1]).toBe(path)
  })

  it('that the client refuses is rejected with its error, and spoils nothing', async () => {
    const refusal = new ConfigurationError('untrustedUrl', 'Not there.')
    const { client } = clientAnswering((path) => {
      if (path.includes('evil')) throw refusal
      return answerEach(path)
    })
    const results = await batch(client, ['/good', '//evil.example/1?secret'])
    expect(results).toEqual([fulfilled({ url: '/good' }), rejected(refusal)])
  })
})

describe('an answer in a batch', () => {
  it('is the value, or the ApiError of that path', async () => {
    const { client } = clientAnswering(() => [
      { 200: { id: 'a' } },
      { name: 'Error', message: 'The requested resource was not found.', statusCode: 404 },
      { 403: 'not in this workspace' },
      { 200: null },
      null,
      'text',
      {},
    ])
    const results = await batch(client, ['/a?x=1', '/b?x=1', '/c', '/d', '/e', '/f', '/g'])
    expect(results).toMatchObject([
      fulfilled({ id: 'a' }),
      rejected({ name: 'ApiError', code: 'http', status: 404, path: '/1/b', method: 'GET' }),
      rejected({ code: 'forbiddenOutsideWorkspace', status: 403, body: 'not in this workspace' }),
      fulfilled(null),
      rejected({ code: 'http', status: 449 }),
      rejected({ code: 'http', status: 449 }),
      rejected({ code: 'http', status: 449 }),
    ])
  })

  it.each<[unknown, number]>([
    ['text', 449],
    [7, 449],
    [[1], 449],
    [{ error: 'x' }, 449],
    [{ statusCode: -5 }, 449],
    [{ statusCode: 200, name: 'x' }, 449],
    [{ 200: 'x', headers: {} }, 449],
    [{ '200 ': 'x' }, 449],
    [{ statusCode: '404', message: 'x' }, 404],
    [{ 404: 'x', code: 'y' }, 404],
  ])(
    'of the odd shape %j is an ApiError with all of it, and with a status that is a failure',
    async (odd, status) => {
      const { client } = clientAnswering(() => [odd])
      expect(await batch(client, ['/a'])).toMatchObject([rejected({ code: 'http', status, body: odd })])
    },
  )

  it('tells a missing scope, by Trello’s words or by the scopes that the grant has', async () => {
    const { client } = clientAnswering(() => [
      { 401: 'missing scopes' },
      { message: 'unauthorized permission requested', statusCode: 401 },
      { message: 'unauthorized permission requested', statusCode: 401 },
    ])
    const state = {
      status: 'authorized' as const,
      scopes: ['read:board:trello'],
      missingScopes: [],
      persistent: true,
    }
    expect(await batch({ ...client, state }, ['/boards/b', '/boards/b', '/organizations/o'])).toMatchObject([
      rejected({ code: 'missingScope', requiredScopes: ['read:board:trello'] }),
      rejected({ code: 'unauthorized', requiredScopes: undefined }),
      rejected({ code: 'missingScope', requiredScopes: ['read:organization:trello'] }),
    ])
    const [, refused] = await batch(client, ['/boards/b', '/organizations/o', '/a'])
    expect(refused).toMatchObject(rejected({ code: 'unauthorized' }))
  })

  it.each(['text', [{ 200: 1 }], { 200: 1 }, undefined])(
    'to two paths can not be %j: each is asked for by itself',
    async (odd) => {
      const { client } = clientAnswering((path) => (isBatch(path) ? odd : { path }))
      expect(await batch(client, ['/a', '/b'])).toEqual([{ path: '/a' }, { path: '/b' }].map(fulfilled))
    },
  )
})

describe('a client of another build of the library', () => {
  it('has errors that are told apart all the same', async () => {
    const foreign = Object.assign(new Error('not found'), {
      name: 'ApiError',
      code: 'http',
      retryable: false,
      status: 404,
    })
    const get = async (path: string | URL) => {
      if (String(path).includes('batch') || String(path).includes('gone')) throw foreign
      return { path }
    }
    const results = await batch({ api: { get: get as ApiMethod } }, ['/boards/gone', '/boards/b'])
    expect(results).toEqual([
      { status: 'rejected', reason: foreign },
      { status: 'fulfilled', value: { path: '/boards/b' } },
    ])
  })
})

describe('a batch that fails as a whole', () => {
  it.each([400, 404, 500])('with %d asks for each path by itself', async (status) => {
    const bad = httpError(404)
    const { asked, client } = clientAnswering((path) => {
      if (isBatch(path)) throw httpError(status)
      if (path === '/bad') throw bad
      return { path }
    })
    expect(await batch(client, ['/bad', '/good'])).toEqual([rejected(bad), fulfilled({ path: '/good' })])
    expect(asked).toHaveLength(3)
  })

  it.each([httpError(401, 'unauthorized'), tooMany])(
    'with $status asks for nothing more: the paths that are left get that error',
    async (error) => {
      let answers = 1
      const { asked, client } = clientAnswering((path) => {
        if (answers-- > 0) return answerEach(path)
        throw error
      })
      const results = await batch(client, pathsTo(35))
      expect(results.slice(8, 11)).toEqual([
        fulfilled({ url: '/boards/8' }),
        fulfilled({ url: '/boards/9' }),
        rejected(error),
      ])
      expect(results.slice(10)).toEqual(Array.from({ length: 25 }, () => rejected(error)))
      expect(asked).toHaveLength(2)
    },
  )

  it('because it asked for too much at once asks for each path by itself', async () => {
    const { client } = clientAnswering((path) => {
      if (isBatch(path)) {
        const details = { status: 429, method: 'GET', path: '/1/batch', retryable: false }
        throw new ApiError('rateLimited', details)
      }
      return { path }
    })
    expect(await batch(client, ['/a'])).toEqual([fulfilled({ path: '/a' })])
  })

  it('stops at the first 429 for a single path', async () => {
    const { asked, client } = clientAnswering((path) => {
      throw isBatch(path) ? httpError(500) : tooMany
    })
    const results = await batch(client, pathsTo(100))
    expect(results).toEqual(Array.from({ length: 100 }, () => rejected(tooMany)))
    expect(asked).toHaveLength(2)
  })

  it('stops at a 429 for one path inside of a batch', async () => {
    const { asked, client } = clientAnswering((path) =>
      answerEach(path).map((answer, i) =>
        i === 1 ? { statusCode: 429, message: 'Rate limit exceeded' } : answer,
      ),
    )
    const results = await batch(client, [...pathsTo(20), '/2/other'])
    expect(results[0]).toEqual(fulfilled({ url: '/boards/0' }))
    expect(results[9]).toEqual(fulfilled({ url: '/boards/9' }))
    for (const result of [results[1], ...results.slice(10)]) {
      expect(result).toMatchObject(rejected({ code: 'rateLimited', status: 429 }))
    }
    expect(asked).toHaveLength(1)
  })

  it('goes on after a 401 for one path', async () => {
    const refused = httpError(401, 'unauthorized')
    const { client } = clientAnswering((path) => {
      if (isBatch(path)) throw httpError(400)
      if (path === '/boards/0') throw refused
      return { path }
    })
    const results = await batch(client, pathsTo(2))
    expect(results).toEqual([rejected(refused), fulfilled({ path: '/boards/1' })])
  })

  it('stops after ten failures of the server in a row', async () => {
    const { asked, client } = clientAnswering(() => {
      throw httpError(503)
    })
    const results = await batch(client, pathsTo(100))
    expect(results).toHaveLength(100)
    for (const result of results) expect(result).toMatchObject(rejected({ status: 503 }))
    expect(asked).toHaveLength(11)
  })

  it('goes on where the server fails now and then', async () => {
    let count = 0
    const { asked, client } = clientAnswering((path) => {
      if (isBatch(path) || count++ % 10 < 9) throw httpError(500)
      return { path }
    })
    const results = await batch(client, pathsTo(30))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
    expect(asked).toHaveLength(33)
  })

  it.each([
    new NetworkError({ method: 'GET', path: '/1/batch' }),
    new TokenExpiredError('revoked'),
    new DOMException('Aborted', 'AbortError'),
  ])('rejects with what concerns all paths: $name', async (error) => {
    const { asked, client } = clientAnswering(() => {
      throw error
    })
    await expect(batch(client, ['/a', '/b'])).rejects.toBe(error)
    expect(asked).toHaveLength(1)
  })

  it('rejects too where a single path meets what concerns all paths', async () => {
    const error = new TokenExpiredError('revoked')
    const { asked, client } = clientAnswering((path) => {
      throw isBatch(path) ? httpError(500) : error
    })
    await expect(batch(client, ['/a', '/b'])).rejects.toBe(error)
    expect(asked).toHaveLength(2)
  })
})
