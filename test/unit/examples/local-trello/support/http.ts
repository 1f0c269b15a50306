import { request } from 'node:http'
import type { LocalTrello } from '../../../../../examples/local-trello/local-trello'

export interface Answer {
  status: number
  headers: Record<string, string>
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into it and fails where it isn't so
  json: any
}

export interface Asked {
  method?: string
  headers?: Record<string, string>
  body?: string
  /** The body is bytes, one for each character. */
  latin1?: boolean
}

/** Asks one of the local Trello's sites. Node doesn't resolve `auth.localhost` on every machine. */
export function ask(trello: LocalTrello, url: string, asked: Asked = {}): Promise<Answer> {
  const { host, pathname, search } = new URL(url)
  const { method = 'GET', headers = {}, body, latin1 = false } = asked
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: trello.port,
        path: pathname + search,
        method,
        headers: { ...headers, host },
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers as Record<string, string>,
            text,
            json: parsed(text),
          })
        })
      },
    )
    sent.on('error', reject)
    sent.end(body, latin1 ? 'latin1' : 'utf8')
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
