// @vitest-environment node
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type LocalTrello, startLocalTrello } from '../../../../examples/local-trello/local-trello'
import { createKeeper } from '../../../../src/server/keeper'
import { fileGrants } from '../../../../src/server-file'
import { readArguments } from '../../../../tools/connect/arguments'
import { runConnect } from '../../../../tools/connect/connect'
import { answerConsent } from '../../examples/local-trello/support/sign-in'
import { allowLoopback } from '../../server/support/keeper-at-trello'
import { settle, until } from '../../support/clock'
import { thrownBy } from '../../support/outcome'

let trello: LocalTrello
let folder: string
beforeAll(async () => {
  trello = await startLocalTrello({ port: 0, quiet: true, callbackPaths: ['/callback.html'] })
})
beforeEach(() => {
  allowLoopback()
  folder = mkdtempSync(join(tmpdir(), 'connect-'))
})
afterEach(() => rmSync(folder, { recursive: true }))
afterAll(() => trello.close())

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Runs the command, and gives the address that it prints to a person who does something with it. */
async function run(
  person: (address: URL, callback: string) => Promise<unknown>,
  more: readonly string[] = [],
): Promise<{ code: number; said: string }> {
  const callback = `http://127.0.0.1:${await freePort()}/callback`
  trello.registerCallback(callback)
  const said: string[] = []
  const args = [
    ...['--client-id', trello.clientId, '--scope', 'read:board:trello', '--scope', 'read:member:trello'],
    ...[
      '--workspace',
      trello.workspaces[0].id,
      '--store',
      join(folder, 'grants'),
      '--redirect-uri',
      callback,
    ],
    ...['--authorization-endpoint', `${trello.origins.auth}/authorize`],
    ...['--token-endpoint', trello.tokenEndpoint, '--api-origin', trello.apiOrigin],
    ...more,
  ]
  let isAnswered = false
  const code = await runConnect(args, {}, (text) => {
    said.push(text)
    const [address] = /http:\S+\/authorize\S+/.exec(text) ?? []
    if (address === undefined || isAnswered) return
    isAnswered = true
    person(new URL(address), callback).catch((error) => said.push(String(error)))
  })
  return { code, said: said.join('\n') }
}

async function consent(address: URL): Promise<string> {
  const back = await answerConsent(trello, address.href, trello.members[0].id)
  return (await fetch(back)).text()
}

describe('powerup-oauth connect', () => {
  it('stores a grant where a keeper finds it, and ends with its key', async () => {
    let page = ''
    const { code, said } = await run(async (address) => {
      page = await consent(address)
    })
    expect(said).toContain('Connected.')
    expect(code).toBe(0)
    const key = said.trim().split('\n').at(-1) ?? ''
    expect(key).toBe(`workspace=${trello.workspaces[0].id}`)
    const keeper = createKeeper({
      clientId: trello.clientId,
      store: fileGrants(join(folder, 'grants')),
      tokenEndpoint: trello.tokenEndpoint,
      apiOrigins: [trello.apiOrigin],
    })
    expect(await keeper.client(key).api.get('/1/members/me')).toMatchObject({ id: trello.members[0].id })
    for (const { value } of trello.log.secrets) expect(said).not.toContain(value)
    expect(page).toBe('Connected. You can close this window.\n')
  })

  it('refuses another account than the one that is named', async () => {
    const { code, said } = await run(consent, ['--member', trello.members[1]?.id ?? ''])
    expect(code).toBe(1)
    expect(said).toContain('Not connected (accountMismatch): ')
  })

  it('says that the person refused', async () => {
    const { code, said } = await run(async (address, callback) => {
      const query = new URLSearchParams({
        state: address.searchParams.get('state') ?? '',
        error: 'access_denied',
      })
      await fetch(`${callback}?${query}`)
    })
    expect([code, said.includes('(accessDenied)')]).toEqual([1, true])
  })

  it('says what is behind a token endpoint that can not be reached', async () => {
    const closed = `http://127.0.0.1:${await freePort()}/token`
    const { code, said } = await run(consent, ['--token-endpoint', closed])
    expect([code, said]).toEqual([1, expect.stringMatching(/exchangeFailed.*fetch failed.*ECONNREFUSED/s)])
  })

  it('goes on waiting when something else comes to its callback', async () => {
    const statuses: number[] = []
    const { code } = await run(async (address, callback) => {
      statuses.push((await fetch(`${callback}?code=stolen&state=another`)).status)
      statuses.push((await fetch(`${callback}/else?state=${address.searchParams.get('state')}`)).status)
      statuses.push((await fetch(callback, { method: 'POST' })).status)
      await consent(address)
    })
    expect([code, statuses]).toEqual([0, [400, 404, 404]])
  })

  it('goes on waiting when a page asks this machine for what is no path', async () => {
    const { code } = await run(async (address, callback) => {
      expect((await fetch(`${new URL(callback).origin}//`)).status).toBe(404)
      await consent(address)
    })
    expect(code).toBe(0)
  })

  it('asks nobody where the store can not be read, or the port is taken', async () => {
    const file = join(folder, 'a-file')
    writeFileSync(file, '')
    const unused = async () => expect.unreachable()
    expect((await run(unused, ['--store', join(file, 'grants')])).code).toBe(1)
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as AddressInfo
    const { code, said } = await run(unused, ['--redirect-uri', `http://127.0.0.1:${port}/callback`])
    taken.close()
    expect([code, said.includes('EADDRINUSE')]).toEqual([1, true])
  })

  it('asks nobody where the store takes no writes', async () => {
    const path = join(folder, 'read-only.mjs')
    writeFileSync(
      path,
      `export default {
         get: async () => undefined,
         compareAndSwap: async () => { throw new Error('attempt to write a readonly database') },
         keys: async () => [],
       }`,
    )
    const { code, said } = await run(async () => expect.unreachable(), ['--store', path])
    expect([code, said]).toEqual([1, 'Not connected: attempt to write a readonly database'])
  })

  it.each([
    ['never answers', 'silent.mjs', 'export default { get: never, compareAndSwap: never, keys: never }'],
    ['is never there', 'absent.mjs', 'export default await never()'],
  ])('asks nobody where the store %s, and says so after half a minute', async (_what, name, exported) => {
    const path = join(folder, name)
    const never = `globalThis.loadedByTest = '${name}'; const never = () => new Promise(() => undefined)`
    writeFileSync(path, `${never}\n${exported}`)
    const said: string[] = []
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const code = runConnect(
        ['--client-id', 'a', '--scope', 'b', '--store', path],
        {},
        (text) => void said.push(text),
      )
      // A module loads in real time, and the wait for its answer begins then.
      await until(() => Reflect.get(globalThis, 'loadedByTest') === name)
      await settle()
      await vi.advanceTimersByTimeAsync(29_000)
      expect(said).toEqual([])
      await vi.advanceTimersByTimeAsync(2_000)
      await until(() => said.length > 0)
      expect([await code, said]).toEqual([1, ['Not connected: the store did not answer within 30 seconds.']])
    } finally {
      vi.useRealTimers()
    }
  })

  it('asks nobody where the seal is out of order', async () => {
    const path = join(folder, 'sealed.mjs')
    writeFileSync(
      path,
      `export default { get: async () => undefined, compareAndSwap: async () => true, keys: async () => [] }
       const fail = async () => { throw new Error('KMS_KEY is not set.') }
       export const seal = { seal: fail, open: fail }`,
    )
    const { code, said } = await run(async () => expect.unreachable(), ['--store', path])
    expect([code, said]).toEqual([1, 'Not connected: KMS_KEY is not set.'])
  })

  it.each([
    ['CommonJS', 'store.cjs', 'module.exports = { ...store, seal }'],
    [
      'what TypeScript makes of it',
      'default.cjs',
      'exports.__esModule = true; exports.default = store; exports.seal = seal',
    ],
    ['TypeScript, where Node reads it', 'store.mts', 'export default store; export { seal }'],
  ])('takes a module in %s', async (_what, name, exported) => {
    const path = join(folder, name)
    writeFileSync(
      path,
      `const store = { get: async () => undefined, compareAndSwap: async () => true, keys: async () => [] }
       const seal = { seal: async () => { throw new Error('This is the seal.') }, open: async () => '' }
       ${exported}`,
    )
    const { code, said } = await run(async () => expect.unreachable(), ['--store', path])
    expect([code, said]).toEqual([1, 'Not connected: This is the seal.'])
  })

  it('takes the store and the seal of a module', async () => {
    const path = join(folder, 'store.mjs')
    writeFileSync(
      path,
      `const texts = new Map()
       globalThis.textsOfTest = texts
       export default {
         get: async (key) => texts.get(key),
         compareAndSwap: async (key, version, value) => {
           if (texts.get(key)?.version !== version) return false
           if (value === undefined) texts.delete(key)
           else texts.set(key, { value, version: (version ?? 0) + 1 })
           return true
         },
         keys: async () => [...texts.keys()],
       }
       export const seal = {
         seal: async (text) => 'sealed:' + btoa(encodeURIComponent(text)),
         open: async (text) => decodeURIComponent(atob(text.slice(7))),
       }`,
    )
    const { code } = await run(consent, ['--store', path, '--key', 'bot'])
    const texts: ReadonlyMap<string, { value: string }> = Reflect.get(globalThis, 'textsOfTest')
    expect([code, [...texts.keys()], texts.get('bot')?.value.startsWith('sealed:')]).toEqual([
      0,
      ['bot'],
      true,
    ])
  })
})

it('the command ends where the connections of a store stay open', () => {
  const store = join(folder, 'store.mjs')
  writeFileSync(
    store,
    `setInterval(() => undefined, 1_000)
     const down = async () => { throw new Error('The database is down.') }
     export default { get: down, compareAndSwap: down, keys: down }`,
  )
  const program = ['--import', 'tsx', 'tools/check/command-line.ts', 'connect']
  const args = ['--client-id', 'a', '--scope', 'b', '--store', store]
  const { status, stdout } = spawnSync(process.execPath, [...program, ...args], {
    encoding: 'utf8',
    timeout: 30_000,
  })
  expect([status, stdout]).toEqual([1, 'Not connected: The database is down.\n'])
}, 40_000)

describe('the arguments', () => {
  const needed = ['--client-id', 'client-1', '--scope', 'read:board:trello']

  it('have defaults, and the secret comes from the environment only', () => {
    expect(readArguments(needed, { POWERUP_OAUTH_CLIENT_SECRET: 'the-secret' })).toEqual({
      clientId: 'client-1',
      clientSecret: 'the-secret',
      scopes: ['read:board:trello'],
      key: 'owner',
      store: 'grants',
      redirectUri: 'http://127.0.0.1:8976/callback',
      authorizationEndpoint: 'https://auth.atlassian.com/authorize',
      opensBrowser: false,
    })
    expect(readArguments([...needed, '--member', 'm', '--workspace', 'w'], {}).key).toBe(
      'member=m&workspace=w',
    )
    const named = ['--member', 'm', '--key', 'member=m&workspace=w']
    expect(readArguments([...needed, ...named], {}).key).toBe('member=m&workspace=w')
  })

  it.each([
    ['no client id', ['--scope', 'a'], '--client-id'],
    ['no scope', ['--client-id', 'a'], '--scope'],
    ['scopes in one text', ['--client-id', 'a', '--scope', 'a b'], 'scopes must be'],
    ['an empty scope', ['--client-id', 'a', '--scope', ''], 'scopes must be'],
    ['an empty key', [...needed, '--key', ' '], 'key must be'],
    ['an empty workspace', [...needed, '--workspace', '', '--key', 'bot'], '--workspace'],
    ['a member whom the key does not name', [...needed, '--member', 'm', '--key', 'bot'], '--member'],
    [
      'a consent page without TLS',
      [...needed, '--authorization-endpoint', 'http://a.example/'],
      'authorizationEndpoint',
    ],
    ['an unknown one', [...needed, '--client-secret', 'x'], '--client-secret'],
    ['another machine', [...needed, '--redirect-uri', 'http://10.0.0.1:80/'], '--redirect-uri'],
    ['any port', [...needed, '--redirect-uri', 'http://127.0.0.1:0/callback'], '--redirect-uri'],
    ['no port', [...needed, '--redirect-uri', 'http://localhost/callback'], '--redirect-uri'],
    ['no address', [...needed, '--redirect-uri', 'callback'], '--redirect-uri'],
  ])('with %s are refused by name', async (_what, args, name) => {
    expect(String(thrownBy(() => readArguments(args, {})))).toContain(name)
    const said: string[] = []
    expect(await runConnect(args, {}, (text) => said.push(text))).toBe(2)
    expect(said.join()).toContain('Usage: npx powerup-oauth connect')
  })

  it.each(['http://127.0.0.1:8976', 'http://localhost:8976/a/../callback'])(
    'keep the callback "%s" as it was registered',
    (callback) => {
      expect(readArguments([...needed, '--redirect-uri', callback], {}).redirectUri).toBe(callback)
    },
  )

  it('sends the callback as it was registered', async () => {
    let sent: string | null = null
    const callback = `http://127.0.0.1:${await freePort()}`
    await run(
      async (address) => {
        sent = address.searchParams.get('redirect_uri')
        await fetch(`${callback}/?state=${address.searchParams.get('state')}&error=access_denied`)
      },
      ['--redirect-uri', callback],
    )
    expect(sent).toBe(callback)
  })

  it('are explained', async () => {
    const said: string[] = []
    expect(await runConnect(['--help'], {}, (text) => said.push(text))).toBe(0)
    expect(said.join()).toContain('--redirect-uri')
  })
})
