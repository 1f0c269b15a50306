import type { LegacyTokens } from './legacy-tokens'
import { type Operation, operations, Refusal } from './rest-operations'
import { trelloScopes } from './scopes'
import type { SwitchBoard } from './switch-board'
import type { LiveToken, TokenMemory } from './token-memory'
import type { TrelloData } from './trello-data'

export interface RestAnswerOptions {
  data: TrelloData
  memory: TokenMemory
  legacyTokens: LegacyTokens
  switches: SwitchBoard
}

export interface Answer {
  status: number
  body: unknown
  headers?: Record<string, string>
}

export interface RestRequest {
  method: string
  path: string
  parameters: Record<string, string>
  bearer: string | undefined
}

/** What Trello answers, after its checks: the id, the token, the scopes, the workspace, the member. */
export function answerRequest(options: RestAnswerOptions, request: RestRequest): Answer {
  try {
    return special(options, request) ?? runOperation(options, request)
  } catch (refusal) {
    if (refusal instanceof Refusal) return { status: refusal.status, body: refusal.text }
    throw refusal
  }
}

/** The routes that aren't about one model: `batch`, and two for tests of what a client does with odd answers. */
function special(options: RestAnswerOptions, request: RestRequest): Answer | undefined {
  const [, token] = /^\/1\/tokens\/([^/]+)$/.exec(request.path) ?? []
  if (request.method === 'DELETE' && token !== undefined) {
    const isKnown = callerOf(options, request) !== undefined && options.legacyTokens.revoke(token)
    return isKnown ? { status: 200, body: {} } : { status: 401, body: 'invalid token' }
  }
  if (request.method !== 'GET') return undefined
  if (request.path === '/1/batch') return batch(options, request)
  if (request.path === '/1/html')
    return { status: 200, body: htmlPage, headers: { 'content-type': 'text/html' } }
  if (request.path === '/1/redirect') {
    return { status: 302, body: '', headers: { location: request.parameters.to ?? '/1/members/me' } }
  }
  return undefined
}

function runOperation(options: RestAnswerOptions, request: RestRequest): Answer {
  const { method, path, parameters } = request
  const found = findOperation(method, path)
  if (found === undefined) return { status: 404, body: `Cannot ${method} ${path}` }
  const { operation, id } = found
  if (id !== '' && !isWellFormedId(id, path)) throw new Refusal(400, 'invalid id')
  const caller = callerOf(options, request)
  if (caller === undefined) throw new Refusal(401, 'invalid token')
  if (!operation.scopes.every((scope) => caller.scopes.has(scope))) {
    throw new Refusal(401, missingScopeTexts[options.switches.get().missingScope])
  }
  return { status: 200, body: operation.run({ data: options.data, caller, id, parameters }) }
}

/** By its bearer; or by key and token, which open all that the member may see. */
function callerOf(
  { memory, legacyTokens, data }: RestAnswerOptions,
  request: RestRequest,
): LiveToken | undefined {
  if (request.bearer !== undefined) return memory.findLive(request.bearer)
  const memberId = legacyTokens.memberOf(request.parameters)
  if (memberId === undefined) return undefined
  return { memberId, workspaceId: data.workspaces[0].id, scopes: new Set(Object.keys(trelloScopes)) }
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

function batch(options: RestAnswerOptions, { parameters, bearer }: RestRequest): Answer {
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

const missingScopeTexts = {
  unauthorizedPermissionRequested: 'unauthorized permission requested',
  missingScopes: 'missing scopes',
}

export const htmlPage = '<!doctype html><title>Trello</title><h1>Not what you asked for</h1>'
