import type { IncomingMessage, ServerResponse } from 'node:http'
import type { WritableLog } from '../log'
import { legacyCredentials } from '../sign-in/legacy-tokens'
import type { SwitchBoard } from '../switch-board'
import { createRateLimits, rateHeaders, tooMany } from './rate-limits'
import { readRequestBody } from './request-body'
import { type Answer, answerRequest, htmlPage, type RestAnswerOptions } from './rest-answers'

export interface RestApiOptions extends RestAnswerOptions {
  log: WritableLog
}

/** `/1/...` with Trello's CORS, rate headers and refusals. */
export function createRestApi(options: RestApiOptions) {
  const { switches, log, memory } = options
  const rate = createRateLimits(() => switches.get().rateLimit)

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(corsHeaders)) response.setHeader(name, value)
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end()
      return
    }
    const fault = switches.forApiRequest()
    const url = new URL(request.url ?? '/', 'http://api.localhost')
    const note = (status: number, refusal?: string) =>
      log.addApiRequest({
        at: Date.now(),
        method: request.method ?? '',
        path: url.pathname + url.search,
        status,
        authorization: request.headers.authorization !== undefined,
        ...(refusal !== undefined && { refusal }),
      })
    if (fault === 'down') {
      note(0)
      request.socket.destroy()
      return
    }
    const { authorization } = request.headers
    const body = await readRequestBody(request)
    const parameters = {
      ...Object.fromEntries(url.searchParams),
      ...body.parameters,
      ...legacyCredentials(authorization),
    }
    const bearer = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1]
    const token = bearer ?? String(Object(parameters).token ?? '')
    const client = memory.findLive(token)?.clientId ?? String(Object(parameters).key ?? '')
    const verdict = rate({ client, token, path: url.pathname })
    const answer =
      faultAnswer(fault, switches) ??
      verdict.refusal ??
      (await answerRequest(options, {
        method: request.method ?? 'GET',
        path: url.pathname,
        parameters,
        bearer,
        file: body.file,
      }))
    note(answer.status, refusalWords(answer))
    send(response, { ...answer, headers: { ...answer.headers, ...verdict.headers } })
  }
}

/** Trello's own words, which are bare text or the message of an object. */
function refusalWords({ status, body }: Answer): string | undefined {
  if (status < 400) return undefined
  const words = typeof body === 'string' ? body : Object(body).message
  return typeof words === 'string' ? words : undefined
}

function faultAnswer(fault: string, switches: SwitchBoard): Answer | undefined {
  switch (fault) {
    case 'always401':
      return { status: 401, body: switches.get().always401Text }
    case '429':
      return tooMany(switches.get().rateLimitCode)
    case '500':
      return { status: 500, body: 'Internal Server Error' }
    case 'nonJson':
      return { status: 200, body: htmlPage, headers: { 'content-type': 'text/html' } }
    default:
      return undefined
  }
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const isPlain = typeof body === 'string' || body instanceof Buffer
  response.writeHead(status, {
    'content-type': isPlain ? 'text/plain;charset=utf-8' : 'application/json;charset=utf-8',
    'cache-control': 'no-store',
    ...headers,
  })
  response.end(isPlain ? body : JSON.stringify(body))
}

const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'Authorization, Accept, Content-Type',
  'access-control-allow-methods': 'GET, PUT, POST, DELETE',
  'access-control-expose-headers': rateHeaders.join(', '),
}
