import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'

/** Sends a file below `directory`; false where there is none, or where the path leads out of it. */
export async function sendFile(
  response: ServerResponse,
  directory: string,
  path: string,
  headers: Record<string, string> = {},
  rewrite: (content: string, extension: string) => string = (content) => content,
): Promise<boolean> {
  const file = normalize(join(directory, decodePath(path)))
  if (!file.startsWith(normalize(directory + sep))) return false
  const content = await readFile(file.endsWith(sep) ? join(file, 'index.html') : file).catch(() => undefined)
  if (content === undefined) return false
  const extension = file.endsWith(sep) ? '.html' : extname(file)
  response.writeHead(200, {
    'content-type': contentTypes[extension] ?? 'application/octet-stream',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  response.end(isText.has(extension) ? rewrite(content.toString(), extension) : content)
  return true
}

export function sendNotFound(response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'text/plain;charset=utf-8' }).end('Not found')
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

const isText = new Set(['.html', '.js', '.mjs'])

const contentTypes: Record<string, string> = {
  '.html': 'text/html;charset=utf-8',
  '.js': 'text/javascript;charset=utf-8',
  '.mjs': 'text/javascript;charset=utf-8',
  '.css': 'text/css;charset=utf-8',
  '.json': 'application/json;charset=utf-8',
  '.map': 'application/json;charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain;charset=utf-8',
  '.wasm': 'application/wasm',
}
