import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A Power-Up's host with the strictest policy that the docs know, and a page that plays the frame which signs in. */
export interface CallbackHost {
  origin: string
  /** `Referer` of each request that was not for a page. */
  referers: readonly string[]
  /** Whether the callback page can close itself, from its next visit on. */
  canClose: boolean
  /** Whether the script of the callback page is there. */
  hasScript: boolean
  close(): Promise<void>
}

const POLICY =
  "default-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors 'none'; base-uri 'none'"

export async function openCallbackHost(): Promise<CallbackHost> {
  const referers: string[] = []
  const host = { origin: '', referers, canClose: true, hasScript: true, close: () => Promise.resolve() }
  const server = createServer((request, response) => {
    if (request.headers.referer !== undefined && request.url?.endsWith('.js')) {
      referers.push(request.headers.referer)
    }
    answer(host, request, response).catch(() => response.writeHead(500).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  host.origin = `http://powerup.localhost:${(server.address() as AddressInfo).port}`
  host.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return host
}

async function answer(
  { canClose, hasScript }: CallbackHost,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://powerup.localhost')
  response.setHeader('cache-control', 'no-store')
  response.setHeader('content-security-policy', POLICY)
  response.setHeader('content-type', pathname.endsWith('.js') ? 'text/javascript' : 'text/html;charset=utf-8')
  if (pathname === '/opener.html') response.end(OPENER)
  else if (pathname === '/opener.js') response.end(OPENER_SCRIPT)
  else if (pathname === '/watch.js') response.end(WATCH + (canClose ? '' : 'window.close = () => {}'))
  else if (pathname === '/sub/callback.html') {
    const page = await readFile('dist/callback.html', 'utf8')
    response.end(page.replace('<script', '<script src="../watch.js"></script><script'))
  } else if (pathname === '/sub/powerup-oauth-callback.js' && hasScript) {
    response.end(await readFile('dist/powerup-oauth-callback.js'))
  } else response.writeHead(404).end()
}

/** Notes what the page did against its policy, and what it did not catch. */
const WATCH = `
window.trouble = []
addEventListener('securitypolicyviolation', ({ violatedDirective }) => trouble.push(violatedDirective))
addEventListener('error', ({ message }) => trouble.push(message))
addEventListener('unhandledrejection', ({ reason }) => trouble.push(String(reason)))
`

const OPENER =
  '<!doctype html><title>The frame that signs in</title><button id="open">Open</button><script src="opener.js"></script>'

/** Answers as a test tells it: `answers` holds, by the type of the message, what to send back and how late. */
const OPENER_SCRIPT = `
window.received = []
window.answers = {}
addEventListener('message', ({ data, source, origin }) => {
  received.push(data)
  const { message, afterMs = 0 } = answers[data.type] ?? {}
  if (message) setTimeout(() => source.postMessage(message, origin), afterMs)
})
document.querySelector('#open').addEventListener('click', () => {
  window.opened = open(target, '_blank', 'popup,width=600,height=760')
})
`
