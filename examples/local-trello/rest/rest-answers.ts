import type { TrelloData } from '../data/trello-data'
import type { LegacyTokens } from '../sign-in/legacy-tokens'
import { trelloScopes } from '../sign-in/scopes'
import type { TokenMemory } from '../sign-in/token-memory'
import type { SwitchBoard } from '../switch-board'
import type { Switches } from '../switches'
import { memberOf } from './access'
import { Download } from './attachment-routes'
import { memberWith } from './nested'
import type { FindOperation } from './operations'
import { watched } from './parameters'
import {
  type Call,
  type Caller,
  invalidId,
  notPermitted,
  outsideWorkspace,
  Refusal,
  type UploadedFile,
} from './route'
import { answerTokenRoute } from './token-routes'

export interface RestAnswerOptions {
  data: TrelloData
  memory: TokenMemory
  legacyTokens: LegacyTokens
  switches: SwitchBoard
  findOperation: FindOperation
  /** The public keys that `t.jwt()` signs with. */
  jwtKeys(form: Switches['ticketKeys']): readonly unknown[]
  missing(what: string): void
}

export interface Answer {
  status: number
  /** Text goes as text, bytes as they are, anything else as JSON. */
  body: unknown
  headers?: Record<string, string>
}

export interface RestRequest {
  method: string
  /** Begins with `/1`. */
  path: string
  parameters: Record<string, unknown>
  bearer: string | undefined
  file?: UploadedFile | undefined
}

/** What Trello answers, after its checks: the id, the token, the scopes, the workspace, the member. */
export async function answerRequest(options: RestAnswerOptions, request: RestRequest): Promise<Answer> {
  try {
    return (await special(options, request)) ?? (await runOperation(options, request))
  } catch (refusal) {
    if (refusal instanceof Refusal) return { status: refusal.status, body: refusal.body }
    throw refusal
  }
}

/** The routes that aren't about one model: `batch`, tokens, keys, and two for tests of what a client does with odd answers. */
async function special(options: RestAnswerOptions, request: RestRequest): Promise<Answer | undefined> {
  const { method, path, parameters } = request
  const about = answerTokenRoute(options.legacyTokens, method, path.slice(2), callerOf(options, request))
  if (about !== undefined)
    return { status: 200, body: 'body' in about ? about.body : tokenMember(options, request, about.member) }
  if (method !== 'GET') return undefined
  if (path === '/1/batch') return batch(options, request)
  if (path === '/1/resource/jwt-public-keys') {
    const { ticketKeys } = options.switches.get()
    return ticketKeys === 'down'
      ? { status: 503, body: 'Service Unavailable' }
      : { status: 200, body: { keys: options.jwtKeys(ticketKeys) } }
  }
  if (path === '/1/html') return { status: 200, body: htmlPage, headers: { 'content-type': 'text/html' } }
  if (path === '/1/redirect') {
    return { status: 302, body: '', headers: { location: String(parameters.to ?? '/1/members/me') } }
  }
  return undefined
}

async function runOperation(options: RestAnswerOptions, request: RestRequest): Promise<Answer> {
  const { method, path } = request
  const operation = options.findOperation(method, path.replace(/^\/1/, ''))
  if (operation === 'unknown') return { status: 404, body: `Cannot ${method} ${path}` }
  if (operation === 'onlyAtTrello') {
    options.missing(`${method} ${path}`)
    return { status: 501, body: `The local Trello has no ${method} ${path}. Trello has it.` }
  }
  const [id] = operation.ids
  if (id !== undefined && !isWellFormedId(id, path)) throw invalidId
  const caller = callerOf(options, request)
  if (caller === undefined) throw refusalOf(options, request)
  if (operation.isClosedToOAuth2 && !caller.isLegacy) throw notPermitted
  const { allOf, anyOf } = operation
  const isAllowed =
    allOf.every((scope) => caller.scopes.has(scope)) &&
    (anyOf.length === 0 || anyOf.some((scope) => caller.scopes.has(scope)))
  if (!isAllowed) throw missingScopeAnswers[options.switches.get().missingScope]
  const { parameters, unread } = watched(request.parameters)
  const call = callFor(options, { ...request, parameters }, caller, operation.ids)
  const body = await operation.route.run(call)
  // What changes nothing here may change something at Trello.
  const ignored = method === 'PUT' || method === 'POST' ? unread() : []
  for (const name of ignored) options.missing(`parameter "${name}" of ${method} ${path}`)
  return body instanceof Download
    ? { status: 200, body: body.bytes, headers: { 'content-type': body.type } }
    : { status: 200, body }
}

/** Carries out what a member does on the board page itself, which has no token. */
export async function runAsMember(
  options: RestAnswerOptions,
  memberId: string,
  method: string,
  path: string,
  parameters: Record<string, unknown>,
): Promise<unknown> {
  const operation = options.findOperation(method, path)
  if (typeof operation === 'string') throw new Error(`The local Trello has no ${method} ${path}`)
  const caller = { memberId, clientId: '', workspaceId: undefined, scopes: new Set<string>(), isLegacy: true }
  return operation.route.run(
    callFor(options, { method, path, parameters, bearer: undefined }, caller, operation.ids),
  )
}

function callFor(
  { data, missing }: RestAnswerOptions,
  { parameters, file }: RestRequest,
  caller: Caller,
  ids: readonly string[],
): Call {
  return { data, caller, ids, parameters, file, missing }
}

function tokenMember(options: RestAnswerOptions, request: RestRequest, memberId: string): object {
  const caller = callerOf(options, request)
  if (caller === undefined) throw outsideWorkspace
  const call = callFor(options, request, caller, [memberId])
  return memberWith(call, memberOf(call))
}

/** By its bearer; or by key and token, which open all that the member may see. */
function callerOf({ memory, legacyTokens }: RestAnswerOptions, request: RestRequest): Caller | undefined {
  if (request.bearer !== undefined) {
    const live = memory.findLive(request.bearer)
    return live && { ...live, isLegacy: false }
  }
  const { key, token } = request.parameters
  const found = key ? legacyTokens.find(String(token ?? '')) : undefined
  if (found === undefined) return undefined
  const scopes = Object.keys(trelloScopes).filter(
    (scope) =>
      (scope.startsWith('read') && found.scopes.has('read') && scope !== 'read:member:trello') ||
      (scope.startsWith('write') && found.scopes.has('write')) ||
      (scope === 'read:member:trello' && found.scopes.has('account')),
  )
  return {
    memberId: found.memberId,
    clientId: String(key),
    workspaceId: undefined,
    scopes: new Set(scopes),
    isLegacy: true,
  }
}

/** A client id in the place of an API key is no key. */
function refusalOf({ memory, switches }: RestAnswerOptions, { bearer, parameters }: RestRequest): Refusal {
  const { key, token } = parameters
  if (bearer !== undefined) return endedTokenAnswers[switches.get().endedAccessToken]
  if (token !== undefined && (key === undefined || memory.isClientId(String(key)))) {
    return new Refusal(401, 'invalid key')
  }
  return new Refusal(401, 'invalid token')
}

/** Trello looks at the id before it looks at the token. Members and workspaces also go by name, boards and cards by short link. */
function isWellFormedId(id: string, path: string): boolean {
  if (/^[0-9a-f]{24}$/.test(id)) return true
  if (/^\/1\/(members?|organizations)\//.test(path)) return /^[a-z0-9_]{2,}$/.test(id)
  if (/^\/1\/tokens\//.test(path)) return true
  return /^\/1\/(boards|cards)\//.test(path) && /^[0-9a-zA-Z]{8}$/.test(id)
}

async function batch(options: RestAnswerOptions, request: RestRequest): Promise<Answer> {
  const { key, token } = request.parameters
  const urls = String(request.parameters.urls ?? '')
    .split(/,(?=\/)/)
    .filter((url) => url !== '')
  if (urls.length === 0 || urls.length > 10) throw new Refusal(400, 'urls has to hold 1 to 10 routes')
  if (callerOf(options, request) === undefined) throw refusalOf(options, request)
  const answers = urls.map(async (text) => {
    const url = new URL(`/1${text}`, 'http://api.localhost')
    const { status, body } = await answerRequest(options, {
      method: 'GET',
      path: url.pathname,
      parameters: { ...Object.fromEntries(url.searchParams), key, token },
      bearer: request.bearer,
    })
    return status === 200 ? { 200: body } : { name: 'Error', message: wordsIn(body), statusCode: status }
  })
  return { status: 200, body: await Promise.all(answers) }
}

function wordsIn(body: unknown): string {
  return typeof body === 'string' ? body : String(Object(body).message)
}

const missingScopeAnswers: Record<Switches['missingScope'], Refusal> = {
  unauthorizedPermissionRequested: notPermitted,
  missingScopes: new Refusal(401, 'missing scopes'),
  missingScopes403: new Refusal(403, 'missing scopes'),
  gateway: new Refusal(401, { code: 401, message: 'Unauthorized; scope does not match' }),
}

const endedTokenAnswers: Record<Switches['endedAccessToken'], Refusal> = {
  invalidToken: new Refusal(401, 'invalid token'),
  expiredToken: new Refusal(401, 'expired token'),
  gateway: new Refusal(401, { code: 401, message: 'Unauthorized' }),
  empty: new Refusal(401, ''),
}

export const htmlPage = '<!doctype html><title>Trello</title><h1>Not what you asked for</h1>'
