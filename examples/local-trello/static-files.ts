import { existsSync } from 'node:fs'
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
  const file = fileAt(directory, path)
  if (file === undefined) return false
  const content = await readFile(file.endsWith(sep) ? join(file, 'index.html') : file).catch(() => undefined)
  if (content === undefined) return false
  const extension = file.endsWith(sep) ? '.html' : endingOf(file)
  response.writeHead(200, {
    'content-type': contentTypes[extension] ?? 'application/octet-stream',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  response.end(isText.has(extension) ? rewrite(content.toString(), extension) : content)
  return true
}

/** Tells that a path names a folder with a page in it, without the slash at its end. */
export function isFolderOfPage(directory: string, path: string): boolean {
  const page = path.endsWith('/') ? undefined : fileAt(directory, `${path}/index.html`)
  return page !== undefined && existsSync(page)
}

/** The file for a path; undefined where the path leads out of the directory. */
function fileAt(directory: string, path: string): string | undefined {
  const file = normalize(join(directory, decodePath(path)))
  return file.startsWith(normalize(directory + sep)) ? file : undefined
}

/** As hosts see it: in small letters, and with one ending for pages. */
function endingOf(file: string): string {
  const ending = extname(file).toLowerCase()
  return ending === '.htm' ? '.html' : ending
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
