import type { Platform } from '../../../../src/base/platform'
import type { Clock, Life } from '../browser/clock'
import type { Oracle } from '../oracle/oracle'
import type { AuthorizationServer } from './authorization-server'
import { json } from './token-faults'
import type { TokenQuestion, TokenRequests } from './token-requests'

/** The address that the library takes where no other is configured. */
export const TOKEN_ENDPOINT = 'https://auth.example/oauth/token'
export const AUTHORIZATION_ENDPOINT = 'https://auth.example/authorize'
export const REVOCATION_ENDPOINT = 'https://auth.example/revoke'
export const API_ORIGIN = 'https://api.example'
/** A path of the API that refuses every token. */
export const DEAD_PATH = '/1/dead'

/** What befalls one call of the API. */
export type ApiFault = 'lost' | 'refusedAsDead' | 'refusedInUnknownWords' | 'notPermitted' | 'unavailable'

export interface NetworkOptions {
  /** The token endpoint answers no CORS preflight: the browser sends no request that would need one. */
  refusesPreflight: boolean
}

export interface Network {
  /** The `fetch` of one page. */
  open(life: Life): Platform['fetch']
  /** The next call of the API meets this. */
  disturbNextApi(fault: ApiFault): void
  /** No request of a page arrives anywhere while this is on. */
  setOffline(isOffline: boolean): void
  /** From now on all goes well. */
  heal(): void
}

/** All that pages send: to the token endpoint, to the revocation endpoint, to the API. */
export function createNetwork(
  clock: Clock,
  server: AuthorizationServer,
  tokenRequests: TokenRequests,
  oracle: Oracle,
  options: NetworkOptions,
): Network {
  let apiFaults: readonly ApiFault[] = []
  let isOffline = false

  const travelMs = () => 20 + 10 * clock.latency()

  function answerIn<T>(life: Life, delayMs: number, label: string, answer: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      clock.plan(delayMs, life, label, () => {
        try {
          resolve(answer())
        } catch (error) {
          reject(error)
        }
      })
    })
  }

  function fail(life: Life, delayMs: number, label: string): Promise<Response> {
    return answerIn(life, delayMs, label, () => {
      throw new TypeError('Failed to fetch')
    })
  }

  function toTokenEndpoint(life: Life, init: RequestInit): Promise<Response> {
    const isJson = new Headers(init.headers).get('content-type')?.startsWith('application/json') ?? false
    if (isJson && options.refusesPreflight && !isOffline)
      return fail(life, 2 * travelMs(), 'preflight refused')
    return tokenRequests.ask(life, questionOf(textOf(init), isJson), isOffline)
  }

  function toApi(life: Life, url: URL, authorization: string | null): Promise<Response> {
    const [fault, ...rest] = apiFaults
    apiFaults = rest
    const token = authorization?.replace('Bearer ', '') ?? ''
    return answerIn(life, 2 * travelMs(), 'API answers', () => {
      if (fault === 'lost') throw new TypeError('Failed to fetch')
      if (fault === 'unavailable') return new Response('busy', { status: 503 })
      if (fault !== undefined) oracle.fault('the API refuses')
      const words = refusalOf(token, url.pathname, fault)
      if (words !== undefined) return new Response(words, { status: 401 })
      return json({ id: server.memberOf(token) })
    })
  }

  /** The words in which a path refuses a token. Those about permissions say that the token is good. */
  function refusalOf(token: string, path: string, fault: ApiFault | undefined): string | undefined {
    if (fault === 'notPermitted') return 'unauthorized permission requested'
    if (fault === undefined && path !== DEAD_PATH && server.isGood(token)) return undefined
    oracle.refused(token)
    return fault === 'refusedInUnknownWords' ? 'no' : 'invalid token'
  }

  function toRevocation(life: Life, token: string): Promise<Response> {
    clock.plan(travelMs(), undefined, 'server revokes', () => {
      const family = server.familyOf(token)
      if (!family) return
      oracle.revoked(family)
      server.revoke(family)
    })
    return answerIn(life, 2 * travelMs(), 'revocation answered', () => new Response(null, { status: 200 }))
  }

  function fetch(life: Life, url: string, init: RequestInit): Promise<Response> {
    if (url === TOKEN_ENDPOINT && init.method === 'POST') return toTokenEndpoint(life, init)
    if (isOffline) return fail(life, 1, 'offline')
    if (url === REVOCATION_ENDPOINT) {
      return toRevocation(life, new URLSearchParams(textOf(init)).get('token') ?? '')
    }
    if (url.startsWith(API_ORIGIN)) {
      return toApi(life, new URL(url), new Headers(init.headers).get('authorization'))
    }
    return answerIn(life, travelMs(), 'server is there', () => new Response())
  }

  return {
    open: (life) => ((input: string, init: RequestInit) => fetch(life, input, init)) as Platform['fetch'],
    disturbNextApi: (fault) => {
      apiFaults = [...apiFaults, fault]
    },
    setOffline: (value) => {
      isOffline = value
    },
    heal: () => {
      apiFaults = []
      isOffline = false
    },
  }
}

/** @see RFC 6749, sections 4.1.3 and 6; the same names in JSON are Atlassian's */
function questionOf(body: string, isJson: boolean): TokenQuestion {
  const fields = isJson
    ? new Map<string, string>(Object.entries(JSON.parse(body)))
    : new URLSearchParams(body)
  const read = (name: string) => fields.get(name) ?? ''
  const grant =
    read('grant_type') === 'refresh_token'
      ? { refreshToken: read('refresh_token') }
      : { code: read('code'), verifier: read('code_verifier') }
  return { grant, way: 'frame', encoding: isJson ? 'json' : 'form' }
}

function textOf({ body }: RequestInit): string {
  return typeof body === 'string' ? body : String(body ?? '')
}
