import { Readable } from 'node:stream'
import type { Provider } from 'oidc-provider'
import { type TokenRequest, tokenId, type WritableLog } from './log'
import type { SwitchBoard, Switches } from './switches'
import { deadTokenAnswers, tokenEndpointFaults } from './token-endpoint-faults'
import type { TokenMemory } from './token-memory'

export const tokenEndpointPath = '/oauth/token'

export type Middleware = Parameters<Provider['use']>[0]
export type Context = Parameters<Middleware>[0]

interface Request {
  grantType: string
  clientId: string
  refreshToken: string | undefined
  verifier: string | undefined
}

/** Stands before the real token endpoint: notes each request, plays the faults, decides what a page may read. */
export function createTokenEndpoint(
  switches: SwitchBoard,
  log: WritableLog,
  memory: TokenMemory,
): Middleware {
  const answersGiven = new Map<string, { at: number; body: unknown }>()

  return async (ctx, next) => {
    if (ctx.path !== tokenEndpointPath) return next()
    if (ctx.method === 'OPTIONS') return answerPreflight(ctx, switches)
    if (ctx.method !== 'POST') return next()

    const request = await readRequest(ctx)
    const { tokenEndpoint, cors } = switches.forTokenRequest(request.grantType)
    const fault = tokenEndpointFaults[tokenEndpoint]
    ctx.state.tokenEndpointFault = tokenEndpoint

    const { verifier, ...shown } = request
    if (verifier !== undefined) log.secrets.push({ kind: 'verifier', value: verifier })
    const entry = note(ctx, shown, tokenEndpoint)
    if (fault.acts) entry.outcome = await act(ctx, next, request)
    if (ctx.state.isWithinLeeway === true) entry.fault = 'leeway'
    const sent = await fault.answer(ctx, switches)
    allowReading(ctx, cors)
    if (sent !== 'neverSent') entry.status = ctx.status
  }

  /** Writes the request down as it comes in: a test may look while a slow answer is under way. */
  function note(ctx: Context, request: Omit<Request, 'verifier'>, fault: string): TokenRequest {
    const entry: TokenRequest = {
      at: Date.now(),
      ...request,
      origin: ctx.get('origin'),
      refreshTokenId: request.refreshToken === undefined ? undefined : tokenId(request.refreshToken),
      outcome: 'notActed',
      fault,
      status: 0,
    }
    log.tokenRequests.push(entry)
    return entry
  }

  /** Lets the real endpoint act, or gives its earlier answer again. Says what came of it. */
  async function act(ctx: Context, next: () => Promise<unknown>, request: Request): Promise<string> {
    const earlier = answerWithinLeeway(request.refreshToken)
    ctx.state.isWithinLeeway = earlier !== undefined
    if (earlier === undefined) await next()
    else ctx.body = structuredClone(earlier)
    rememberAnswer(request.refreshToken, ctx)
    const outcome = outcomeOf(ctx)
    if (outcome === 'invalid_grant' && request.grantType === 'refresh_token') {
      deadTokenAnswers[switches.get().deadToken](ctx)
    }
    return outcome
  }

  function answerWithinLeeway(refreshToken: string | undefined): unknown {
    if (refreshToken === undefined || !memory.isGrantAliveOf(refreshToken)) return undefined
    const given = answersGiven.get(refreshToken)
    const isWithin = given !== undefined && Date.now() - given.at < switches.get().rotationLeewayMs
    return isWithin ? given.body : undefined
  }

  function rememberAnswer(refreshToken: string | undefined, ctx: Context): void {
    if (refreshToken === undefined || ctx.status !== 200 || answersGiven.has(refreshToken)) return
    answersGiven.set(refreshToken, { at: Date.now(), body: structuredClone(ctx.body) })
  }
}

function allowReading(ctx: Context, cors: Switches['cors']): void {
  ctx.remove('access-control-allow-origin')
  const isReadable = cors === 'all' || (cors === 'successesOnly' && ctx.status < 300)
  if (isReadable) ctx.set('access-control-allow-origin', '*')
}

function answerPreflight(ctx: Context, switches: SwitchBoard): void {
  ctx.status = 204
  if (switches.get().cors === 'none') return
  ctx.set('access-control-allow-origin', '*')
  ctx.set('access-control-allow-methods', 'POST')
  ctx.set('access-control-allow-headers', 'Content-Type, Accept')
}

/** Reads the body, form or JSON (Atlassian's takes both), and leaves a form behind for the provider to read. */
async function readRequest(ctx: Context): Promise<Request> {
  const chunks: Buffer[] = []
  for await (const chunk of ctx.req) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  const form = ctx.is('json') ? formOfJson(text) : new URLSearchParams(text)
  const body = Buffer.from(form.toString())
  ctx.req.headers['content-type'] = 'application/x-www-form-urlencoded'
  ctx.req.headers['content-length'] = String(body.length)
  // The provider reads `req.iterator()` while `req.readable`; a stream that has been read can't be filled again.
  Object.defineProperties(ctx.req, {
    readable: { value: true },
    iterator: { value: () => Readable.from([body]).iterator() },
  })
  return {
    grantType: form.get('grant_type') ?? '',
    clientId: form.get('client_id') ?? '',
    refreshToken: form.get('refresh_token') ?? undefined,
    verifier: form.get('code_verifier') ?? undefined,
  }
}

function formOfJson(text: string): URLSearchParams {
  try {
    const fields: Record<string, unknown> = JSON.parse(text)
    return new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)]))
  } catch {
    return new URLSearchParams()
  }
}

function outcomeOf(ctx: Context): string {
  if (ctx.status === 200) return 'success'
  const body = ctx.body
  return typeof body === 'object' && body !== null && 'error' in body
    ? String(body.error)
    : `status ${ctx.status}`
}
