import { ConfigurationError } from '../../base/errors'
import { fieldsOf } from '../../base/fields'
import { isBare, readApiOrigins } from '../../base/option-check'
import { API_ORIGIN } from '../../base/trello'
import type { Client } from '../../client/client'
import { warnOfBypass } from './bypass'
import { adaptedFetch } from './fetch-adapter'
import { keyedApi } from './keyed-request'
import { replaceGlobal } from './replacement'
import { adaptedXmlHttpRequest } from './xml-http-request-adapter'

/** The options of `adaptRequests`. */
export interface AdaptRequestsOptions {
  /** The old API key of this Power-Up. Requests that don't carry it are left as they are. */
  appKey: string
  /** The `apiOrigins` of the client. Default: `https://api.trello.com`. */
  apiOrigins?: readonly (string | URL)[]
}

/**
 * Replaces `fetch` and `XMLHttpRequest` of this page, so that requests to `https://api.trello.com/1` and
 * `https://trello.com/1` that carry `appKey` go out without their `key` and `token`, and with a Bearer header that is
 * fresh at that moment. A 401 for a dead token costs one refresh and one replay. Without a grant such requests go out
 * without a header, and Trello answers with 401. Every other request is left as it is.
 *
 * A global that the page keeps from being replaced stays as it is, and the console says so. It also says once if a
 * request with the key in its address did not come through here.
 * @param client the client, or a function that gives the one to use at the time of a request
 * @returns the undo
 * @throws ConfigurationError `invalidRequest` where `client` or `appKey` is missing, `invalidApiOrigins` for origins that
 *   no Bearer header may go to. The adapted calls throw it for what can't be sent with a Bearer header.
 * @example
 * const undo = adaptRequests(client, { appKey: 'your-app-key' })
 * const response = await fetch(`https://api.trello.com/1/members/me?key=${appKey}&token=${oldToken}`)
 */
export function adaptRequests(
  client: Client | (() => Client | undefined),
  options: AdaptRequestsOptions,
): () => void {
  const api = readApi(options)
  const currentClient = readClient(client)
  let isOn = true
  const adapter = { api, currentClient, isOn: () => isOn }
  const undos = [
    replaceGlobal(globalThis, 'fetch', (original) => adaptedFetch(original, adapter), adapter.isOn),
    replaceGlobal(
      globalThis,
      'XMLHttpRequest',
      (original) => adaptedXmlHttpRequest(original, adapter),
      adapter.isOn,
    ),
    warnOfBypass(adapter),
  ]
  return () => {
    isOn = false // for whoever has kept the adapted ones
    for (const undo of undos) undo()
  }
}

function readApi(options: AdaptRequestsOptions) {
  const { appKey, apiOrigins } = { ...options }
  if (!isBare(appKey)) {
    throw new ConfigurationError(
      'invalidRequest',
      'adaptRequests needs the appKey that the requests of this Power-Up carry, with nothing around it.',
    )
  }
  return keyedApi(appKey, readApiOrigins(apiOrigins ?? [API_ORIGIN]))
}

/** A function is asked at each request, and may have no client yet. */
function readClient(given: Client | (() => Client | undefined)): () => Client | undefined {
  if (typeof given === 'function') {
    return () => {
      const client = given()
      return client && clientIn(client)
    }
  }
  const client = clientIn(given)
  return () => client
}

function clientIn(given: Client): Client {
  if (typeof fieldsOf(given).fetch === 'function') return given
  const message =
    'adaptRequests needs the client to get tokens from. That of `t.getRestApi()` is its member `client`.'
  throw new ConfigurationError('invalidRequest', message)
}
