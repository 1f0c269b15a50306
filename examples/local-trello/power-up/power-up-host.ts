import type { IncomingMessage, ServerResponse } from 'node:http'
import type { WritableLog } from '../log'
import { sendFile, sendNotFound } from '../static-files'
import type { SwitchBoard } from '../switch-board'
import { sendBuiltPackage } from './built-package'
import { callbackNotice } from './callback-notice'
import { type LocalOrigins, rewritePage, rewriteScript } from './page-rewrite'
import { createPolicyReports, pageHeaders, policyReportPath } from './policies'
import { sendPowerUpFile } from './power-up-files'
import type { PowerUpProxy, ProxiedPage } from './power-up-proxy'

export interface PowerUpHostOptions {
  /** The Power-Up's own files, or the server that has them. */
  source: { directory: string } | { proxy: PowerUpProxy }
  /** The built package, for the examples of its repository: see built-package.ts. */
  packageDirectory: string | undefined
  /** Served under `/fixtures/`, for tests. */
  fixturesDirectory: string | undefined
  origins: LocalOrigins
  /** Whether the consent may come back to this path. */
  isCallbackPath(path: string): boolean
  switches: SwitchBoard
  log: WritableLog
}

/** The host of a Power-Up: its pages with Trello's addresses led to this machine, and with the policies of the switch. */
export function createPowerUpHost(options: PowerUpHostOptions) {
  const { origins, switches, log, source, packageDirectory, fixturesDirectory } = options
  const takeReport = createPolicyReports(log, origins)

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', 'http://powerup.localhost')
    if (pathname === policyReportPath) return takeReport(request, response)
    const isCallback = options.isCallbackPath(pathname)
    const kind = isCallback || pathname.endsWith('/powerup-oauth-callback.js') ? 'callback' : 'page'
    const headers = pageHeaders(switches.get(), kind, origins)
    if (await send(request, response, pathname, { headers, isCallback })) return
    if (isCallback) sendNotice(response, pathname)
    else sendNotFound(response)
  }

  async function send(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    page: ProxiedPage,
  ): Promise<boolean> {
    if (path.startsWith('/fixtures/') && fixturesDirectory !== undefined) {
      const rewrite = (content: string, extension: string) =>
        extension === '.html'
          ? rewritePage(content, origins)
          : extension === '.js'
            ? rewriteScript(content, origins)
            : content
      return sendFile(response, fixturesDirectory, path.slice('/fixtures'.length), {}, rewrite)
    }
    if ('proxy' in source) return source.proxy.send(request, response, page)
    if (await sendPowerUpFile(response, source.directory, path, page, origins)) return true
    if (packageDirectory === undefined) return false
    return sendBuiltPackage(response, packageDirectory, path, page.headers, origins, switches)
  }

  function sendNotice(response: ServerResponse, path: string): void {
    log.say('sign-in', `There is no page at ${path}, where the consent comes back to`, true)
    response.writeHead(404, { 'content-type': 'text/html;charset=utf-8' }).end(callbackNotice(path))
  }
}
