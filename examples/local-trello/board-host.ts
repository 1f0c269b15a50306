import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { answerControl, type ControlOptions } from './control'
import { readJson, sendJson } from './json'
import { type LegacyTokens, sendLegacyConsent } from './legacy-tokens'
import { sendFile, sendNotFound } from './static-files'
import { switchesFromText } from './switches'
import type { TokenCommand, TokenHost } from './token-host'
import type { TrelloData } from './trello-data'

export interface BoardHostOptions extends ControlOptions {
  data: TrelloData
  legacyTokens: LegacyTokens
  origin: string
  powerUp: { id: string; name: string; connectorUrl: string }
  tokenHost: TokenHost
}

/** `trello.localhost`: the board page, the client script that Power-Ups load, and the control page. */
export function createBoardHost(options: BoardHostOptions) {
  const { data, switches } = options

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', options.origin)
    const path = url.pathname
    if (path === '/control' || path === '/control/state') return answerControl(options, request, response)
    if (path === '/1/authorize') {
      return sendLegacyConsent(request, response, options.legacyTokens, data.members[0].id)
    }
    if (path === '/' && applySwitches(url, response)) return sendBoard(response)
    if (path === '/tokens' && request.method === 'POST') return answerTokens(request, response)
    if (path === '/board-data') {
      const { members, workspaces, boards, lists, cards } = data
      sendJson(response, 200, { powerUp: options.powerUp, members, workspaces, boards, lists, cards })
      return
    }
    if (path === '/power-up.min.js') {
      await sendFile(response, pagesDirectory, 'power-up.js', scriptHeaders, withSettings)
      return
    }
    if (await sendFile(response, pagesDirectory, path)) return
    if (!response.headersSent) sendNotFound(response)
  }

  /** What of the client script the server decides. */
  function withSettings(script: string): string {
    const settings = { tokenCommands: switches.get().hostCommands !== 'missing' }
    return script.replace('/* settings */ {}', JSON.stringify(settings))
  }

  /** What the board page asks for when a frame of the Power-Up wants tokens. */
  async function answerTokens(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const command = await readJson<TokenCommand>(request, response)
    if (command === undefined) return
    try {
      sendJson(response, 200, { result: await options.tokenHost(command) })
    } catch (error) {
      sendJson(response, 200, { error: error instanceof Error ? error.message : String(error) })
    }
  }

  function applySwitches(url: URL, response: ServerResponse): boolean {
    try {
      switches.set(switchesFromText(url.searchParams))
      return true
    } catch (error) {
      response.writeHead(400, { 'content-type': 'text/plain;charset=utf-8' })
      response.end(error instanceof Error ? error.message : String(error))
      return false
    }
  }

  async function sendBoard(response: ServerResponse): Promise<void> {
    const { boardOpenerPolicy } = switches.get()
    const headers = boardOpenerPolicy === 'none' ? {} : { 'cross-origin-opener-policy': boardOpenerPolicy }
    await sendFile(response, pagesDirectory, 'board.html', headers)
  }
}

const scriptHeaders = { 'cross-origin-resource-policy': 'cross-origin' }
const pagesDirectory = fileURLToPath(new URL('pages', import.meta.url))
