import type { IncomingMessage, ServerResponse } from 'node:http'
import type { WritableLog } from './log'
import { type Operation, operations, Refusal } from './rest-operations'
import type { SwitchBoard } from './switches'
import type { TokenMemory } from './token-memory'
import type { TrelloData } from './trello-data'

export interface RestApiOptions {
  data: TrelloData
  memory: TokenMemory
  switches: SwitchBoard
  log: WritableLog
}

export interface Answer {
  status: number
  body: unknown
  headers?: Record<string, string>
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
    const parameters = { ...Object.fromEntries(url.searchParams), ...(await readBody(request)) }
    const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
    const answer =
      faultAnswer(fault, switches) ??
      answerRequest(options, { method: request.method ?? 'GET', path: url.pathname, parameters, bearer })
    note(answer.status)
    send(response, { ...answer, headers: { ...answer.headers, ...countRequest(bearer) } })
  }
}

interface RestRequest {
  method: string
  path: string
  parameters: Record<string, string>
  bearer: string | undefined
}

function answerRequest(options: RestApiOptions, request: RestRequest): Answer {
  try {
    return special(options, request) ?? runOperation(options, request)
  } catch (refusal) {
    if (refusal instanceof Refusal) return { status: refusal.status, body: refusal.text }
    throw refusal
  }
}

/** The routes that aren't about one model: `batch`, and two for tests of what a client does with odd answers. */
function special(options: RestApiOptions, request: RestRequest): Answer | undefined {
  if (request.method !== 'GET') return undefined
  if (request.path === '/1/batch') return batch(options, request)
  if (request.path === '/1/html')
    return { status: 200, body: htmlPage, headers: { 'content-type': 'text/html' } }
  if (request.path === '/1/redirect') {
    return { status: 302, body: '', headers: { location: request.parameters.to ?? '/1/members/me' } }
  }
  return undefined
}

function runOperation(options: RestApiOptions, { method, path, parameters, bearer }: RestRequest): Answer {
  const found = findOperation(method, path)
  if (found === undefined) return { status: 404, body: `Cannot ${method} ${path}` }
  const { operation, id } = found
  if (id !== '' && !isWellFormedId(id, path)) throw new Refusal(400, 'invalid id')
  const caller = bearer === undefined ? undefined : options.memory.findLive(bearer)
  if (caller === undefined) throw new Refusal(401, 'invalid token')
  if (!operation.scopes.every((scope) => caller.scopes.has(scope))) {
    throw new Refusal(401, missingScopeTexts[options.switches.get().missingScope])
  }
  return { status: 200, body: operation.run({ data: options.data, caller, id, parameters }) }
}

function findOperation(method: string, path: string): { operation: Operation; id: string } | undefined {
  for (const operation of operations) {
    if (operation.method !== method) continue
    const pattern = new RegExp(`^/1${operation.path.replace('{}', '([^/]+)')}/?$`)
    const match = pattern.exec(path)
    if (match !== null) return { operation, id: decodeURIComponent(match[1] ?? '') }
  }
  return undefined
}

/** Trello looks at the id before it looks at the token. Members and workspaces also go by name, boards by short link. */
function isWellFormedId(id: string, path: string): boolean {
  if (/^[0-9a-f]{24}$/.test(id)) return true
  if (/^\/1\/(members?|organizations)\//.test(path)) return /^[a-z0-9_]{2,}$/.test(id)
  return path.startsWith('/1/boards/') && /^[0-9a-zA-Z]{8}$/.test(id)
}

function batch(options: RestApiOptions, { parameters, bearer }: RestRequest): Answer {
  const urls = (parameters.urls ?? '').split(/,(?=\/)/).filter((url) => url !== '')
  if (urls.length === 0 || urls.length > 10) throw new Refusal(400, 'urls has to hold 1 to 10 routes')
  if (bearer === undefined || options.memory.findLive(bearer) === undefined) {
    throw new Refusal(401, 'invalid token')
  }
  const answers = urls.map((text) => {
    const url = new URL(`/1${text}`, 'http://api.localhost')
    const query = Object.fromEntries(url.searchParams)
    const { status, body } = answerRequest(options, {
      method: 'GET',
      path: url.pathname,
      parameters: query,
      bearer,
    })
    return status === 200 ? { 200: body } : { name: 'Error', message: String(body), statusCode: status }
  })
  return { status: 200, body: answers }
}

function faultAnswer(fault: string, switches: SwitchBoard): Answer | undefined {
  switch (fault) {
    case 'always401':
      return { status: 401, body: switches.get().always401Text }
    case '429':
      return { status: 429, body: { error: 'API_TOKEN_LIMIT_EXCEEDED', message: 'Rate limit exceeded' } }
    case '500':
      return { status: 500, body: 'Internal Server Error' }
    case 'nonJson':
      return { status: 200, body: htmlPage, headers: { 'content-type': 'text/html' } }
    default:
      return undefined
  }
}

/** Counts as Trello does, 300 per client and 100 per token in ten seconds, but refuses nobody: that is a switch. */
function createRateCounter(): (bearer: string | undefined) => Record<string, string> {
  const intervalMs = 10_000
  const counts = new Map<string, number>()
  let windowStart = 0
  const count = (key: string) => {
    const used = (counts.get(key) ?? 0) + 1
    counts.set(key, used)
    return used
  }
  return (bearer) => {
    if (Date.now() - windowStart > intervalMs) {
      counts.clear()
      windowStart = Date.now()
    }
    const header = (kind: 'key' | 'token', max: number, used: number) => ({
      [`x-rate-limit-api-${kind}-interval-ms`]: String(intervalMs),
      [`x-rate-limit-api-${kind}-max`]: String(max),
      [`x-rate-limit-api-${kind}-remaining`]: String(Math.max(0, max - used)),
    })
    return { ...header('key', 300, count('key')), ...header('token', 100, count(`token ${bearer}`)) }
  }
}

async function readBody(request: IncomingMessage): Promise<Record<string, string>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  if (text === '') return {}
  if (!(request.headers['content-type'] ?? '').includes('json'))
    return Object.fromEntries(new URLSearchParams(text))
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

const rateHeaders = ['key', 'token'].flatMap((kind) =>
  ['interval-ms', 'max', 'remaining'].map((name) => `x-rate-limit-api-${kind}-${name}`),
)

const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'Authorization, Accept, Content-Type',
  'access-control-allow-methods': 'GET, PUT, POST, DELETE',
  'access-control-expose-headers': rateHeaders.join(', '),
}

const missingScopeTexts = {
  unauthorizedPermissionRequested: 'unauthorized permission requested',
  missingScopes: 'missing scopes',
}

const htmlPage = '<!doctype html><title>Trello</title><h1>Not what you asked for</h1>'
