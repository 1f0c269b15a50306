import type { TrelloData } from '../data/trello-data'

/** Who asks, and what the token lets them do. */
export interface Caller {
  memberId: string
  /** The client or the key that asks. */
  clientId: string
  /** The only workspace that the token opens; undefined: all of the member's, as with the old tokens. */
  workspaceId: string | undefined
  scopes: ReadonlySet<string>
  /** Old tokens go with a key, in the query or the body. */
  isLegacy: boolean
}

/** A file of a form. */
export interface UploadedFile {
  name: string
  type: string
  bytes: Buffer
}

/** One request to a route, after its token was found good. */
export interface Call {
  data: TrelloData
  caller: Caller
  /** The values of the path's `{}`, in order. */
  ids: readonly string[]
  /** Query and body together; a JSON body may hold more than texts. */
  parameters: Record<string, unknown>
  file: UploadedFile | undefined
  /** Says on the board that something isn't there. */
  missing(what: string): void
}

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** The path below `/1`; each `{}` stands for an id or a name. */
  path: string
  /** The scopes that it needs, for what Trello's table of operations doesn't hold. */
  scopes?: readonly string[]
  run(call: Call): unknown
}

/** An answer other than 200. Trello's are bare text in most cases. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly body: string | object,
  ) {
    super(typeof body === 'string' ? body : JSON.stringify(body))
  }
}

export const notFound = new Refusal(404, 'The requested resource was not found.')
export const notPermitted = new Refusal(401, 'unauthorized permission requested')
export const outsideWorkspace = new Refusal(403, 'The token is restricted to another workspace.')
export const invalidId = new Refusal(400, 'invalid id')

/** The refusal of a parameter, in Trello's words. */
export function invalidValue(name: string): Refusal {
  return new Refusal(400, `invalid value for ${name}`)
}
