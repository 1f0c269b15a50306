import { setTimeout as delay } from 'node:timers/promises'
import type { SwitchBoard } from '../switch-board'
import type { Switches } from '../switches'
import type { Context } from './token-endpoint'
import type { TokenMemory } from './token-memory'

/** The parts of the server that a fault looks at. */
export interface FaultScene {
  switches: SwitchBoard
  memory: TokenMemory
  /** The access token that the grant had before this request. */
  earlierAccessToken: string | undefined
}

export interface TokenEndpointFault {
  /** Whether the real token endpoint acts on the request, behind what is answered. */
  acts: boolean
  /** Turns the real answer into the faulty one. `neverSent`: the client gets none. */
  answer(ctx: Context, scene: FaultScene): void | 'neverSent' | Promise<void>
}

export const tokenEndpointFaults: Record<Switches['tokenEndpoint'], TokenEndpointFault> = {
  ok: { acts: true, answer() {} },
  down: { acts: false, answer: cutConnection },
  answerLost: { acts: true, answer: cutConnection },
  '429': { acts: false, answer: (ctx) => answerJson(ctx, 429, tooManyRequests) },
  '429RetryAfter': {
    acts: false,
    answer(ctx, { switches }) {
      const { retryAfterS, retryAfterText } = switches.get()
      answerJson(ctx, 429, tooManyRequests)
      ctx.set('retry-after', retryAfterText === '' ? String(retryAfterS) : retryAfterText)
      ctx.set('access-control-expose-headers', 'Retry-After')
    },
  },
  '500': { acts: false, answer: (ctx) => answerJson(ctx, 500, serverError) },
  '503html': { acts: false, answer: (ctx) => answerHtml(ctx, 503) },
  '503AfterActing': { acts: true, answer: (ctx) => answerJson(ctx, 503, serverError) },
  '200html': { acts: false, answer: (ctx) => answerHtml(ctx, 200) },
  '200truncated': {
    acts: true,
    answer(ctx) {
      const text = JSON.stringify(ctx.body)
      ctx.body = text.slice(0, Math.floor(text.length / 2))
      ctx.type = 'json'
    },
  },
  noTokenType: { acts: true, answer: (ctx) => leaveOut(ctx, 'token_type') },
  // The server doesn't rotate then (see `rotateRefreshToken` in authorization-server.ts): the old token stays good.
  noRefreshToken: { acts: true, answer: (ctx) => leaveOut(ctx, 'refresh_token') },
  noScope: { acts: true, answer: (ctx) => leaveOut(ctx, 'scope') },
  noExpiresIn: { acts: true, answer: (ctx) => leaveOut(ctx, 'expires_in') },
  sameAccessToken: { acts: true, answer: (ctx, scene) => answerEarlierToken(ctx, scene, undefined) },
  prolongedAccessToken: {
    acts: true,
    answer: (ctx, scene) => answerEarlierToken(ctx, scene, scene.switches.get().accessTokenLifetimeS),
  },
  shortLife: {
    acts: true,
    answer(ctx, { memory }) {
      const tokens = tokensIn(ctx)
      if (tokens === undefined) return
      memory.setAccessTokenLife(tokens.access_token, 1)
      ctx.body = { ...tokens, expires_in: 1 }
    },
  },
  slow: { acts: true, answer: (_ctx, { switches }) => delay(switches.get().slowMs) },
  held: {
    acts: true,
    async answer(_ctx, { switches }) {
      while (switches.get().tokenEndpoint === 'held') await switches.nextTurn()
    },
  },
  hang: {
    acts: true,
    answer(ctx) {
      ctx.respond = false
      return 'neverSent'
    },
  },
  invalidClient401: refusal(401, {
    error: 'invalid_client',
    error_description: 'client authentication failed',
  }),
  unauthorizedClientOther: refusal(403, {
    error: 'unauthorized_client',
    error_description: 'the client is not allowed to use this grant type',
  }),
  grantTypeNotAllowed403: refusal(403, {
    error: 'unauthorized_client',
    error_description: "Grant type 'refresh_token' not allowed for the client.",
  }),
  refreshTokenMissing400: refusal(400, {
    error: 'invalid_request',
    error_description: 'Missing required parameter: refresh_token',
  }),
  accessDenied403: refusal(403, { error: 'access_denied', error_description: 'Unauthorized' }),
  code401: refusal(401, { code: 401, message: 'Unauthorized' }),
  tokenRevoked400: refusal(400, { error: 'invalid_request', error_description: 'Token has been revoked.' }),
  empty400: {
    acts: false,
    answer(ctx) {
      ctx.status = 400
      ctx.body = ''
    },
  },
  html403: { acts: false, answer: (ctx) => answerHtml(ctx, 403) },
  redirect302: { acts: false, answer: (ctx) => redirect(ctx, 302, '/login') },
  // The moved endpoint acts, see `faultFor` in token-endpoint.ts.
  redirect307: { acts: false, answer: (ctx) => redirect(ctx, 307, `${ctx.path}?moved`) },
}

/** The forms in which Atlassian's servers were seen to say that a refresh token is dead. */
export const deadTokenAnswers: Record<Switches['deadToken'], (ctx: Context) => void> = {
  invalidGrant400() {},
  invalidGrant403: (ctx) =>
    answerJson(ctx, 403, { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' }),
  unauthorizedClient403: (ctx) =>
    answerJson(ctx, 403, { error: 'unauthorized_client', error_description: 'refresh_token is invalid' }),
  invalidRequest400: (ctx) =>
    answerJson(ctx, 400, { error: 'invalid_request', error_description: 'The refresh token is not valid.' }),
}

const tooManyRequests = { error: 'too_many_requests', error_description: 'Rate limit exceeded.' }
const serverError = { error: 'server_error', error_description: 'Something went wrong on our side.' }

interface Tokens {
  access_token: string
}

function tokensIn(ctx: Context): Tokens | undefined {
  const { body } = ctx
  const hasToken = typeof body === 'object' && body !== null && 'access_token' in body
  return hasToken ? { ...body, access_token: String(body.access_token) } : undefined
}

/** Gives the token from before in the new one's place, as it is or with a new life. */
function answerEarlierToken(ctx: Context, scene: FaultScene, lifeS: number | undefined): void {
  const { memory, earlierAccessToken } = scene
  const tokens = tokensIn(ctx)
  if (tokens === undefined || earlierAccessToken === undefined) return
  if (tokens.access_token !== earlierAccessToken) memory.forgetAccessToken(tokens.access_token)
  if (lifeS !== undefined) memory.setAccessTokenLife(earlierAccessToken, lifeS)
  ctx.body = { ...tokens, access_token: earlierAccessToken }
}

function refusal(status: number, body: object): TokenEndpointFault {
  return { acts: false, answer: (ctx) => answerJson(ctx, status, body) }
}

function redirect(ctx: Context, status: number, location: string): void {
  ctx.status = status
  ctx.set('location', location)
}

function cutConnection(ctx: Context): 'neverSent' {
  ctx.respond = false
  ctx.req.socket.destroy()
  return 'neverSent'
}

function answerJson(ctx: Context, status: number, body: object): void {
  ctx.status = status
  ctx.body = body
}

function answerHtml(ctx: Context, status: number): void {
  ctx.status = status
  ctx.type = 'html'
  ctx.body = '<!doctype html><title>Please wait</title><h1>We will be back shortly</h1>'
}

function leaveOut(ctx: Context, field: string): void {
  if (typeof ctx.body !== 'object' || ctx.body === null) return
  ctx.body = Object.fromEntries(Object.entries(ctx.body).filter(([name]) => name !== field))
}
