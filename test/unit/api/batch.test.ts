import { describe, expect, it } from 'vitest'
import type { ApiMethod } from '../../../src/api/api'
import { batch } from '../../../src/api/batch'
import { ApiError } from '../../../src/base/api-error'
import {
  type ApiErrorCode,
  ConfigurationError,
  NetworkError,
  TokenExpiredError,
} from '../../../src/base/errors'

/** A client whose `get` answers as told, and that remembers what it was asked for. */
function clientAnswering(answer: (path: string) => unknown) {
  const asked: string[] = []
  const get = async (path: string) => {
    asked.push(path)
    return answer(path)
  }
  return { asked, client: { api: { get: get as ApiMethod } } }
}

/** As Trello answers a batch: every path with its own name. */
function answerEach(path: string) {
  const urls = new URLSearchParams(path.split('?')[1]).get('urls') ?? ''
  return urls.split(',').map((url) => ({ 200: { url: decodeURIComponent(url) } }))
}

function httpError(status: number, code: ApiErrorCode = 'http') {
  return new ApiError(code, { status, method: 'GET', path: '/1/batch' })
}

describe('batch', () => {
  it('asks for ten paths a request and keeps their order', async () => {
    const { asked, client } = clientAnswering(answerEach)
    const paths = Array.from({ length: 23 }, (_, i) => `/boards/${i}`)
    const results = await batch<{ url: string }>(client, paths)
    expect(results.map((result) => ('url' in result ? result.url : result))).toEqual(paths)
    expect(asked).toHaveLength(3)
  })

  it('leaves the version out, and escapes commas inside a path', async () => {
    const { client } = clientAnswering(answerEach)
    const results = await batch(client, ['/1/members/me?fields=id,username', 'boards/b'])
    expect(results).toEqual([{ url: '/members/me?fields=id,username' }, { url: '/boards/b' }])
  })

  it('asks for nothing when there is nothing to ask for', async () => {
    const { asked, client } = clientAnswering(answerEach)
    expect(await batch(client, [])).toEqual([])
    expect(asked).toEqual([])
  })

  it('gives a failed path its ApiError and the others their values', async () => {
    const { client } = clientAnswering(() => [
      { 200: { id: 'a' } },
      { name: 'Error', message: 'The requested resource was not found.', statusCode: 404 },
      { 403: 'not in this workspace' },
      { 200: null },
    ])
    const [value, missing, outside, nothing] = await batch(client, ['/a?x=1', '/b?x=1', '/c', '/d'])
    expect(value).toEqual({ id: 'a' })
    expect(missing).toMatchObject({ name: 'ApiError', code: 'http', status: 404, path: '/b' })
    expect(outside).toMatchObject({
      code: 'forbiddenOutsideWorkspace',
      status: 403,
      body: 'not in this workspace',
    })
    expect(nothing).toBeNull()
  })

  it('tells a missing scope, by Trello’s words or by the scopes that the grant has', async () => {
    const { client } = clientAnswering(() => [
      { 401: 'missing scopes' },
      { message: 'unauthorized permission requested', statusCode: 401 },
      { message: 'unauthorized permission requested', statusCode: 401 },
      { message: 'too many', statusCode: 429 },
    ])
    const state = {
      status: 'authorized' as const,
      scopes: ['read:board:trello'],
      missingScopes: [],
      persistent: true,
    }
    const paths = ['/boards/b', '/boards/b', '/organizations/o', '/boards/b']
    expect(await batch({ ...client, state }, paths)).toMatchObject([
      { code: 'missingScope', requiredScopes: ['read:board:trello'] },
      { code: 'unauthorized', requiredScopes: undefined },
      { code: 'missingScope', requiredScopes: ['read:organization:trello'] },
      { code: 'rateLimited', retryable: true },
    ])
  })

  it('asks for each path by itself when one of them spoils the whole request', async () => {
    const { asked, client } = clientAnswering((path) => {
      if (path.startsWith('/1/batch') || path === '/bad') throw httpError(400)
      return { path }
    })
    const results = await batch(client, ['/good', '/bad'])
    expect(results[0]).toEqual({ path: '/good' })
    expect(results[1]).toBeInstanceOf(ApiError)
    expect(asked).toHaveLength(3)
  })

  it.each([httpError(401, 'unauthorized'), httpError(429, 'rateLimited')])(
    'asks no more once Trello says $status to all: each path that is left gets that error',
    async (error) => {
      let answers = 1
      const { asked, client } = clientAnswering((path) => {
        if (answers-- > 0) return answerEach(path)
        throw error
      })
      const results = await batch(
        client,
        Array.from({ length: 35 }, (_, i) => `/boards/${i}`),
      )
      expect(results.slice(9, 11)).toEqual([{ url: '/boards/9' }, error])
      expect(results.slice(10)).toEqual(Array.from({ length: 25 }, () => error))
      expect(asked).toHaveLength(2)
    },
  )

  it('leaves it to the client what hosts a URL may name, and spoils nothing by one that it refuses', async () => {
    const { asked, client } = clientAnswering((path) => {
      if (path.includes('evil')) throw new ConfigurationError('untrustedUrl', 'Not there.')
      return { path }
    })
    const paths = ['/good', '//evil.example/1?secret', 'https://api.trello.com/1/x']
    const [good, bad, url] = await batch(client, paths)
    expect([good, url]).toEqual([{ path: '/good' }, { path: 'https://api.trello.com/1/x' }])
    expect(bad).toMatchObject({ name: 'ApiError', status: 400, cause: { code: 'untrustedUrl' } })
    expect(String(bad)).toContain('Not there.')
    expect(String(bad)).not.toContain('secret')
    expect(asked).toEqual(paths)
  })

  it('sends no left-over key and token', async () => {
    const { client } = clientAnswering(answerEach)
    const results = await batch(client, ['/1/a?key=k&fields=id,b&token=t&keys=1', '/b?token=t', '/c?x=a?b#d'])
    expect(results).toEqual([{ url: '/a?fields=id,b&keys=1' }, { url: '/b' }, { url: '/c?x=a?b' }])
  })

  it.each([new NetworkError({ method: 'GET', path: '/1/batch' }), new TokenExpiredError('revoked')])(
    'rejects with what concerns all paths: $name',
    async (error) => {
      const { asked, client } = clientAnswering(() => {
        throw error
      })
      await expect(batch(client, ['/a', '/b'])).rejects.toBe(error)
      expect(asked).toHaveLength(1)
    },
  )

  it.each(['text', [{ 200: 1 }], { 200: 1 }])('takes %j for no answer to two paths', async (odd) => {
    const { client } = clientAnswering((path) => (path.startsWith('/1/batch') ? odd : { path }))
    expect(await batch(client, ['/a', '/b'])).toEqual([{ path: '/a' }, { path: '/b' }])
  })
})
