import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendFile, sendNotFound } from './static-files'
import type { SwitchBoard } from './switches'

export interface PowerUpHostOptions {
  /** The Power-Up's own files. */
  directory: string
  /** The built package: `/lib/`, and the two files of the callback page at the root. */
  packageDirectory: string
  /** Served under `/fixtures/`, for tests. */
  fixturesDirectory: string | undefined
  origins: { trello: string; auth: string; api: string }
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
    if (path.startsWith('/lib/'))
      return sendFile(response, options.packageDirectory, path.slice('/lib'.length))
    if (path.startsWith('/fixtures/') && options.fixturesDirectory !== undefined) {
      return sendFile(response, options.fixturesDirectory, path.slice('/fixtures'.length))
    }
    return sendFile(response, options.directory, path, pageHeaders)
  }
}

const callbackHeaders = {
  'content-security-policy': "default-src 'self'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
}
