import { definedOptions } from '../../api/request-init'
import { keptBody } from '../../api/taken-body'
import { isInstance } from '../../base/instance'
import type { Client } from '../../client/client'
import { noteRefusal } from '../rest-api/legacy-client'
import { type Adapter, isLegacyNow, isWithoutGrant } from './bearer'
import { type FetchCall, readFetchCall, readHeldBody } from './fetch-call'
import { isReplacedHeader, refuseTokenInPath, type UnkeyedRequest, withoutKey } from './keyed-request'

type Fetch = typeof globalThis.fetch
type Unkeyed = UnkeyedRequest<BodyInit | null | undefined>

/** Makes a `fetch` for a page whose requests carry key and token. Every other call goes to `original` as it is. */
export function adaptedFetch(original: Fetch, { api, currentClient, isOn }: Adapter): Fetch {
  return function fetch(this: unknown, ...given: Parameters<Fetch>): Promise<Response> {
    const asGiven = (): Promise<Response> => Reflect.apply(original, this, given)
    const call = isOn() ? readFetchCall(given, api) : undefined
    if (!call) return asGiven()
    if (call.holder) return fetchRequest(call, asGiven)
    let unkeyed: Unkeyed | undefined
    try {
      unkeyed = withoutKey(call, api)
    } catch (error) {
      return Promise.reject(error) // `fetch` never throws
    }
    if (!unkeyed) return asGiven()
    const kept = keptArguments(given, call)
    return send(call, { ...unkeyed, body: keptBody(unkeyed.body) }, () => Reflect.apply(original, this, kept))
  }

  async function fetchRequest(call: FetchCall, asGiven: () => Promise<Response>): Promise<Response> {
    const held = await readHeldBody(call, api)
    const unkeyed = held && withoutKey({ ...call, body: held.content }, api)
    if (!unkeyed) return asGiven()
    const body = unkeyed.body === held.content ? held.bytes : unkeyed.body
    return send(call, { ...unkeyed, body }, asGiven)
  }

  async function send(
    { init, headers }: FetchCall,
    { url, body }: Unkeyed,
    asGiven: () => Promise<Response>,
  ): Promise<Response> {
    const client = currentClient()
    await client?.readState()
    if (isLegacyNow(client)) return withOldToken(client, asGiven)
    refuseTokenInPath(url)
    const kept = [...headers].filter(([name]) => !isReplacedHeader(name, body))
    const options = { ...init, headers: kept, body: body ?? null }
    try {
      if (client) return await client.fetch(url, options)
    } catch (error) {
      if (!isWithoutGrant(error)) throw error
    }
    return original(url, options)
  }
}

/** Copies the arguments of a call, which the page could change while it waits. */
function keptArguments([input, init]: Parameters<Fetch>, { headers }: FetchCall): unknown[] {
  const address = isInstance(input, 'Request') ? input : String(input)
  return init ? [address, { ...definedOptions(init), headers, body: keptBody(init.body) }] : [address]
}

async function withOldToken(client: Client | undefined, asGiven: () => Promise<Response>): Promise<Response> {
  const response = await asGiven()
  if (response.status === 401) await noteRefusal(client)
  return response
}
