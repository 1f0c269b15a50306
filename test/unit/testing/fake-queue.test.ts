import { afterEach, describe, expect, it, vi } from 'vitest'
import type { AuthState } from '../../../src/grant/auth-state'
import { createFakeClient } from '../../../src/testing'
import { errorOf } from '../support/outcome'

const authorized: AuthState = { status: 'authorized', scopes: [], missingScopes: [], persistent: true }

afterEach(() => {
  vi.useRealTimers()
})

describe('a call of a fake client', () => {
  it('waits for no timer, so that a test may fake them', async () => {
    vi.useFakeTimers()
    const client = createFakeClient(authorized)
    client.respond('GET', '/1/boards/1', new Response('', { status: 429 }))
    expect(await errorOf(client.api.get('/1/boards/1'))).toMatchObject({
      code: 'rateLimited',
      retryAfterMs: expect.any(Number),
    })
    expect(client.calls).toHaveLength(4)
    client.respond('GET', '/1/boards/1', {})
    const all = Array.from({ length: 250 }, () => client.api.get('/1/boards/1'))
    expect(await Promise.all(all)).toHaveLength(250)
  })

  it('is sent at once where the test takes its time for the answers to more than Trello allows', async () => {
    const fetch = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      return new Response('{}')
    }
    const client = createFakeClient(authorized, { fetch })
    const all = Array.from({ length: 150 }, () => client.api.get('/1/boards/1'))
    expect(await Promise.all(all)).toHaveLength(150)
  })

  it('is not sent in a pause that a real one would not wait for', async () => {
    const client = createFakeClient(authorized)
    const headers = { 'Retry-After': '60' }
    client.respond('GET', '/1/boards/1', new Response('', { status: 429, headers }))
    expect(await errorOf(client.api.get('/1/boards/1'))).toMatchObject({ code: 'rateLimited' })
    expect(await errorOf(client.api.get('/1/members/me'))).toMatchObject({
      code: 'rateLimited',
      message: expect.stringContaining('was not sent'),
    })
    expect(client.calls).toHaveLength(1)
  })

  it('is not sent once its signal has called it off', async () => {
    const client = createFakeClient(authorized)
    const signal = AbortSignal.abort()
    expect(await errorOf(client.api.get('/1/boards/1', { signal }))).toMatchObject({ name: 'AbortError' })
    expect(client.calls).toEqual([])
  })
})
