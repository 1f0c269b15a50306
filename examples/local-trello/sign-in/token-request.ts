import { Readable } from 'node:stream'
import type { Context } from './token-endpoint'

/** The fields of a token request that the local Trello looks at. */
export interface TokenRequestFields {
  encoding: 'json' | 'form'
  grantType: string
  clientId: string
  refreshToken: string | undefined
  verifier: string | undefined
}

/**
 * Reads the body of a token request, JSON or a form, and leaves a form behind for the certified server, which reads
 * nothing else. Atlassian's endpoint takes both, too.
 */
export async function readTokenRequest(ctx: Context): Promise<TokenRequestFields> {
  const chunks: Buffer[] = []
  for await (const chunk of ctx.req) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  const encoding = ctx.is('json') ? 'json' : 'form'
  const form = encoding === 'json' ? formOfJson(text) : new URLSearchParams(text)
  const body = Buffer.from(form.toString())
  ctx.req.headers['content-type'] = 'application/x-www-form-urlencoded'
  ctx.req.headers['content-length'] = String(body.length)
  // The provider reads `req.iterator()` while `req.readable`; a stream that has been read can't be filled again.
  Object.defineProperties(ctx.req, {
    readable: { value: true },
    iterator: { value: () => Readable.from([body]).iterator() },
  })
  return {
    encoding,
    grantType: form.get('grant_type') ?? '',
    clientId: form.get('client_id') ?? '',
    refreshToken: form.get('refresh_token') ?? undefined,
    verifier: form.get('code_verifier') ?? undefined,
  }
}

/** An empty form where the text is no JSON object: the server then says what is missing. */
function formOfJson(text: string): URLSearchParams {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(parsed(text))) {
    if (value !== null && value !== undefined) form.set(name, String(value))
  }
  return form
}

function parsed(text: string): object {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
