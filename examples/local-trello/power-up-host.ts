import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { sendFile, sendNotFound } from './static-files'
import type { SwitchBoard } from './switch-board'

export interface PowerUpHostOptions {
  /** The Power-Up's own files. */
  directory: string
  /** The built package: `/lib/`, and at the root the two files of the callback page and the build for script tags. */
  packageDirectory: string
  /** Served under `/fixtures/`, for tests. */
  fixturesDirectory: string | undefined
  origins: { trello: string; auth: string; api: string }
  /** Puts the addresses of this machine, and this client id, where the Power-Up and the package name Trello's. */
  localClientId: string | undefined
  switches: SwitchBoard
}

/** The static host of a Power-Up, with the headers that the docs ask for. */
export function createPowerUpHost(options: PowerUpHostOptions) {
  const { trello, auth, api } = options.origins
  const pageHeaders = {
    'content-security-policy': [
      "default-src 'self'",
      `script-src 'self' ${trello}`,
      `connect-src 'self' ${auth} ${api}`,
      "base-uri 'none'",
      "form-action 'none'",
      `frame-ancestors ${trello}`,
    ].join('; '),
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', 'http://powerup.localhost')
    if (await send(response, pathname)) return
    sendNotFound(response)
  }

  async function send(response: ServerResponse, path: string): Promise<boolean> {
    if (path === '/callback.html' || path === '/powerup-oauth-callback.js') {
      const isStrict = options.switches.get().callbackHeaders === 'strict'
      return sendFile(response, options.packageDirectory, path, isStrict ? callbackHeaders : {})
    }
    if (path === '/powerup-oauth.global.js') return sendFile(response, options.packageDirectory, path)
    if (path.startsWith('/lib/')) return sendLibrary(response, path.slice('/lib'.length))
    const { fixturesDirectory } = options
    if (path.startsWith('/fixtures/') && fixturesDirectory !== undefined) {
      return sendFile(response, fixturesDirectory, path.slice('/fixtures'.length), {}, withLocalScript)
    }
    return sendFile(response, options.directory, path, pageHeaders, withLocalScript)
  }

  /** A page on this machine loads the local client script where it would load Trello's: its source stays as it is. */
  function withLocalScript(content: string, extension: string): string {
    if (extension === '.html')
      return withLocalEndpoints(content.replaceAll(trelloScript, `${trello}/power-up.min.js`))
    return extension === '.js'
      ? withLocalEndpoints(content).replace(packageImport, '$1/lib/$2.js$3')
      : content
  }

  function withLocalEndpoints(content: string): string {
    const { localClientId } = options
    if (localClientId === undefined) return content
    return content
      .replaceAll('https://auth.atlassian.com/authorize', `${auth}/authorize`)
      .replaceAll('https://auth.atlassian.com/oauth/token', `${auth}/oauth/token`)
      .replaceAll('https://auth.atlassian.com', auth)
      .replaceAll('https://p.trellocdn.com', trello)
      .replaceAll('https://api.trello.com', api)
      .replaceAll('https://trello.com', trello)
      .replaceAll('your-client-id', localClientId)
  }

  /** The built package, with its two dependencies where a browser without a bundler finds them. */
  async function sendLibrary(response: ServerResponse, path: string): Promise<boolean> {
    const { laterPieces } = options.switches.get()
    if (laterPieces !== 'served' && laterPiece.test(path)) {
      if (laterPieces === 'cut') response.destroy()
      return laterPieces === 'cut'
    }
    const dependency = dependencies[path]
    if (dependency !== undefined) return sendFile(response, packages, dependency)
    return sendFile(response, options.packageDirectory, path, {}, (content, extension) =>
      extension === '.js' ? withLocalEndpoints(content.replaceAll(bareImport, '$1$2/lib/$3.js$2')) : content,
    )
  }
}

const trelloScript = 'https://p.trellocdn.com/power-up.min.js'
const bareImport = /((?:from|import)\s*\(?\s*)(["'])(oauth4webapi|idb-keyval)\2/g
const laterPiece = /^\/(?:flows|refusal|operation-scopes)-/
const packageImport = /(from ['"])powerup-oauth\/(compat)(['"])/
const packages = fileURLToPath(new URL('../../node_modules', import.meta.url))
const dependencies: Record<string, string> = {
  '/oauth4webapi.js': 'oauth4webapi/build/index.js',
  '/idb-keyval.js': 'idb-keyval/dist/index.js',
  '/axios.js': 'axios-0.21/dist/axios.min.js',
  '/jquery.js': 'jquery/dist/jquery.min.js',
}

const callbackHeaders = {
  'content-security-policy': "default-src 'self'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
}
