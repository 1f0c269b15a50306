import type {
  ExchangeRequest,
  RefreshRequest,
  TokenAnswer,
  TokenEndpoint,
} from '../../../src/token-endpoint/token-endpoint'

type Answer = TokenAnswer | Promise<TokenAnswer>

/** A token endpoint that gives the answers it was told, one after the other, and the last one again and again. */
export interface ScriptedEndpoint extends TokenEndpoint {
  exchanges: ExchangeRequest[]
  refreshes: RefreshRequest[]
  answers: Answer[]
  isThere: boolean
}

export function scriptedEndpoint(...answers: Answer[]): ScriptedEndpoint {
  const next = async (): Promise<TokenAnswer> => {
    const answer = endpoint.answers.length > 1 ? endpoint.answers.shift() : endpoint.answers[0]
    if (!answer) throw new Error('This token endpoint was given no answer.')
    return answer
  }
  const endpoint: ScriptedEndpoint = {
    holdsRefreshToken: false,
    url: 'https://auth.example/token',
    exchanges: [],
    refreshes: [],
    answers,
    isThere: false,
    exchange: (request) => {
      endpoint.exchanges.push(request)
      return next()
    },
    refresh: (request) => {
      endpoint.refreshes.push(request)
      return next()
    },
    isReachable: async () => endpoint.isThere,
  }
  return endpoint
}

/** A successful answer, numbered so that a test can tell it from others. */
export function tokens(
  number: number,
  differences: Partial<Extract<TokenAnswer, { kind: 'tokens' }>> = {},
): TokenAnswer {
  return {
    kind: 'tokens',
    accessToken: `access-${number}`,
    refreshToken: `refresh-${number}`,
    expiresInMs: 3_600_000,
    ...differences,
  }
}

/** An answer that comes when the test says so. */
export function later<T>(): {
  promise: Promise<T>
  resolve: (value: T) => void
  reject: (error: unknown) => void
} {
  let resolve: (value: T) => void = () => undefined
  let reject: (error: unknown) => void = () => undefined
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}
