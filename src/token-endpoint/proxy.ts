import { parseObject } from '../base/fields'
import { admitPost, json, refusal } from './cross-origin-answer'
import { readFields } from './posted-fields'
import { readProxyOptions, type TokenProxyOptions } from './proxy-options'
import { cleaned } from './redact'
import { waitedFor } from './runtime-context'

/**
 * Answers one request of a Power-Up for tokens, whatever its path. Where the platform stops what it does for a caller that
 * goes away, pass on its context, the one with `waitUntil()`: a refresh that has been sent runs to its end. What else a
 * platform hands over is ignored, so the proxy can be its `fetch` as it is.
 */
export type TokenProxy = (request: Request, ...contexts: readonly unknown[]) => Promise<Response>

/**
 * Makes the handler of a token endpoint of one's own: a Power-Up names its URL as `tokenEndpoint`. It holds the secret of a
 * confidential client, or only adds the CORS headers. What it sends on is the code and its verifier, or the refresh token;
 * all else comes from these options. It keeps nothing and logs nothing.
 * @throws ConfigurationError
 * @see RFC 6749, sections 4.1.3 and 6
 */
export function createTokenProxy(options: TokenProxyOptions): TokenProxy {
  const { clientId, clientSecret, redirectUri, origins, tokenEndpoint, rateLimit, send } =
    readProxyOptions(options)
  const configured = {
    client_id: clientId,
    ...(clientSecret !== undefined && { client_secret: clientSecret }),
  }

  return async (request, ...contexts) => {
    const headers = admitPost(request, origins, 'Accept, Content-Type')
    if (headers instanceof Response) return headers
    const verdict = (await rateLimit?.(request)) ?? true
    if (verdict !== true) {
      const isWait = typeof verdict === 'number' && Number.isFinite(verdict)
      const wait = isWait ? { 'retry-after': String(Math.max(0, Math.ceil(verdict))) } : {}
      return refusal(429, 'temporarily_unavailable', 'Too many requests.', { ...headers, ...wait })
    }
    const form = await readFields(request)
    if (form === 'tooLarge') return refusal(413, 'invalid_request', 'The body is too large.', headers)
    const fields = form && grantFields(form, redirectUri)
    if (!fields) return refusal(400, 'invalid_request', FIELDS_EXPECTED, headers)
    // No signal of the caller's: the refresh token is spent as soon as this has been sent.
    const answered = ask(send, tokenEndpoint, { ...fields, ...configured }, headers)
    waitedFor(contexts, answered)
    return answered
  }
}

// Names no token: clients take an invalid_request that does for a verdict on theirs.
const FIELDS_EXPECTED =
  'Send JSON or a form with the grant type of a sign-in or a renewal, and each of its fields once.'

/** Picks the fields that an authorization server reads, and no others. `undefined`: the form asks for neither grant. */
function grantFields(form: URLSearchParams, redirectUri: string): Record<string, string> | undefined {
  const grantType = form.get('grant_type') ?? ''
  const names = FIELDS.get(grantType)
  if (!names) return undefined
  const entries = names.map((name) => [name, form.getAll(name)] as const)
  if (entries.some(([, values]) => values.length !== 1 || values[0] === '')) return undefined
  return {
    ...Object.fromEntries(entries.map(([name, values]) => [name, values.join()])),
    ...(grantType === 'authorization_code' && { redirect_uri: redirectUri }),
  }
}

const FIELDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['authorization_code', ['grant_type', 'code', 'code_verifier']],
  ['refresh_token', ['grant_type', 'refresh_token']],
])

/** Sends one request to the authorization server. Only the status, the JSON and `Retry-After` of its answer stay. */
async function ask(
  send: NonNullable<TokenProxyOptions['fetch']>,
  url: string,
  fields: Record<string, string>,
  headers: Record<string, string>,
): Promise<Response> {
  try {
    const response = await send(url, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
      // Edge runtimes know no `error` here.
      redirect: 'manual',
    })
    const { status } = response
    if (status < 200 || (status >= 300 && status < 400)) {
      return refusal(502, 'server_error', 'The token endpoint redirects.', headers)
    }
    const [, retryAfter] = RETRY_AFTER.exec(response.headers.get('retry-after') ?? '') ?? []
    const all = { ...headers, ...(retryAfter && { 'retry-after': retryAfter }) }
    const text = await response.text()
    const answer = parseObject(text)
    // The only field that the caller doesn't know already.
    const { client_secret: secret } = fields
    if (answer) return json(status, secret ? withoutSecret(answer, secret) : text, all)
    return refusal(status < 300 ? 502 : status, 'server_error', 'The token endpoint gave no JSON.', all)
  } catch {
    return refusal(502, 'server_error', 'The token endpoint gave no answer.', headers)
  }
}

/** Seconds or a date, the first of several. @see RFC 9110, section 10.2.3 */
const RETRY_AFTER = /^(\d+|\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT)(?:,|$)/

/** The JSON of `answer` without the secret: the text that it came from may spell each letter in several ways. */
function withoutSecret(answer: object, secret: string): string {
  return JSON.stringify(answer, (_name, value: unknown) => {
    if (typeof value === 'string') return cleaned(value, [secret])
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [cleaned(name, [secret]), each]))
  })
}
