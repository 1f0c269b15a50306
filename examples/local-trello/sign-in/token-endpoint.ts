import type { Provider } from 'oidc-provider'
import { type TokenRequest, tokenId, type WritableLog } from '../log'
import type { SwitchBoard } from '../switch-board'
import type { GrantRules } from './grant-rules'
import { allowReading, answerPreflight } from './token-endpoint-cors'
import { deadTokenAnswers, tokenEndpointFaults } from './token-endpoint-faults'
import type { TokenMemory } from './token-memory'
import { readTokenRequest, type TokenRequestFields } from './token-request'

export const tokenEndpointPath = '/oauth/token'

export type Middleware = Parameters<Provider['use']>[0]
export type Context = Parameters<Middleware>[0]

export interface TokenEndpointOptions {
  switches: SwitchBoard
  log: WritableLog
  memory: TokenMemory
  rules: GrantRules
}

/** Stands before the real token endpoint: notes each request, plays the faults, decides what a page may read. */
export function createTokenEndpoint({ switches, log, memory, rules }: TokenEndpointOptions): Middleware {
  return async (ctx, next) => {
    if (ctx.path !== tokenEndpointPath) return next()
    if (ctx.method === 'OPTIONS') return answerPreflight(ctx, switches, log)
    if (ctx.method !== 'POST') return next()

    const { verifier, ...request } = await readTokenRequest(ctx)
    if (verifier !== undefined) log.secrets.push({ kind: 'verifier', value: verifier })
    const { tokenEndpoint, cors } = faultFor(ctx, request.grantType)
    const fault = tokenEndpointFaults[tokenEndpoint]
    ctx.state.tokenEndpointFault = tokenEndpoint

    const entry = note(ctx, request, tokenEndpoint)
    const earlierAccessToken = memory.newestAccessTokenOf(memory.grantOf(request.refreshToken ?? '')?.id)
    if (fault.acts) entry.outcome = await act(ctx, next, request)
    if (ctx.state.isWithinLeeway === true) entry.fault = 'leeway'
    const sent = await fault.answer(ctx, { switches, memory, earlierAccessToken })
    sayExpiresIn(ctx)
    allowReading(ctx, cors)
    if (sent !== 'neverSent') entry.status = ctx.status
    log.endTokenRequest(entry)
  }

  function faultFor(ctx: Context, grantType: string): ReturnType<SwitchBoard['forTokenRequest']> {
    const position = switches.forTokenRequest(grantType)
    const isRedirected = position.tokenEndpoint === 'redirect307' && ctx.query.moved !== undefined
    return isRedirected ? { ...position, tokenEndpoint: 'ok' } : position
  }

  /** Writes the request down as it comes in: a test may look while a slow answer is under way. */
  function note(ctx: Context, request: Omit<TokenRequestFields, 'verifier'>, fault: string): TokenRequest {
    const entry: TokenRequest = {
      at: Date.now(),
      ...request,
      origin: ctx.get('origin'),
      refreshTokenId: request.refreshToken === undefined ? undefined : tokenId(request.refreshToken),
      outcome: 'notActed',
      fault,
      status: 0,
    }
    log.addTokenRequest(entry)
    return entry
  }

  /** Lets the real endpoint act, or gives its earlier answer again. Says what came of it. */
  async function act(
    ctx: Context,
    next: () => Promise<unknown>,
    { grantType, refreshToken = '' }: { grantType: string; refreshToken: string | undefined },
  ): Promise<string> {
    rules.endOldGrant(refreshToken)
    const again = rules.answerWithinLeeway(refreshToken)
    ctx.state.isWithinLeeway = again !== undefined
    if (typeof again === 'object') ctx.body = again.body
    else await next()
    const outcome = outcomeOf(ctx)
    if (grantType !== 'refresh_token') return outcome
    if (outcome === 'success') rules.afterRefresh(refreshToken, ctx.body)
    if (outcome === 'invalid_grant') deadTokenAnswers[switches.get().deadToken](ctx)
    return outcome
  }

  function sayExpiresIn(ctx: Context): void {
    const { saysExpiresIn } = switches.get()
    const { body } = ctx
    if (saysExpiresIn === '' || typeof body !== 'object' || body === null || !('expires_in' in body)) return
    ctx.body = { ...body, expires_in: JSON.parse(saysExpiresIn) }
  }
}

function outcomeOf(ctx: Context): string {
  if (ctx.status === 200) return 'success'
  const body = ctx.body
  return typeof body === 'object' && body !== null && 'error' in body
    ? String(body.error)
    : `status ${ctx.status}`
}
