import type { IncomingMessage, ServerResponse } from 'node:http'
import { legacyCredentials } from './legacy-tokens'
import type { WritableLog } from './log'
import { createRateCounter, rateHeaders } from './rate-headers'
import { type Answer, answerRequest, htmlPage, type RestAnswerOptions } from './rest-answers'
import type { SwitchBoard } from './switch-board'

export interface RestApiOptions extends RestAnswerOptions {
  log: WritableLog
}

/** `/1/...` with Trello's CORS, rate headers and refusals. */
export function createRestApi(options: RestApiOptions) {
  const countRequest = createRateCounter()
  const { switches, log } = options

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(corsHeaders)) response.setHeader(name, value)
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end()
      return
    }
    const fault = switches.forApiRequest()
    const url = new URL(request.url ?? '/', 'http://api.localhost')
    const note = (status: number) =>
      log.apiRequests.push({
        at: Date.now(),
        method: request.method ?? '',
        path: url.pathname + url.search,
        status,
        authorization: request.headers.authorization !== undefined,
      })
    if (fault === 'down') {
      note(0)
      request.socket.destroy()
      return
    }
    const { authorization } = request.headers
    const parameters = {
      ...Object.fromEntries(url.searchParams),
      ...(await readBody(request)),
      ...legacyCredentials(authorization),
    }
    const bearer = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1]
    const answer =
      faultAnswer(fault, switches) ??
      answerRequest(options, { method: request.method ?? 'GET', path: url.pathname, parameters, bearer })
    note(answer.status)
    send(response, { ...answer, headers: { ...answer.headers, ...countRequest(bearer) } })
  }
}

function faultAnswer(fault: string, switches: SwitchBoard): Answer | undefined {
  switch (fault) {
    case 'always401':
      return { status: 401, body: switches.get().always401Text }
    case '429':
      return { status: 429, body: { error: switches.get().rateLimitCode, message: 'Rate limit exceeded' } }
    case '500':
      return { status: 500, body: 'Internal Server Error' }
    case 'nonJson':
      return { status: 200, body: htmlPage, headers: { 'content-type': 'text/html' } }
    default:
      return undefined
  }
}

async function readBody(request: IncomingMessage): Promise<Record<string, string>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  const type = request.headers['content-type'] ?? ''
  if (type.startsWith('multipart/form-data')) {
    const form = await new Response(bytes, { headers: { 'content-type': type } }).formData()
    return Object.fromEntries([...form].map(([name, value]) => [name, String(value)]))
  }
  const text = bytes.toString()
  if (text === '') return {}
  if (!type.includes('json')) return Object.fromEntries(new URLSearchParams(text))
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const isText = typeof body === 'string'
  response.writeHead(status, {
    'content-type': isText ? 'text/plain;charset=utf-8' : 'application/json;charset=utf-8',
    'cache-control': 'no-store',
    ...headers,
  })
  response.end(isText ? body : JSON.stringify(body))
}

const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'Authorization, Accept, Content-Type',
  'access-control-allow-methods': 'GET, PUT, POST, DELETE',
  'access-control-expose-headers': rateHeaders.join(', '),
}
