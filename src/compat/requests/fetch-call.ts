import { definedOptions, requestOptions } from '../../api/request-init'
import { isInstance } from '../../base/instance'
import { hasMembers } from './keyed-body'
import { apiUrl, type KeyedApi, type KeyedRequest, withoutKey } from './keyed-request'

/** A call of `fetch` to the API. */
export interface FetchCall extends KeyedRequest<BodyInit | null | undefined> {
  /** Every option that the call has, those of its Request included. */
  init: RequestInit
  /** The Request that holds the body. `undefined` where `body` has it. */
  holder: Request | undefined
}

/** A body that was read out of a Request. */
export interface HeldBody {
  /** The body as the Request would send it. */
  bytes: ArrayBuffer
  /** The same as a text or a form, where the Content-Type names one of these. */
  content: ArrayBuffer | string | FormData
}

/** Reads the arguments. `undefined` for calls to other addresses, and for arguments that `fetch` itself refuses. */
export function readFetchCall([input, init]: Parameters<typeof fetch>, api: KeyedApi): FetchCall | undefined {
  try {
    const request = isInstance(input, 'Request') ? input : undefined
    const url = apiUrl(request ? request.url : String(input), api)?.href
    if (url === undefined || !isDictionary(init)) return undefined
    const options = { ...(request && requestOptions(request)), ...definedOptions(init) }
    const hasBody = request && options.body == null && !/^(?:GET|HEAD)$/i.test(options.method ?? 'GET')
    return {
      url,
      init: options,
      headers: new Headers(options.headers),
      body: options.body,
      holder: hasBody ? request : undefined,
    }
  } catch {
    return undefined
  }
}

/** Reads a copy of the body that `holder` has. `undefined` where nothing in it can matter, or it was used before. */
export async function readHeldBody(
  { holder, headers, ...call }: FetchCall,
  api: KeyedApi,
): Promise<HeldBody | undefined> {
  const type = headers.get('Content-Type')
  const isKeyedByQuery = withoutKey({ ...call, headers, body: undefined }, api) !== undefined
  if (!holder || !(isKeyedByQuery || hasMembers(type))) return undefined
  try {
    const bytes = await holder.clone().arrayBuffer()
    if (!hasMembers(type)) return { bytes, content: bytes }
    const isForm = /^\s*multipart\//i.test(type ?? '')
    return { bytes, content: isForm ? await formOf(bytes, type ?? '') : await new Response(bytes).text() }
  } catch {
    return undefined
  }
}

function isDictionary(init: unknown): init is RequestInit | null | undefined {
  return init == null || typeof init === 'object' || typeof init === 'function'
}

/** A form that can't be read stays as it is. */
function formOf(bytes: ArrayBuffer, type: string): Promise<FormData | ArrayBuffer> {
  return new Response(bytes, { headers: { 'Content-Type': type } }).formData().catch(() => bytes)
}
