import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { answerControl, type ControlOptions } from './control'
import { sendFile, sendNotFound } from './static-files'
import { switchesFromText } from './switches'
import type { TrelloData } from './trello-data'

export interface BoardHostOptions extends ControlOptions {
  data: TrelloData
  origin: string
  powerUp: { id: string; name: string; connectorUrl: string }
}

/** `trello.localhost`: the board page, the client script that Power-Ups load, and the control page. */
export function createBoardHost(options: BoardHostOptions) {
  const { data, switches } = options

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', options.origin)
    const path = url.pathname
    if (path === '/control' || path === '/control/state') return answerControl(options, request, response)
    if (path === '/' && applySwitches(url, response)) return sendBoard(response)
    if (path === '/board-data') {
      const { members, workspaces, boards, lists, cards } = data
      const body = { powerUp: options.powerUp, members, workspaces, boards, lists, cards }
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      response.end(JSON.stringify(body))
      return
    }
    if (path === '/power-up.min.js') {
      await sendFile(response, pagesDirectory, 'power-up.js', {
        'cross-origin-resource-policy': 'cross-origin',
      })
      return
    }
    if (await sendFile(response, pagesDirectory, path)) return
    if (!response.headersSent) sendNotFound(response)
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

const pagesDirectory = fileURLToPath(new URL('pages', import.meta.url))
