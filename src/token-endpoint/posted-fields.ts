import { parseObject } from '../base/fields'

/** Bodies that hold a code or a token are far smaller. */
const BODY_MAX_BYTES = 8_000

/**
 * Reads the fields of a posted body, JSON or a form, in one shape for both. `undefined`: the JSON is damaged or holds more
 * than texts, or the caller went away in the middle.
 */
export async function readFields(request: Request): Promise<URLSearchParams | 'tooLarge' | undefined> {
  const text = await readText(request, BODY_MAX_BYTES)
  if (text === undefined || text === 'tooLarge') return text
  return fieldsOf(text, request.headers.get('content-type') ?? '')
}

/** Reads a body up to a size. `undefined`: it was cut off. */
export async function readText(
  { body, headers }: Request | Response,
  maxBytes: number,
): Promise<string | 'tooLarge' | undefined> {
  if (Number(headers.get('content-length')) > maxBytes) return 'tooLarge'
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  try {
    const reader = body?.getReader()
    // The rest of a body that is too large is left unread: cancelling would cut off the answer in Node.
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      bytes += part.value.byteLength
      if (bytes > maxBytes) return 'tooLarge'
      text += decoder.decode(part.value, { stream: true })
    }
  } catch {
    return undefined
  }
  return text + decoder.decode()
}

function fieldsOf(body: string, contentType: string): URLSearchParams | undefined {
  if (!/^\s*application\/json\b/i.test(contentType)) return new URLSearchParams(body)
  const fields = Object.entries(parseObject(body) ?? {})
  const texts = fields.flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[name, value]] : [],
  )
  return texts.length === fields.length ? new URLSearchParams(texts) : undefined
}
