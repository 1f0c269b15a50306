import { ConfigurationError } from '../base/errors'
import type { Api, ApiMethod } from './api'
import { checkClient } from './given'
import type { Query } from './query'

/** The part of a client that a `TrelloJsClient` uses. The keeper's clients and the fake one have it too. */
export interface TrelloJsApi {
  /** The methods of the REST API. */
  api: Pick<Api, 'get' | 'post' | 'put' | 'delete'>
}

/** A request, as the functions of trello.js make it. */
export interface TrelloJsRequest<T> {
  /** The path, without the version. */
  url: string
  /** The HTTP method. @default 'GET' */
  method?: string
  /** Headers of this request. */
  headers?: Record<string, string>
  /** The body. An object is sent as JSON. */
  body?: unknown
  /** Parameters of the query. A value without a text is a ConfigurationError. */
  searchParams?: Record<string, unknown>
  /** A schema of zod that the answer is parsed with. */
  schema?: {
    /** Checks an answer and turns it into what trello.js promises, such as dates. */
    parse(value: unknown): T
  }
}

/** The object that each function of trello.js takes first, and `createTrelloClient` instead of a configuration. */
export interface TrelloJsClient {
  /**
   * Sends a request through `client.api`: with a fresh Bearer header, and in the queue for Trello's rate limit.
   * @throws what `client.api` throws, ConfigurationError for a method that Trello's REST API doesn't have, and the error
   * of the schema for an answer of another shape
   */
  sendRequest<T>(request: TrelloJsRequest<T>): Promise<T>
}

/** Options of `trelloJsClient`. */
export interface TrelloJsOptions {
  /** Gives answers as they came, without the schemas of trello.js: dates stay texts. @default false */
  skipParsing?: boolean | undefined
}

/**
 * Makes a client for the functions of trello.js, which sends through `client.api`. It needs nothing of trello.js itself.
 * An empty answer is `undefined`, as in trello.js.
 * @throws ConfigurationError for what is no client
 * @example
 * import { getMember } from 'trello.js/members'
 *
 * const me = await getMember(trelloJsClient(client), { id: 'me' })
 * @see https://www.npmjs.com/package/trello.js
 */
export function trelloJsClient(client: TrelloJsApi, options?: TrelloJsOptions | null): TrelloJsClient {
  checkClient(client)
  const { api } = client
  const methods = new Map<string, ApiMethod>([
    ['GET', api.get],
    ['POST', api.post],
    ['PUT', api.put],
    ['DELETE', api.delete],
  ])
  return Object.freeze({
    async sendRequest<T>(request: TrelloJsRequest<T>): Promise<T> {
      const { url, method = 'GET', headers, body, searchParams, schema } = request
      const send = methods.get(method)
      if (!send) throw new ConfigurationError('invalidRequest', `Trello's REST API has no method ${method}.`)
      // Of each value the client says if it has no text.
      const query = searchParams as Query | undefined
      const answer = await send<T>(`/1${url}`, { query, headers, body })
      return schema && answer !== undefined && !options?.skipParsing ? schema.parse(answer) : answer
    },
  })
}
