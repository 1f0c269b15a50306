import { setTimeout as delay } from 'node:timers/promises'
import type { SwitchBoard, Switches } from './switches'
import type { Context } from './token-endpoint'

export interface TokenEndpointFault {
  /** Whether the real token endpoint acts on the request, behind what is answered. */
  acts: boolean
  /** Turns the real answer into the faulty one. `neverSent`: the client gets none. */
  answer(ctx: Context, switches: SwitchBoard): void | 'neverSent' | Promise<void>
}

export const tokenEndpointFaults: Record<Switches['tokenEndpoint'], TokenEndpointFault> = {
  ok: { acts: true, answer() {} },
  down: { acts: false, answer: cutConnection },
  answerLost: { acts: true, answer: cutConnection },
  '429': { acts: false, answer: (ctx) => answerJson(ctx, 429, tooManyRequests) },
  '429RetryAfter': {
    acts: false,
    answer(ctx, switches) {
      answerJson(ctx, 429, tooManyRequests)
      ctx.set('retry-after', String(switches.get().retryAfterS))
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
  slow: { acts: true, answer: (_ctx, switches) => delay(switches.get().slowMs) },
  held: {
    acts: true,
    async answer(_ctx, switches) {
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
  invalidClient401: {
    acts: false,
    answer: (ctx) =>
      answerJson(ctx, 401, { error: 'invalid_client', error_description: 'client authentication failed' }),
  },
  unauthorizedClientOther: {
    acts: false,
    answer: (ctx) =>
      answerJson(ctx, 403, {
        error: 'unauthorized_client',
        error_description: 'the client is not allowed to use this grant type',
      }),
  },
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
