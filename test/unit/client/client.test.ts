// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'
import { type Client, createClientIn } from '../../../src/client/client'
import { readOptions } from '../../../src/client/options'
import { createPage } from '../../../src/client/page'
import { signInSettings } from '../../../src/client/sign-in-settings'
import type { PendingAttempt } from '../../../src/grant/attempt'
import type { AuthState } from '../../../src/grant/auth-state'
import type { LiveGrant } from '../../../src/grant/grant'
import { type ClientSetUp, clientSetUp, keyOf, options } from '../support/client'
import { START, settle, until } from '../support/clock'
import { attempt, expiredGrant, HOUR_MS, liveGrant, storedEntry, tokenSet } from '../support/grants'
import { errorOf, watch } from '../support/outcome'
import { scriptedEndpoint, tokens } from '../support/token-endpoint'

describe('a new client', () => {
  it('is a frozen object of functions that need no this', async () => {
    const { client } = clientSetUp()
    expect(Object.isFrozen(client)).toBe(true)
    const { readState, isAuthorized } = client
    expect((await readState()).status).toBe('notAuthorized')
    expect(await isAuthorized()).toBe(false)
  })

  it('is restoring, and nothing is at work before its first use', async () => {
    const openChannel = vi.fn(() => undefined)
    const { client, frame, clock, storage } = clientSetUp({}, { openChannel })
    expect(client.state).toEqual({ status: 'restoring' })
    expect(client.missingScopes(['a'])).toEqual(['a'])
    await settle()
    expect(openChannel).not.toHaveBeenCalled()
    expect(frame.listeners).toEqual({ message: 0, wake: 0, policyViolation: 0 })
    expect([clock.timers(), storage.counts]).toEqual([0, { get: 0, update: 0 }])
  })

  it('reads t once', async () => {
    const getContext = vi.fn(() => ({ organization: 'workspace-1', member: 'member-1' }))
    const { client } = clientSetUp({ t: { getContext } })
    await client.readState()
    expect(getContext).toHaveBeenCalledTimes(1)
  })

  it('with wrong options is none', () => {
    expect(() => clientSetUp({ clientId: '' })).toThrow(/clientId/)
  })
})

describe('a sign-in that fails', () => {
  it.each<(client: Client) => Promise<unknown>>([
    (client) => client.authorize(),
    (client) => client.getAccessToken(),
  ])('is an unhandled rejection where nobody handles it: %s', async (call) => {
    const others = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    const unhandled = new Promise((resolve) => process.once('unhandledRejection', resolve))
    void call(clientSetUp({ t: { getContext: () => ({ member: 'notLoggedIn' }) } }).client)
    expect(await unhandled).toMatchObject({ code: expect.stringMatching(/^not/) })
    for (const other of others) process.on('unhandledRejection', other)
  })
})

describe('the state', () => {
  it('is the same frozen object until a field differs', async () => {
    const { client, storage, key } = clientSetUp()
    storage.values.set(key, storedEntry({ record: liveGrant() }))
    const first = await client.readState()
    expect(first).toMatchObject({ status: 'authorized', missingScopes: ['read:member:trello'] })
    expect(Object.isFrozen(first)).toBe(true)
    expect(client.state).toBe(first)
    storage.values.set(key, storedEntry({ record: liveGrant({ generation: 'rotated' }) }))
    expect(await client.readState()).toBe(first)
    storage.values.set(key, storedEntry({ record: liveGrant({ scopes: [] }) }))
    expect(await client.readState()).not.toBe(first)
  })

  it.each(['live', 'ended'])(
    'has lists of its own, which nobody can change: a grant that is %s',
    async (grant) => {
      const { client, storage, key, frame } = clientSetUp({ scopes: ['d', 'c'] })
      const record =
        grant === 'live' ? liveGrant({ scopes: ['b', 'a'] }) : expiredGrant({ scopes: ['b', 'a'] })
      storage.values.set(key, storedEntry({ record }))
      const state = await client.readState()
      const lists = Object.values(state).filter((value) => Array.isArray(value))
      expect(lists).toEqual(
        grant === 'live'
          ? [
              ['b', 'a'],
              ['d', 'c'],
            ]
          : [['b', 'a']],
      )
      for (const list of lists) {
        expect(() => list.sort()).toThrow(TypeError)
        expect(() => list.push('e')).toThrow(TypeError)
      }
      expect(record.scopes).not.toBe(lists[0])
      expect(await client.readState()).toBe(state)
      void client.authorize({ scopes: ['e'] }).catch(() => undefined)
      expect(frame.windows).toHaveLength(1)
    },
  )

  it('is read without the network, within a second, and never restoring', async () => {
    const { client, storage, clock } = clientSetUp()
    storage.reads = 'hang'
    const outcome = watch(client.readState())
    await clock.advance(1_000)
    expect(outcome.value).toEqual({ status: 'notAuthorized', persistent: false })
  })

  it('tells what the grant lacks', async () => {
    const { client, storage, key } = clientSetUp()
    storage.values.set(key, storedEntry({ record: liveGrant() }))
    expect(await client.isAuthorized()).toBe(true)
    expect(client.missingScopes(['read:board:trello', 'x'])).toEqual(['x'])
  })

  it('never lacks offline_access, which is no permission', async () => {
    const scopes = ['read:board:trello', 'offline_access']
    const { client, storage, key } = clientSetUp({ scopes })
    expect(client.missingScopes(scopes)).toEqual(['read:board:trello'])
    storage.values.set(key, storedEntry({ record: liveGrant() }))
    expect(await client.readState()).toMatchObject({ missingScopes: [] })
    expect(client.missingScopes(scopes)).toEqual([])
  })

  const { refreshToken: _none, ...lasting } = tokenSet()
  it.each<[string, LiveGrant, Parameters<typeof clientSetUp>[0]]>([
    ['without a refresh token', liveGrant({ tokenSet: lasting, renewable: false }), {}],
    [
      'that another kind of token endpoint would have to renew',
      liveGrant(),
      { tokenEndpoint: { ...scriptedEndpoint(), holdsRefreshToken: true } },
    ],
  ])('says by itself that a grant has ended %s', async (_which, record, differences) => {
    const { client, storage, key, clock } = clientSetUp(differences)
    storage.values.set(key, storedEntry({ record }))
    const heard: string[] = []
    client.subscribe(({ status }) => heard.push(status))
    await settle()
    await clock.advance(HOUR_MS - 30_000)
    expect(heard).toEqual(['restoring', 'authorized'])
    await clock.advance(1)
    expect(heard).toEqual(['restoring', 'authorized', 'tokenExpired'])
    expect(client.state).toMatchObject({ reason: 'expired', since: START + HOUR_MS - 30_000 })
  })

  it('lets an unfinished sign-in go by itself after ten minutes', async () => {
    const { client, storage, key, clock, frame } = clientSetUp()
    const begun = attempt({
      openedAt: START,
      scopes: options.scopes,
      ...signInSettings(readOptions(options, frame.platform)),
    })
    const stored = storedEntry({ attempts: [begun] })
    storage.values.set(key, stored)
    expect(await client.readState()).toEqual({
      status: 'notAuthorized',
      persistent: true,
      signIn: 'unfinished',
    })
    await clock.advance(600_000 - 1)
    expect(client.state).toEqual({ status: 'notAuthorized', persistent: true, signIn: 'unfinished' })
    await clock.advance(1)
    expect(client.state).toEqual({ status: 'notAuthorized', persistent: true })
  })

  it.each([
    [{ t: { getContext: () => ({ member: 'member-1' }) } }, 'noWorkspace'],
    [{ t: { getContext: () => ({ organization: 'w', member: 'notLoggedIn' }) } }, 'notLoggedIn'],
  ])('names what blocks a sign-in', async (more, blockedBy) => {
    const { client, frame } = clientSetUp(more)
    expect(await client.readState()).toEqual({ status: 'notAuthorized', persistent: true, blockedBy })
    expect(await errorOf(client.authorize())).toMatchObject({ code: blockedBy })
    expect(frame.windows).toEqual([])
  })
})

describe('subscribe', () => {
  it('calls at once, then at each change in any frame, until its undo', async () => {
    const { client, storage, key, open } = clientSetUp()
    storage.values.set(key, storedEntry({ record: liveGrant() }))
    const states: AuthState['status'][] = []
    const stop = client.subscribe(({ status }) => states.push(status))
    expect(states).toEqual(['restoring'])
    await settle()
    expect(states).toEqual(['restoring', 'authorized'])
    await open().client.signOut()
    await settle()
    expect(states).toEqual(['restoring', 'authorized', 'notAuthorized'])
    stop()
    storage.values.set(key, storedEntry({ record: expiredGrant() }))
    await client.readState()
    expect(states).toHaveLength(3)
  })

  it('counts each subscription of the same listener', async () => {
    const { client } = clientSetUp()
    const listener = vi.fn()
    const stop = client.subscribe(listener)
    client.subscribe(listener)
    stop()
    listener.mockClear()
    await client.readState()
    expect(listener).toHaveBeenCalledTimes(1)
  })

  it('breaks for no error of a listener: it is reported, and the others hear', async () => {
    const { client, frame } = clientSetUp()
    const failure = new Error('a listener failed')
    const heard = vi.fn()
    client.subscribe(() => {
      throw failure
    })
    client.subscribe(heard)
    await client.readState()
    expect(heard).toHaveBeenCalledTimes(2)
    expect(frame.reported).toEqual([failure, failure])
  })
})

describe('two clients of one page', () => {
  it('share one memory and one refresh', async () => {
    const endpoint = scriptedEndpoint(tokens(1))
    const { client, storage, key, page } = clientSetUp({ tokenEndpoint: endpoint })
    const record = liveGrant({ tokenSet: tokenSet({ obtainedAt: START - HOUR_MS, expiresAt: START }) })
    storage.values.set(key, storedEntry({ record }))
    const other: Client = createClientIn(page, { ...options, tokenEndpoint: endpoint })
    const given = await Promise.all([
      client.getAccessToken(),
      other.getAccessToken(),
      client.getAccessToken(),
    ])
    expect(given).toEqual(['access-1', 'access-1', 'access-1'])
    expect(endpoint.refreshes).toHaveLength(1)
  })

  it('for different workspaces have nothing in common', async () => {
    const { client, storage, key, page } = clientSetUp()
    storage.values.set(key, storedEntry({ record: liveGrant() }))
    const other = createClientIn(page, { ...options, workspace: 'workspace-2' })
    expect([(await client.readState()).status, (await other.readState()).status]).toEqual([
      'authorized',
      'notAuthorized',
    ])
  })
})

describe('an onEvent that throws', () => {
  it('breaks nothing: the error is reported', async () => {
    const failure = new Error('telemetry is down')
    const onEvent = () => {
      throw failure
    }
    const { client, frame } = clientSetUp({ onEvent })
    await client.signOut()
    expect(frame.reported).toEqual([failure])
  })
})

describe('authorize', () => {
  it('opens the prepared window in the click, and resolves with the state once the grant is stored', async () => {
    const endpoint = scriptedEndpoint(tokens(1))
    const setUp = clientSetUp({ tokenEndpoint: endpoint })
    const { client, frame, respond } = setUp
    client.subscribe(() => undefined)
    await until(() => prepared(setUp).length === 1)
    const outcome = watch(client.authorize())
    expect(frame.window().url().href).toMatch(/^https:\/\/auth\.example\/authorize\?client_id=client-1&/)
    await settle()
    respond()
    await until(() => outcome.status !== 'pending')
    expect(outcome.value).toMatchObject({ status: 'authorized', workspace: 'workspace-1', persistent: true })
    expect(outcome.value).toBe(client.state)
    expect(await client.getAccessToken()).toBe('access-1')
  })

  it('is prepared once for all clients of the page that ask alike', async () => {
    const setUp = clientSetUp()
    const { client, page } = setUp
    const alike = [
      client,
      ...[0, 1, 2].map(() => createClientIn(page, { ...options, onEvent: () => undefined })),
    ]
    for (const each of alike) each.subscribe(() => undefined)
    await until(() => prepared(setUp).length === 1)
    createClientIn(page, { ...options, scopes: ['read:board:trello'] }).subscribe(() => undefined)
    await until(() => prepared(setUp).length === 2)
  })

  it('is not prepared for a client that nobody subscribes to', async () => {
    const { client, storage, clock } = clientSetUp()
    await client.isAuthorized()
    await client.readState()
    await clock.advance(1_000)
    expect(storage.counts.update).toBe(0)
    expect(storage.values.size).toBe(0)
  })

  it('takes no notice of a click event passed as options', async () => {
    const { client, frame } = clientSetUp({ tokenEndpoint: scriptedEndpoint() })
    const button: { onclick?: (event: never) => unknown } = { onclick: client.authorize }
    void Promise.resolve(button.onclick?.(new Event('click') as never)).catch(() => undefined)
    expect(frame.windows).toHaveLength(1)
  })

  it.each([['read:board:trello'], [['a b']], [[7]]])(
    'rejects for the scopes %j, and opens no window',
    async (scopes) => {
      const { client, frame } = clientSetUp()
      const error = await errorOf(client.authorize({ scopes: scopes as string[] }))
      expect(error).toMatchObject({ name: 'AuthorizationError', cause: { code: 'invalidScopes' } })
      expect(frame.windows).toEqual([])
    },
  )

  it('is the way out where nobody can read what the token endpoint says of the grant', async () => {
    const endpoint = scriptedEndpoint({ kind: 'unreadable' })
    endpoint.isThere = true
    const { client, storage, key, clock, frame, respond } = clientSetUp({ tokenEndpoint: endpoint })
    const record = liveGrant({
      scopes: options.scopes,
      tokenSet: tokenSet({ obtainedAt: START - HOUR_MS, expiresAt: START }),
    })
    storage.values.set(key, storedEntry({ record }))
    const call = watch(client.getAccessToken())
    await clock.advance(12_000)
    expect(call.error).toMatchObject({ code: 'tokenEndpointUnreadable' })
    expect(client.state.status).toBe('authorized')
    endpoint.answers = [tokens(1, { scopes: options.scopes })]
    const outcome = watch(client.authorize())
    await until(() => frame.window().url().origin === 'https://auth.example')
    respond()
    await until(() => outcome.status === 'resolved')
    expect(await client.getAccessToken()).toBe('access-1')
  })

  it('does not finish what a client with other endpoints began', async () => {
    const { client, frame, storage, page, key } = clientSetUp({ tokenEndpoint: 'https://auth.example/token' })
    void client.authorize().catch(() => undefined)
    await until(() => frame.window().url().origin === 'https://auth.example')
    expect(storage.values.has(key)).toBe(true)
    const fresh = createPage(page.platform, storage)
    const other = createClientIn(fresh, { ...options, tokenEndpoint: 'https://evil.example/token' })
    await other.readState()
    void other.authorize().catch(() => undefined)
    await until(() => frame.window().url().origin === 'https://auth.example')
    expect(frame.windows.flatMap(({ urls }) => urls).join()).not.toContain('#powerup-oauth-collect')
    const same = createClientIn(createPage(page.platform, storage), {
      ...options,
      tokenEndpoint: 'https://auth.example/token',
    })
    // The pages that began both are still there.
    expect(await same.readState()).toMatchObject({ signIn: 'elsewhere' })
    void same.authorize().catch(() => undefined)
    await until(() => frame.window().url().hash === '#powerup-oauth-collect')
  })
})

describe('signOut', () => {
  it('forgets the grant in every frame and revokes it where an endpoint is configured', async () => {
    const requests: string[] = []
    const fetch = async (input: string | Request, init?: RequestInit) => {
      requests.push(`${input} ${init?.body}`)
      return new Response()
    }
    const more = { revocationEndpoint: 'https://auth.example/revoke' }
    const { client, storage, key, events } = clientSetUp(more, { fetch })
    storage.values.set(key, storedEntry({ record: liveGrant() }))
    await client.readState()
    await client.signOut()
    expect(client.state).toEqual({ status: 'notAuthorized', persistent: true })
    expect(requests).toEqual([expect.stringContaining('https://auth.example/revoke')])
    expect(requests[0]).toContain('token=refresh-0')
    expect(events).toEqual([{ type: 'signedOut', everyWorkspace: false }])
  })

  it('revokes the access token where the Trello page keeps the refresh token', async () => {
    const requests: string[] = []
    const fetch = async (_input: string | Request, init?: RequestInit) => {
      requests.push(String(init?.body))
      return new Response()
    }
    const { client, storage, key } = clientSetUp(
      { revocationEndpoint: 'https://auth.example/revoke' },
      { fetch },
    )
    const { refreshToken: _, ...kept } = tokenSet()
    storage.values.set(key, storedEntry({ record: liveGrant({ tokenSet: kept }) }))
    await client.readState()
    await client.signOut()
    expect(requests).toEqual([expect.stringContaining('token=access-0')])
  })

  it('rejects with storageUnavailable where the storage may still hold it', async () => {
    const { client, storage, key } = clientSetUp()
    storage.values.set(key, storedEntry({ record: liveGrant() }))
    await client.readState()
    storage.writes = 'fail'
    expect(await errorOf(client.signOut())).toMatchObject({ code: 'storageUnavailable', retryable: true })
    expect(client.state.status).toBe('notAuthorized')
  })

  it('of every workspace takes the others along', async () => {
    const { client, storage, key } = clientSetUp()
    const other = keyOf({ workspace: 'workspace-2' })
    for (const name of [key, other]) storage.values.set(name, storedEntry({ record: liveGrant() }))
    await client.signOut({ everyWorkspace: true })
    expect(storage.values.has(other)).toBe(false)
  })
})

describe('calls', () => {
  it('carry the bearer to the API', async () => {
    const seen: (string | null)[] = []
    const fetch = async (input: string | Request, init?: RequestInit) => {
      seen.push(new Request(input, init).headers.get('authorization'))
      return Response.json({ id: 'member-1' })
    }
    const { client, storage, key } = clientSetUp({}, { fetch })
    storage.values.set(key, storedEntry({ record: liveGrant() }))
    expect(await client.api.get('/1/members/me')).toEqual({ id: 'member-1' })
    expect((await client.fetch('/1/members/me')).status).toBe(200)
    expect(seen).toEqual(['Bearer access-0', 'Bearer access-0'])
  })

  it('reject without a grant', async () => {
    const { client } = clientSetUp()
    for (const call of [client.getAccessToken(), client.fetch('/1/x'), client.api.get('/1/x')]) {
      expect(await errorOf(call)).toMatchObject({ code: 'notAuthorized' })
    }
  })

  it('never wait for a renewal: it comes in the background, once for all clients', async () => {
    const endpoint = scriptedEndpoint(tokens(1))
    const { client, storage, key, page, clock } = clientSetUp({ tokenEndpoint: endpoint })
    storage.values.set(key, storedEntry({ record: liveGrant() }))
    await client.readState()
    await createClientIn(page, { ...options, tokenEndpoint: endpoint }).readState()
    await clock.advance(HOUR_MS - 5 * 60_000)
    expect(endpoint.refreshes).toHaveLength(1)
    expect(await client.getAccessToken()).toBe('access-1')
  })
})

/** The requests that the page has ready for a click. */
function prepared({ page, key }: Pick<ClientSetUp, 'page' | 'key'>): readonly PendingAttempt[] {
  const requests = [...(page.grant(key).nextRequests?.values() ?? [])]
  return requests.flatMap((request) => request.prepared ?? [])
}
