// What a refused call loads on demand is loaded already, so that no test waits for real time.
import '../../../src/api/refusal'
import { promised } from '../../../src/base/async'
import type { Platform } from '../../../src/base/platform'
import type { KeeperEvent } from '../../../src/server/events'
import type { GrantStore } from '../../../src/server/grant-store'
import { createKeeperIn, type Keeper } from '../../../src/server/keeper'
import { memoryGrants } from '../../../src/server/memory-grants'
import type { KeeperOptions } from '../../../src/server/options'
import { serverPlatform } from '../../../src/server/platform'
import { type Clock, createClock } from './clock'

export const CALLBACK = 'https://power-up.example/callback.html'
const TOKEN_URL = 'https://auth.atlassian.com/oauth/token'

/** What a server does with the next request: acts and answers, or something less. */
export type Fault = 'answerLost' | 'notReached' | 'hangs' | '503'

/** Processes over one store, with the servers that they ask. */
export interface Deployment {
  clock: Clock
  store: FaultyStore
  /** The bodies of all token requests, in order. */
  asked: URLSearchParams[]
  /** The requests that the API got, as "method path token". */
  called: string[]
  revoked: URLSearchParams[]
  /** What the listeners of all processes were told. */
  events: KeeperEvent[]
  /** How long the authorization server takes. */
  latencyMs: number
  /** How long it answers a used refresh token again. */
  leewayMs: number
  /** The member whose account the tokens are for. */
  member: string
  /** The API gives no answer. */
  isApiDown: boolean
  /** Access tokens that the API takes no more. */
  refused: Set<string>
  faults: Fault[]
  /** Lets the authorization server refuse every refresh token so far. */
  revokeAll(): void
  /** Starts a process. */
  start(options?: Partial<KeeperOptions>): Process
}

export interface Process {
  keeper: Keeper
  /** Ends it by force: nothing of what it does or hears counts from here on. */
  kill(): void
}

export interface FaultyStore extends GrantStore {
  /** What befalls every write, until it is taken away. */
  writes: 'work' | 'fail' | 'hang' | 'failLater'
  reads: 'work' | 'fail' | 'hang'
  latencyMs: number
  /** The texts that are stored now. */
  texts(): Promise<string[]>
  /** Puts a text under a key, past everybody. */
  plant(key: string, text: string): Promise<void>
}

export function createDeployment(): Deployment {
  const clock = createClock()
  const store = createFaultyStore(clock)
  const spentAt = new Map<string, number>()
  const heirs = new Map<string, Record<string, unknown>>()
  const dead = new Set<string>()
  let count = 0

  function issue(): Record<string, unknown> {
    count++
    return {
      access_token: `access-${count}`,
      refresh_token: `refresh-${count}`,
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'read:board:trello offline_access',
    }
  }

  function act(body: URLSearchParams): Response {
    if (body.get('client_secret') !== 'the-secret') return json({ error: 'invalid_client' }, 401)
    const presented = body.get('refresh_token') ?? body.get('code') ?? ''
    const isSpent = spentAt.has(presented)
    const isOver = clock.now() - (spentAt.get(presented) ?? clock.now()) > deployment.leewayMs
    const isRefused = dead.has(presented) || (isSpent && (isOver || body.has('code')))
    if (isRefused)
      return json({ error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' }, 403)
    const answer = heirs.get(presented) ?? issue()
    heirs.set(presented, answer)
    if (!isSpent) spentAt.set(presented, clock.now())
    return json(answer)
  }

  async function answerTokens(body: URLSearchParams): Promise<Response> {
    deployment.asked.push(body)
    const fault = deployment.faults.shift()
    if (fault === 'notReached') throw new TypeError('fetch failed')
    if (fault === '503') return json({ error: 'server_error' }, 503)
    const response = act(body)
    await wait(fault === 'hangs' ? 3_600_000 : deployment.latencyMs)
    if (fault === 'answerLost') throw new TypeError('fetch failed')
    return response
  }

  function answerApi(url: URL, request: RequestInit): Response {
    const token = new Headers(request.headers).get('authorization')?.replace('Bearer ', '') ?? ''
    deployment.called.push(`${request.method ?? 'GET'} ${url.pathname} ${token}`)
    if (deployment.isApiDown) throw new TypeError('fetch failed')
    if (deployment.refused.has(token)) return new Response('invalid token', { status: 401 })
    if (url.pathname === '/1/batch') {
      const paths = (url.searchParams.get('urls') ?? '').split(',')
      return json(paths.map((path) => ({ 200: { path } })))
    }
    return json({ id: deployment.member })
  }

  function wait(ms: number): Promise<void> {
    return ms === 0 ? Promise.resolve() : new Promise((resolve) => clock.setTimeout(resolve, ms))
  }

  function start(options: Partial<KeeperOptions> = {}): Process {
    let isAlive = true
    const alive = <T>(work: Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        work.then(
          (value) => isAlive && resolve(value),
          (error) => isAlive && reject(error),
        )
      })
    const platform: Platform = {
      ...serverPlatform,
      ...clock,
      setTimeout: (callback, delayMs) => clock.setTimeout(() => isAlive && callback(), delayMs),
      random: () => 0.5,
      fetch: async (input: string | Request, init: RequestInit = {}) => {
        const url = new URL(typeof input === 'string' ? input : input.url)
        const body = new URLSearchParams(String(init.body ?? ''))
        if (url.href === TOKEN_URL) return alive(answerTokens(body))
        if (url.pathname === '/revoke') deployment.revoked.push(body)
        return url.pathname === '/revoke' ? new Response() : alive(promised(async () => answerApi(url, init)))
      },
    }
    const own: GrantStore = {
      get: (key) => alive(store.get(key)),
      compareAndSwap: (key, version, value) => alive(store.compareAndSwap(key, version, value)),
      keys: () => alive(store.keys()),
    }
    const keeper = createKeeperIn(platform, {
      clientId: 'client-1',
      clientSecret: 'the-secret',
      redirectUri: CALLBACK,
      store: own,
      onEvent: (event) => void deployment.events.push(event),
      ...options,
    })
    return {
      keeper,
      kill: () => {
        isAlive = false
      },
    }
  }

  const deployment: Deployment = {
    clock,
    store,
    asked: [],
    called: [],
    revoked: [],
    events: [],
    latencyMs: 200,
    leewayMs: 600_000,
    member: 'member-1',
    isApiDown: false,
    refused: new Set(),
    faults: [],
    revokeAll: () => {
      for (const token of [...spentAt.keys(), ...Array.from({ length: count }, (_, i) => `refresh-${i + 1}`)])
        dead.add(token)
    },
    start,
  }
  return deployment
}

function createFaultyStore(clock: Clock): FaultyStore {
  const inner = memoryGrants()

  async function pass(mode: FaultyStore['writes']): Promise<void> {
    if (store.latencyMs > 0) await new Promise<void>((resolve) => clock.setTimeout(resolve, store.latencyMs))
    if (mode === 'fail') throw new Error('The database is gone.')
    if (mode === 'hang') await new Promise(() => undefined)
  }

  const store: FaultyStore = {
    writes: 'work',
    reads: 'work',
    latencyMs: 0,
    get: async (key) => {
      await pass(store.reads)
      return inner.get(key)
    },
    compareAndSwap: async (key, version, value) => {
      const mode = store.writes
      await pass(mode)
      const isDone = await inner.compareAndSwap(key, version, value)
      if (mode === 'failLater') throw new Error('The connection broke before the answer.')
      return isDone
    },
    keys: async () => {
      await pass(store.reads)
      return inner.keys()
    },
    texts: async () => {
      const found = await Promise.all((await inner.keys()).map((key) => inner.get(key)))
      return found.flatMap((grant) => (grant ? [grant.value] : []))
    },
    plant: async (key, text) => {
      await inner.compareAndSwap(key, (await inner.get(key))?.version, text)
    },
  }
  return store
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
}

/** Other threads hash and encrypt in real time, which the virtual clock must not run ahead of. */
const computing = new Set<Promise<unknown>>()
const { subtle } = crypto
for (const name of ['digest', 'encrypt', 'decrypt', 'importKey', 'sign', 'verify'] as const) {
  const compute = subtle[name].bind(subtle) as (...given: unknown[]) => Promise<unknown>
  Object.defineProperty(subtle, name, {
    value: (...given: unknown[]) => {
      const computed = compute(...given).finally(() => computing.delete(computed))
      computing.add(computed)
      return computed
    },
  })
}

/** Runs work while the clock moves, a little at a time, until the work has ended. */
export async function passing<T>({ clock }: Pick<Deployment, 'clock'>, work: Promise<T>): Promise<T> {
  let isOver = false
  const end = () => {
    isOver = true
  }
  work.then(end, end)
  for (let steps = 0; !isOver && steps < 4_000; steps++) {
    await Promise.allSettled(computing)
    await clock.advance(50)
  }
  if (!isOver) throw new Error('It never ended.')
  return work
}
