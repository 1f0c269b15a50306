import type { Platform } from '../../../../src/base/platform'
import type { Clock, Life } from '../browser/clock'
import type { Oracle } from '../oracle/oracle'
import type { AuthorizationServer, Tokens } from './authorization-server'
import {
  bodyOf,
  bringsTokens,
  DEAD_FORMS,
  json,
  TOKEN_FAULTS,
  type TokenFault,
  type TokenFaultName,
} from './token-faults'

export const TOKEN_ENDPOINT = 'https://auth.example/token'
export const AUTHORIZATION_ENDPOINT = 'https://auth.example/authorize'
export const REVOCATION_ENDPOINT = 'https://auth.example/revoke'
export const API_ORIGIN = 'https://api.example'

/** What befalls one call of the API. */
export type ApiFault = 'lost' | 'refusedAsDead' | 'refusedInUnknownWords' | 'notPermitted'

export interface NetworkOptions {
  accessTokenMs: number
  /** The form in which the server says that a refresh token is dead. */
  deadForm: number
  /** The browser hides every error of the token endpoint, for want of CORS headers. */
  hidesErrors: boolean
}

export interface Network {
  open(life: Life): Platform['fetch']
  disturbNextToken(fault: TokenFaultName): void
  disturbNextApi(fault: ApiFault): void
  /** From now on all goes well. */
  heal(): void
}

/** All that pages send: to the token endpoint, to the revocation endpoint, to the API. */
export function createNetwork(
  clock: Clock,
  server: AuthorizationServer,
  oracle: Oracle,
  options: NetworkOptions,
): Network {
  let tokenFaults: readonly TokenFaultName[] = []
  let apiFaults: readonly ApiFault[] = []

  const travelMs = () => 20 + 10 * clock.latency()
  const answerIn = <T>(life: Life, delayMs: number, label: string, answer: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      clock.plan(delayMs, life, label, () => {
        try {
          resolve(answer())
        } catch (error) {
          reject(error)
        }
      })
    })

  function toTokenEndpoint(life: Life, body: URLSearchParams): Promise<Response> {
    const name = tokenFaults[0]
    tokenFaults = tokenFaults.slice(1)
    const fault: TokenFault = name === undefined ? { acts: 'once' } : TOKEN_FAULTS[name]
    if (name !== undefined) oracle.fault(`token request: ${name}`)
    const request = oracle.sent(life, body)
    return new Promise((resolve, reject) => {
      const answer = (tokens: Tokens | undefined) => {
        oracle.answered(request)
        const response = tokens || fault.acts === 'never' ? answerOf(fault, tokens) : deadAnswer()
        if (response) resolve(response)
        else reject(new TypeError('Failed to fetch'))
      }
      clock.plan((fault.beforeMs ?? 0) + travelMs(), undefined, 'server acts', () => {
        const tokens = act(body, fault)
        oracle.acted(request, {
          tokens: tokens ?? (fault.acts === 'never' ? undefined : 'dead'),
          isDoubled: fault.acts === 'twice',
          isLost: tokens ? !bringsTokens(fault) : options.hidesErrors,
        })
        if (fault.answer === 'nothing') return
        clock.plan((fault.afterMs ?? 0) + travelMs(), life, 'token answer', () => answer(tokens))
      })
    })
  }

  function act(body: URLSearchParams, { acts }: TokenFault): Tokens | undefined {
    if (acts === 'never') return undefined
    const isRotating = acts !== 'keeps'
    const ask = () =>
      body.get('grant_type') === 'refresh_token'
        ? server.refresh(body.get('refresh_token') ?? '', isRotating)
        : server.exchange(body.get('code') ?? '', body.get('code_verifier') ?? '', isRotating)
    if (acts === 'twice') ask()
    return ask()
  }

  /** `undefined`: a network error. */
  function answerOf({ answer }: TokenFault, tokens: Tokens | undefined): Response | undefined {
    if (answer === 'networkError' || answer === 'nothing') return undefined
    const body = tokens ? bodyOf(tokens, options.accessTokenMs) : {}
    return answer ? hidden(answer(body)) : json(body)
  }

  function deadAnswer(): Response | undefined {
    const { status, body } = DEAD_FORMS[options.deadForm % DEAD_FORMS.length] ?? { status: 400, body: {} }
    return hidden(json(body, status))
  }

  function hidden(response: Response): Response | undefined {
    if (response.ok || !options.hidesErrors) return response
    oracle.fault('a hidden answer')
    return undefined
  }

  function toApi(life: Life, authorization: string | null): Promise<Response> {
    const [fault, ...rest] = apiFaults
    apiFaults = rest
    const token = authorization?.replace('Bearer ', '') ?? ''
    return answerIn(life, 2 * travelMs(), 'API answers', () => {
      if (fault === 'lost') throw new TypeError('Failed to fetch')
      if (fault === 'notPermitted') return new Response('unauthorized permission requested', { status: 401 })
      if (fault === 'refusedInUnknownWords') return new Response('no', { status: 401 })
      if (fault === 'refusedAsDead' || !server.isGood(token))
        return new Response('invalid token', { status: 401 })
      return json({ id: server.memberOf(token) })
    })
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
    const body = new URLSearchParams(typeof init.body === 'string' ? init.body : String(init.body ?? ''))
    if (url === TOKEN_ENDPOINT) return toTokenEndpoint(life, body)
    if (url === REVOCATION_ENDPOINT) return toRevocation(life, body.get('token') ?? '')
    if (url.startsWith(API_ORIGIN)) return toApi(life, new Headers(init.headers).get('authorization'))
    return answerIn(life, travelMs(), 'server is there', () => new Response())
  }

  return {
    open: (life) => ((input: string, init: RequestInit) => fetch(life, input, init)) as Platform['fetch'],
    disturbNextToken: (fault) => {
      tokenFaults = [...tokenFaults, fault]
    },
    disturbNextApi: (fault) => {
      apiFaults = [...apiFaults, fault]
    },
    heal: () => {
      tokenFaults = []
      apiFaults = []
    },
  }
}
