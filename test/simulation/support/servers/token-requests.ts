import type { Clock, Life } from '../browser/clock'
import type { Oracle } from '../oracle/oracle'
import type { TokenRequest } from '../oracle/presentations'
import type { AnswerResult } from '../oracle/request-rules'
import type { AuthorizationServer, Tokens } from './authorization-server'
import type { Way } from './issued-tokens'
import { refusalOf } from './refusals'
import {
  bodyOf,
  bringsTokens,
  json,
  TOKEN_FAULTS,
  type TokenFault,
  type TokenFaultName,
} from './token-faults'

/** What is asked of the token endpoint. */
export interface TokenQuestion {
  /** A code, or a refresh token. */
  grant: { code: string; verifier: string } | { refreshToken: string | undefined }
  /** Who asks: the frame, or the Trello page around it on the frame's behalf. */
  way: Way
  /** How the body is encoded. The Trello page has its own. */
  encoding?: 'json' | 'form'
}

export interface TokenRequests {
  /**
   * Sends a request, and resolves with its answer. Rejects as `fetch` does, or never settles.
   * @param isLost the page is offline
   */
  ask(life: Life, question: TokenQuestion, isLost?: boolean): Promise<Response>
  /** The next request meets this. */
  disturbNext(fault: TokenFaultName): void
  /** From now on all requests meet this. `undefined`: from now on all goes well. */
  disturbAll(fault: TokenFaultName | undefined): void
  /** Where the Trello page keeps the refresh token of a question that names no token. */
  keptByPage: { refreshToken?: string | undefined }
}

export interface TokenRequestOptions {
  /** The form in which the server says that a refresh token is dead: an index into `REFUSALS`. */
  refusal: number
  /** The browser hides every error of the token endpoint from pages, for want of CORS headers. */
  hidesErrors: boolean
}

/** The network on both sides of the token endpoint, with everything that can go wrong there. */
export function createTokenRequests(
  clock: Clock,
  server: AuthorizationServer,
  oracle: Oracle,
  options: TokenRequestOptions,
): TokenRequests {
  const refusal = refusalOf(options.refusal)
  const keptByPage: TokenRequests['keptByPage'] = {}
  let next: readonly TokenFaultName[] = []
  let lasting: TokenFaultName | undefined

  const travelMs = () => 20 + 10 * clock.latency()

  function ask(life: Life, question: TokenQuestion, isLost = false): Promise<Response> {
    const fault = takeFault(isLost)
    const request = oracle.sent(life, question)
    return new Promise((resolve, reject) => {
      clock.plan((fault.beforeMs ?? 0) + travelMs(), undefined, 'server acts', () => {
        const tokens = act(question, fault)
        const isRefused = !tokens && fault.acts !== 'never'
        noteAct(request, fault, tokens, isRefused)
        if (fault.answer === 'nothing') return
        clock.plan((fault.afterMs ?? 0) + travelMs(), life, 'token answer', () => {
          if (isRefused && isKeptBack(question)) oracle.verdictLost(request)
          const seen = isRefused ? refusalSeenBy(question) : answerSeenBy(question, fault, tokens)
          oracle.answered(request, resultOf(question, fault, seen))
          if (seen) resolve(seen)
          else reject(new TypeError('Failed to fetch'))
        })
      })
    })
  }

  function noteAct(
    request: TokenRequest,
    fault: TokenFault,
    tokens: Tokens | undefined,
    isRefused: boolean,
  ): void {
    const { question } = request
    const isReadable = question.way === 'page' || (refusal.isVerdict && !isHidden(question, refusal.status))
    if (isRefused && !isReadable) oracle.fault('a refusal that nobody can read')
    oracle.acted(request, {
      tokens: isRefused ? 'dead' : tokens,
      isDoubled: fault.acts === 'twice',
      isLost: isRefused ? !isReadable : tokens !== undefined && !bringsTokens(fault),
    })
  }

  function takeFault(isLost: boolean): TokenFault {
    const name = isLost ? 'requestLost' : (next[0] ?? lasting)
    if (!isLost) next = next.slice(1)
    if (name === undefined) return { acts: 'once' }
    oracle.fault(`token request: ${name}`)
    return TOKEN_FAULTS[name]
  }

  function act(question: TokenQuestion, { acts }: TokenFault): Tokens | undefined {
    if (acts === 'never') return undefined
    if (acts === 'twice') exchange(question, true)
    return exchange(question, acts !== 'keeps')
  }

  function exchange({ grant, way }: TokenQuestion, isRotating: boolean): Tokens | undefined {
    if ('refreshToken' in grant) {
      const tokens = server.refresh(grant.refreshToken ?? keptByPage.refreshToken ?? '', isRotating)
      return way === 'page' ? keep(tokens) : tokens
    }
    // The Trello page asks for offline access, and would otherwise go on with the tokens of an earlier consent.
    const tokens = server.exchange(grant.code, grant.verifier, way, way === 'page' || isRotating)
    return way === 'page' && tokens ? keep(tokens) : tokens
  }

  /** The Trello page keeps refresh tokens to itself. */
  function keep(tokens: Tokens | undefined): Tokens | undefined {
    keptByPage.refreshToken = tokens && (tokens.refreshToken ?? keptByPage.refreshToken)
    return tokens && { ...tokens, refreshToken: undefined }
  }

  function refusalSeenBy(question: TokenQuestion): Response | undefined {
    return isHidden(question, refusal.status) ? undefined : json(refusal.body, refusal.status)
  }

  /** `undefined`: a network error. */
  function answerSeenBy(
    question: TokenQuestion,
    { answer }: TokenFault,
    tokens: Tokens | undefined,
  ): Response | undefined {
    if (answer === 'networkError' || answer === 'nothing') return undefined
    const body = tokens ? bodyOf(tokens) : {}
    const response = answer ? answer(body) : json(body)
    return isHidden(question, response.status) ? undefined : response
  }

  function resultOf({ way }: TokenQuestion, fault: TokenFault, seen: Response | undefined): AnswerResult {
    if (!seen) return 'failure'
    // Through the Trello page a failed command says no more than that.
    if (fault.says) return way === 'page' ? 'failure' : fault.says
    return seen.ok && bringsTokens(fault) ? 'success' : 'failure'
  }

  /** The Trello page says that tokens are dead only where it has none: a consent in another tab may have brought new ones. */
  function isKeptBack({ grant, way }: TokenQuestion): boolean {
    return way === 'page' && 'refreshToken' in grant && keptByPage.refreshToken !== undefined
  }

  function isHidden({ way }: TokenQuestion, status: number): boolean {
    return options.hidesErrors && way === 'frame' && status >= 400
  }

  return {
    ask,
    disturbNext: (fault) => {
      next = [...next, fault]
    },
    disturbAll: (fault) => {
      next = []
      lasting = fault
    },
    keptByPage,
  }
}
