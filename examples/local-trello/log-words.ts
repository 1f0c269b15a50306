import type { ApiRequest, Preflight, TokenRequest } from './log'

/** What a line of the log is about. `missing`: something that Trello has and the local Trello has not. */
export type LogArea = 'sign-in' | 'tokens' | 'api' | 'board' | 'webhook' | 'policy' | 'missing' | 'switch'

type Said = [area: LogArea, words: string, isBad: boolean]

/** How a token request ended. */
export function tokenRequestWords(request: TokenRequest): Said {
  const { grantType, refreshTokenId, outcome, fault, status } = request
  const was = outcome === 'success' ? 'was' : 'was not'
  const asked = {
    authorization_code: `A code ${was} exchanged`,
    refresh_token: `Token ${refreshTokenId} ${was} refreshed`,
  }
  const what = asked[grantType as keyof typeof asked] ?? `A token request of the unknown kind "${grantType}"`
  const who = request.origin === '' ? ', by a server' : ''
  const how = status === 0 ? 'no answer' : `${status}`
  const acted = outcome === 'success' || outcome === 'notActed' ? '' : `, ${outcome}`
  const played =
    fault === 'ok' ? '' : fault === 'leeway' ? ' (used before; answered again)' : ` (fault: ${fault})`
  return ['tokens', `${what}${who}: ${how}${acted}${played}`, status !== 200]
}

export function preflightWords({ outcome, origin }: Preflight): Said {
  const words = outcome === 'cut' ? 'got no answer' : 'was refused, so the browser sends nothing'
  return ['tokens', `The preflight of ${origin} for the token endpoint ${words}`, true]
}

/** One call to the API, without the key and the token of old calls. */
export function apiRequestWords({ method, path, status, refusal }: ApiRequest): Said {
  const shown = decoded(path.replace(/([?&](?:key|token)=)[^&]*/g, '$1…')).replace(
    /(\/tokens\/)[^/?]+/,
    '$1…',
  )
  const why = refusal === undefined ? '' : `, ${refusal}`
  const how = status === 0 ? 'no answer' : `${status}${why}`
  return ['api', `${method} ${shown}: ${how}`, status === 0 || status >= 400]
}

function decoded(path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}
