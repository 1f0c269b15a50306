import { within } from '../base/async'
import { POLICY_REPORT_MS } from '../base/durations'
import type { Platform } from '../base/platform'
import { judgeAnswer } from './judge'
import type { ExchangeRequest, TokenAnswer, TokenEndpoint } from './token-endpoint'

/**
 * Encoding of a token request. JSON makes the browser ask the server first (a CORS preflight): where pages are not allowed,
 * the request itself is never sent. A form is sent first, and its answer hidden afterwards.
 */
export type BodyFormat = 'json' | 'form'

/**
 * Makes the token endpoint at `url`, asked by the page itself.
 * @param clientSecret the secret of a confidential client, on a server
 */
export function directTokenEndpoint(
  platform: Platform,
  url: string,
  format: BodyFormat,
  clientSecret?: string,
): TokenEndpoint {
  function send(own: Record<string, string>, given: readonly string[]): Promise<TokenAnswer> {
    const fields = withSecret(own, clientSecret)
    const secrets = clientSecret === undefined ? given : [...given, clientSecret]
    return postFields(platform, { url, format, fields }, secrets)
  }

  return {
    holdsRefreshToken: false,
    way: format,
    url,
    exchange: (request) => send(exchangeFields(request), [request.code, request.codeVerifier]),
    refresh: ({ clientId, refreshToken = '' }) =>
      send({ grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken }, [refreshToken]),
    // The very address of the endpoint: a policy may allow its path and nothing beside it.
    isReachable: () => isAnswered(platform, url),
  }
}

/** Makes the fields with which a code is exchanged. @see RFC 6749, section 4.1.3, and RFC 7636, section 4.5 */
export function exchangeFields(request: ExchangeRequest): Record<string, string> {
  return {
    grant_type: 'authorization_code',
    client_id: request.clientId,
    code: request.code,
    code_verifier: request.codeVerifier,
    redirect_uri: request.redirectUri,
  }
}

/** Adds the secret of a confidential client to the fields of a request. @see RFC 6749, section 2.3.1 */
export function withSecret(
  fields: Record<string, string>,
  clientSecret: string | undefined,
): Record<string, string> {
  return clientSecret === undefined ? fields : { ...fields, client_secret: clientSecret }
}

/** The options of every request with a token or a code in it: no cookies, and no word about the page. */
export const PRIVATE = { credentials: 'omit', referrerPolicy: 'no-referrer' } as const

/** A request to a token endpoint. */
export interface FieldsRequest {
  /** The address. */
  url: string
  /** The encoding of the body. */
  format: BodyFormat
  /** The fields of the body. */
  fields: Readonly<Record<string, string>>
  /** Headers besides those of the body. @default no others */
  headers?: Readonly<Record<string, string>>
}

/** Sends fields to a token endpoint from the page itself, in the current task, and judges the answer. Never rejects. */
export async function postFields(
  platform: Platform,
  { url, format, fields, headers }: FieldsRequest,
  secrets: readonly string[],
): Promise<TokenAnswer> {
  const policy = watchPolicy(platform, url)
  try {
    const response = await platform.fetch(url, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': CONTENT_TYPES[format], ...headers },
      body: format === 'json' ? JSON.stringify(fields) : new URLSearchParams(fields).toString(),
      ...PRIVATE,
      cache: 'no-store',
      // A code must not follow to another address.
      redirect: 'manual',
    })
    // A browser hides where to, and the status.
    if (response.type === 'opaqueredirect') return { kind: 'retryable', serverDescription: REDIRECTS }
    const raw = {
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      body: await response.text(),
    }
    return judgeAnswer(raw, secrets, platform.now())
  } catch (cause) {
    return { kind: 'unreadable', cause, blockedByPolicy: await policy.forbids() }
  } finally {
    policy.stop()
  }
}

/** Tells whether anything answers at an address. The page can't read what. */
export function isAnswered(platform: Platform, url: string): Promise<boolean> {
  return platform.fetch(url, { mode: 'no-cors', ...PRIVATE }).then(
    () => true,
    () => false,
  )
}

const REDIRECTS = 'It redirects, which is not followed: configure the address that it leads to.'

const CONTENT_TYPES: Readonly<Record<BodyFormat, string>> = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
}

/** Notices that the page's own Content-Security-Policy forbids requests to `url`. */
function watchPolicy(platform: Platform, url: string): { forbids(): Promise<boolean>; stop(): void } {
  let isForbidden = false
  let tell: (isForbidden: boolean) => void = () => undefined
  const told = new Promise<boolean>((resolve) => {
    tell = resolve
  })
  const stop = platform.onPolicyViolation(({ blockedUrl, directive }) => {
    if (directive !== 'connect-src' || originOf(blockedUrl) !== originOf(url)) return
    isForbidden = true
    tell(true)
  })
  return {
    // Chromium and Firefox report the violation just after the request has failed.
    forbids: async () => isForbidden || within(platform, POLICY_REPORT_MS, told, () => false),
    stop,
  }
}

function originOf(url: string): string | undefined {
  try {
    return new URL(url).origin
  } catch {
    return undefined // engines shorten what they report, down to a single word
  }
}
