// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { Client } from '../../../src/client/client'
import type { AuthState } from '../../../src/grant/auth-state'
import { createFakeClient } from '../../../src/testing'
import { clientSetUp } from '../support/client'
import { START, settle } from '../support/clock'
import { expiredGrant, liveGrant, storedEntry } from '../support/grants'
import { errorOf, thrownBy, watch } from '../support/outcome'

type Grant = keyof typeof records
type Answer = { path: string; status: number; body: string } | 'dead network'

const scopes = ['read:board:trello', 'read:member:trello']
const records = {
  none: undefined,
  blocked: undefined,
  live: liveGrant(),
  full: liveGrant({ scopes }),
  expired: expiredGrant(),
}
const states: Record<Grant, AuthState> = {
  none: { status: 'notAuthorized', persistent: true },
  blocked: { status: 'notAuthorized', persistent: true, blockedBy: 'noWorkspace' },
  live: {
    status: 'authorized',
    scopes: ['read:board:trello'],
    missingScopes: ['read:member:trello'],
    workspace: 'workspace-1',
    persistent: true,
  },
  full: { status: 'authorized', scopes, missingScopes: [], workspace: 'workspace-1', persistent: true },
  expired: { status: 'tokenExpired', reason: 'revoked', since: START, scopes: ['read:board:trello'] },
}
const board: Answer = { path: '/1/boards/1', status: 200, body: '{"id":"1"}' }

/** A client of each kind, with the same grant and the same Trello behind it. */
const makers: Record<string, (grant: Grant, answer?: Answer) => Promise<Client>> = {
  real: async (grant, answer = board) => {
    const fetch = async (input: string | Request) => {
      if (answer === 'dead network') throw new TypeError('Failed to fetch')
      const url = new URL(input instanceof Request ? input.url : input)
      const isHere = url.pathname === answer.path
      return isHere ? responseOf(answer) : new Response('lost', { status: 404 })
    }
    const place = grant === 'blocked' ? { t: { getContext: () => ({}) } } : {}
    const { client, storage, key } = clientSetUp({ scopes, ...place }, { fetch })
    const record = records[grant]
    if (record) storage.values.set(key, storedEntry({ record }))
    await client.readState()
    return client
  },
  fake: async (grant, answer = board) => {
    const client = createFakeClient(states[grant], { scopes })
    if (answer === 'dead network') client.respond('GET', '/1/boards/1', new TypeError('Failed to fetch'))
    else client.respond('GET', answer.path, responseOf(answer))
    client.authorizeOutcome('pending')
    return client
  },
}

describe.each(Object.entries(makers))('a %s client', (_kind, make) => {
  it.each(Object.entries(states))('with the grant %s has its state', async (grant, state) => {
    const client = await make(grant as Grant)
    expect(client.state).toEqual(state)
    const parts = [client, client.state, ...Object.values(client.state)]
    expect(parts.map(Object.isFrozen)).not.toContain(false)
    expect(await client.readState()).toBe(client.state)
    expect(await client.isAuthorized()).toBe(state.status === 'authorized')
    const heard: AuthState[] = []
    client.subscribe((next) => heard.push(next))()
    expect(heard).toEqual([state])
    expect(client.missingScopes(scopes)).toEqual(state.status === 'authorized' ? state.missingScopes : scopes)
  })

  it.each([undefined, 'read:board:trello', { allOf: [], anyOf: [] }, [''], [undefined]])(
    'refuses %o for a list of scopes',
    async (required) => {
      const client = await make('live')
      const error = thrownBy(() => client.missingScopes(required as string[]))
      expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalidScopes' })
      expect(client.missingScopes(['x', 'x', 'read:board:trello'])).toEqual(['x'])
    },
  )

  it('tells each listener once, whatever they subscribe or undo meanwhile', async () => {
    const client = await make('live')
    const heard: string[] = []
    const stops: (() => void)[] = []
    client.subscribe(({ status }) => {
      if (status !== 'notAuthorized') return
      for (const stop of stops) stop()
      client.subscribe(() => heard.push(`late: ${status}`))
    })
    stops.push(client.subscribe(({ status }) => heard.push(`undone: ${status}`)))
    await client.signOut()
    expect(heard).toEqual(['undone: authorized', 'late: notAuthorized'])
  })

  it.each([
    ['none', { name: 'NotAuthorizedError', code: 'notAuthorized' }],
    ['expired', { name: 'TokenExpiredError', code: 'tokenExpired', reason: 'revoked' }],
  ] as const)('with the grant %s rejects calls', async (grant, error) => {
    const client = await make(grant)
    expect(await errorOf(client.getAccessToken())).toMatchObject(error)
    expect(await errorOf(client.fetch('/1/boards/1'))).toMatchObject(error)
    expect(await errorOf(client.api.get('boards/1'))).toMatchObject(error)
  })

  it('gets JSON, with and without the version in the path', async () => {
    const client = await make('live')
    expect(await client.api.get('boards/1')).toEqual({ id: '1' })
    expect(await (await client.fetch(new URL('https://api.trello.com/1/boards/1'))).json()).toEqual({
      id: '1',
    })
  })

  it.each<[Answer, object]>([
    [
      { ...board, status: 404, body: 'no' },
      { name: 'ApiError', code: 'http', status: 404, body: 'no' },
    ],
    [
      { ...board, status: 403, body: '' },
      { name: 'ApiError', code: 'forbiddenOutsideWorkspace' },
    ],
    [
      { ...board, body: '<html>' },
      { name: 'ApiError', code: 'http' },
    ],
    [
      'dead network',
      { name: 'NetworkError', code: 'network', message: expect.stringContaining('GET /1/boards/1') },
    ],
  ])('rejects api for %j', async (answer, error) => {
    expect(await errorOf((await make('live', answer)).api.get('boards/1'))).toMatchObject(error)
  })

  it('lets the platform’s own error through fetch', async () => {
    const client = await make('live', 'dead network')
    expect(await errorOf(client.fetch('/1/boards/1'))).toBeInstanceOf(TypeError)
  })

  it.each([
    ['https://elsewhere.example/1/boards/1', {}, 'untrustedUrl'],
    ['//elsewhere.example/', {}, 'untrustedUrl'],
    ['https://user:word@api.trello.com/1/boards/1', {}, 'untrustedUrl'],
    ['http://api.trello.com/1/boards/1', {}, 'untrustedUrl'],
    ['https://api.trello.com.elsewhere.example/', {}, 'untrustedUrl'],
    ['\\\\elsewhere.example/', {}, 'untrustedUrl'],
    ['/1/boards/1', { headers: { authorization: 'Bearer mine' } }, 'invalidRequest'],
  ])('refuses to send to %s with %j', async (url, init, code) => {
    const client = await make('live')
    const error = { name: 'ConfigurationError', code }
    expect(await errorOf(client.fetch(url, init))).toMatchObject(error)
    expect(await errorOf(client.api.get(url, init))).toMatchObject(error)
  })

  it.each([undefined, null, 5, {}])('takes %j for no address', async (input) => {
    const error = {
      code: 'untrustedUrl',
      message: expect.stringContaining('Pass a path such as /1/members/me'),
    }
    expect(await errorOf((await make('live')).fetch(input as unknown as string))).toMatchObject(error)
  })

  it('refuses a signal that is none', async () => {
    const signal = JSON.parse('{}')
    const client = await make('live')
    expect(await errorOf(client.fetch('/1/boards/1', { signal }))).toMatchObject({
      code: 'invalidRequest',
      message: expect.stringContaining('signal'),
    })
    expect(await errorOf(client.getAccessToken({ signal }))).toMatchObject({ code: 'invalidRequest' })
  })

  it('refuses a body that fetch would send as [object Object]', async () => {
    const body = JSON.parse('{"name":"A card"}')
    expect(await errorOf((await make('live')).fetch('/1/boards/1', { method: 'POST', body }))).toMatchObject({
      code: 'invalidRequest',
      message: expect.stringContaining('the Object that is the body'),
    })
  })

  it('takes the signal of a polyfill', async () => {
    const signal = Object.assign(new EventTarget(), { aborted: false }) as AbortSignal
    expect(await (await make('live')).api.get('/1/boards/1', { signal })).toEqual({ id: '1' })
  })

  it.each([
    'https://api.trello.com/1/boards/1',
    'HTTPS://API.TRELLO.COM:443/1/boards/1',
    '//api.trello.com/1/boards/1',
    '/1/x/../boards/1',
    ' /1/boards/1 ',
    '/1/boards/1?key=mine&token=mine',
  ])('takes the address "%s"', async (address) => {
    expect(await (await make('live')).api.get(address)).toEqual({ id: '1' })
  })

  const callsWithSignal: Record<string, (client: Client, signal: AbortSignal) => Promise<unknown>> = {
    'getAccessToken()': (client, signal) => client.getAccessToken({ signal }),
    'fetch()': (client, signal) => client.fetch('/1/boards/1', { signal }),
    'fetch() of a Request': (client, signal) =>
      client.fetch(new Request('https://api.trello.com/1/boards/1', { signal })),
    'api.get()': (client, signal) => client.api.get('/1/boards/1', { signal }),
  }

  it.each(Object.entries(callsWithSignal))(
    '%s that is called off while it goes on rejects with the reason',
    async (_name, call) => {
      const reason = new Error('The page goes.')
      const controller = new AbortController()
      const called = errorOf(call(await make('live'), controller.signal))
      controller.abort(reason)
      expect(await called).toBe(reason)
    },
  )

  it.each(['getAccessToken', 'fetch'] as const)('is called off in %s', async (method) => {
    const client = await make('live')
    const signal = AbortSignal.abort()
    const called = method === 'fetch' ? client.fetch('/1/boards/1', { signal }) : client[method]({ signal })
    expect(await errorOf(called)).toMatchObject({ name: 'AbortError' })
  })

  it('is called off by the signal of a Request', async () => {
    const client = await make('live')
    const request = new Request('https://api.trello.com/1/boards/1', { signal: AbortSignal.abort() })
    expect(await errorOf(client.fetch(request))).toMatchObject({ name: 'AbortError' })
  })

  it('is called off in authorize()', async () => {
    const client = await make('none')
    expect(await errorOf(client.authorize({ signal: AbortSignal.abort() }))).toMatchObject({
      name: 'AuthorizationError',
      code: 'aborted',
    })
  })

  it('supersedes a sign-in that asks for less, and joins one that asks for as much', async () => {
    const client = await make('none')
    const less = errorOf(client.authorize())
    const more = watch(client.authorize({ scopes: ['write:board:trello'] }))
    const joined = watch(client.authorize())
    expect(await less).toMatchObject({ name: 'AuthorizationError', code: 'superseded' })
    expect([more.status, joined.status]).toEqual(['pending', 'pending'])
    await client.signOut()
    await settle()
    const aborted = { status: 'rejected', error: { code: 'aborted' } }
    expect([more, joined]).toMatchObject([aborted, aborted])
  })

  it('says in its state that a sign-in is waited for, until it is called off', async () => {
    const client = await make('none')
    const controller = new AbortController()
    const ended = errorOf(client.authorize({ signal: controller.signal }))
    await settle()
    expect(client.state).toEqual({ ...states.none, signIn: 'here' })
    controller.abort()
    expect(await ended).toMatchObject({ code: 'aborted' })
    await settle()
    expect(client.state).toEqual(states.none)
  })

  it.each([
    ['a scope with a space', ['read board']],
    ['no list of scopes', JSON.parse('"read:board:trello"')],
  ])('asks for no %s', async (_what, asked) => {
    const error = await errorOf((await make('none')).authorize({ scopes: asked }))
    expect(error).toMatchObject({ name: 'AuthorizationError', code: 'invalidRequest' })
  })

  it('asks for nothing besides the scopes that are granted: offline_access is none', async () => {
    const client = await make('full')
    expect(await client.authorize({ scopes: ['offline_access'] })).toBe(client.state)
  })

  it('is signed out, whatever blocks a sign-in', async () => {
    const client = await make('blocked')
    await client.signOut()
    expect(client.state).toEqual(states.blocked)
  })

  it('is signed out', async () => {
    const client = await make('live')
    await client.signOut()
    expect(client.state).toEqual({ status: 'notAuthorized', persistent: true })
  })
})

function responseOf({ status, body }: Exclude<Answer, string>): Response {
  return new Response(body, { status, headers: { 'content-type': 'text/html' } })
}
