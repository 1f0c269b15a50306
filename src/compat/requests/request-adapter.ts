import { ConfigurationError } from '../../base/errors'
import { API_ORIGIN } from '../../base/trello'
import type { Client } from '../../client/client'
import { adaptedFetch } from './fetch-adapter'
import { keyedApi } from './keyed-request'
import { adaptedXmlHttpRequest } from './xml-http-request-adapter'

export interface AdaptRequestsOptions {
  /** The old API key of this Power-Up: only requests that carry it are touched. */
  appKey: string
  /** Those of the client. */
  apiOrigins?: readonly (string | URL)[]
}

/**
 * From now on `fetch` and `XMLHttpRequest` of this page send requests to `https://api.trello.com/1` and
 * `https://trello.com/1` that carry `appKey` without their `key` and `token`, and with a Bearer header that is fresh at
 * that moment. A 401 for a dead token costs one refresh and one replay. Without a grant they go out without header, and
 * Trello answers with 401. Every other request is left as it is. Returns its own undo.
 * @throws ConfigurationError where `appKey` is missing; the adapted calls do for what can't be sent with a Bearer header
 */
export function adaptRequests(
  client: Client | (() => Client | undefined),
  { appKey, apiOrigins = [API_ORIGIN] }: AdaptRequestsOptions,
): () => void {
  if (typeof appKey !== 'string' || appKey.trim() === '') {
    throw new ConfigurationError(
      'invalidRequest',
      'adaptRequests needs the appKey that the requests of this Power-Up carry.',
    )
  }
  const [first = API_ORIGIN, ...others] = apiOrigins.map((origin) => new URL(origin).origin)
  const api = keyedApi(appKey, [first, ...others])
  const currentClient = typeof client === 'function' ? client : () => client
  let isOn = true
  const adapter = { api, currentClient, isOn: () => isOn }
  const undos = [
    replace('fetch', (original) => adaptedFetch(original, adapter)),
    replace('XMLHttpRequest', (original) => adaptedXmlHttpRequest(original, adapter)),
  ]
  return () => {
    isOn = false // for whoever has kept the adapted ones
    for (const undo of undos) undo()
  }
}

function replace<Name extends 'fetch' | 'XMLHttpRequest'>(
  name: Name,
  adapt: (original: (typeof globalThis)[Name]) => (typeof globalThis)[Name],
): () => void {
  const original = globalThis[name]
  const before = Object.getOwnPropertyDescriptor(globalThis, name)
  if (original === undefined) return () => undefined
  const adapted = adapt(original)
  // Not by assignment: other tools that wrap it may have left it read-only.
  Object.defineProperty(globalThis, name, {
    configurable: true,
    writable: true,
    enumerable: true,
    value: adapted,
  })
  return () => {
    if (globalThis[name] !== adapted) return
    Reflect.deleteProperty(globalThis, name)
    if (before) Object.defineProperty(globalThis, name, before)
  }
}
