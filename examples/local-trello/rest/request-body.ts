import type { IncomingMessage } from 'node:http'
import type { UploadedFile } from './route'

export interface RequestBody {
  parameters: Record<string, unknown>
  file: UploadedFile | undefined
}

/** Reads a body: a form, a form with a file, or JSON. What can't be read is as if it weren't there. */
export async function readRequestBody(request: IncomingMessage): Promise<RequestBody> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  const type = request.headers['content-type'] ?? ''
  if (type.startsWith('multipart/form-data')) return readForm(bytes, type)
  return { parameters: bytes.length === 0 ? {} : parametersOf(bytes.toString(), type), file: undefined }
}

async function readForm(bytes: Buffer, type: string): Promise<RequestBody> {
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } })
    .formData()
    .catch(() => new FormData())
  const parameters: Record<string, unknown> = {}
  let file: UploadedFile | undefined
  for (const [name, value] of form) {
    if (typeof value === 'string') parameters[name] = value
    else file = { name: value.name, type: value.type, bytes: Buffer.from(await value.arrayBuffer()) }
  }
  return { parameters, file }
}

function parametersOf(text: string, type: string): Record<string, unknown> {
  if (!type.includes('json')) return Object.fromEntries(new URLSearchParams(text))
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
