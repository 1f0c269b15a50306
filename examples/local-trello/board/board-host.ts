import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ClientScript, clientScript } from '../client-script'
import type { TrelloData } from '../data/trello-data'
import { readJson, sendJson } from '../json'
import { ownFile } from '../own-files'
import type { LocalOrigins } from '../power-up/page-rewrite'
import { endpointsFor } from '../power-up/page-rewrite'
import { sendLegacyConsent } from '../sign-in/legacy-consent'
import type { LegacyTokens } from '../sign-in/legacy-tokens'
import { sendFile, sendNotFound } from '../static-files'
import { switchesFromText } from '../switches'
import { boardView, cardView } from './board-view'
import { answerControl, type ControlOptions } from './control'
import { sendLiveEvents } from './live-events'
import type { RunTCommand, TCommand } from './t-commands'

export interface BoardHostOptions extends ControlOptions {
  data: TrelloData
  legacyTokens: LegacyTokens
  origins: LocalOrigins
  powerUp: { id: string; name: string; connectorUrl: string }
  runTCommand: RunTCommand
  /** Carries out a call to the REST API for a member who works on the board page itself. */
  runAsMember(
    memberId: string,
    method: string,
    path: string,
    parameters: Record<string, unknown>,
  ): Promise<unknown>
}

/** `trello.localhost`: the board page, the scripts that Power-Ups load, and the control page. */
export function createBoardHost(options: BoardHostOptions) {
  const { data, switches, log, origins } = options

  /** Paths with an answer of their own; everything else is a file of the pages. */
  const answers: Record<string, (request: IncomingMessage, response: ServerResponse, url: URL) => unknown> = {
    'GET /': (_request, response, url) => applySwitches(url, response) && sendBoard(response),
    'GET /control': (request, response) => answerControl(options, request, response),
    'POST /control': (request, response) => answerControl(options, request, response),
    'GET /control/state': (request, response) => answerControl(options, request, response),
    'GET /events': (request, response) => sendLiveEvents(options, request, response),
    'GET /board-data': (_request, response, url) => sendBoardData(response, url),
    'GET /card-data': (_request, response, url) => sendCardData(response, url),
    'POST /t': (request, response) => answerWith<TCommand>(request, response, options.runTCommand),
    'POST /edit': (request, response) =>
      answerWith<Edit>(request, response, ({ member, method, path, parameters }) =>
        options.runAsMember(member, method, path, parameters),
      ),
    'POST /say': (request, response) =>
      answerWith<Said>(request, response, async ({ area, words }) => log.say(area, words, true)),
    'GET /1/authorize': (request, response, url) => sendConsentOf(request, response, url),
    'GET /power-up.min.js': (_request, response) => sendScript(response, 'trello-power-up'),
    'GET /page-endpoints.js': (_request, response) => sendScript(response, 'page-endpoints'),
    'GET /1/client.js': (_request, response) => sendScript(response, 'client-js'),
    'GET /power-up.min.css': (_request, response) =>
      sendFile(response, pagesDirectory, 'power-up.css', scriptHeaders),
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', origins.trello)
    const answer = answers[`${request.method} ${url.pathname}`]
    if (answer !== undefined) {
      await answer(request, response, url)
      return
    }
    const place = placeOf(url.pathname)
    if (place !== undefined) {
      response.writeHead(302, { location: place }).end()
      return
    }
    if (await sendFile(response, pagesDirectory, url.pathname)) return
    sendNotFound(response)
  }

  /** The old consent is given by whom the board shows, as Trello's is by who is logged in. */
  function sendConsentOf(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const wanted = url.searchParams.get('member')
    const member = data.members.find(({ id }) => id === wanted) ?? data.members[0]
    sendLegacyConsent(request, response, options.legacyTokens, member)
  }

  async function sendScript(response: ServerResponse, name: ClientScript): Promise<void> {
    const { hostCommands, clockOffsetS } = switches.get()
    const settings = {
      tokenCommands: hostCommands !== 'missing',
      endpoints: endpointsFor(origins),
      clockOffsetS,
    }
    response.writeHead(200, { 'content-type': 'text/javascript;charset=utf-8', ...scriptHeaders })
    response.end(await clientScript(name, settings))
  }

  function sendBoardData(response: ServerResponse, url: URL): void {
    const board = data.boards.find(({ id }) => id === url.searchParams.get('board')) ?? data.boards[0]
    sendJson(response, 200, { powerUp: options.powerUp, ...boardView(data, board) })
  }

  function sendCardData(response: ServerResponse, url: URL): void {
    const card = data.cards.find(({ id }) => id === url.searchParams.get('card'))
    if (card === undefined) sendNotFound(response)
    else sendJson(response, 200, cardView(data, card))
  }

  /** What the board page passes on; an error comes as words. */
  async function answerWith<T>(
    request: IncomingMessage,
    response: ServerResponse,
    run: (given: T) => Promise<unknown>,
  ): Promise<void> {
    const given = await readJson<T>(request, response)
    if (given === undefined) return
    try {
      sendJson(response, 200, { result: await run(given) })
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

  /** Trello's addresses of boards and cards, as they are in the data. */
  function placeOf(path: string): string | undefined {
    const [, kind, shortLink] = /^\/([bc])\/(\w+)/.exec(path) ?? []
    const card = kind === 'c' ? data.cards.find((each) => each.shortLink === shortLink) : undefined
    const board = data.boards.find((each) => each.shortLink === shortLink || each.id === card?.idBoard)
    if (board === undefined) return undefined
    return `/?board=${board.id}${card === undefined ? '' : `&card=${card.id}`}`
  }
}

interface Edit {
  member: string
  method: string
  path: string
  parameters: Record<string, unknown>
}

interface Said {
  area: 'missing' | 'board'
  words: string
}

const scriptHeaders = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'cross-origin',
  'access-control-allow-origin': '*',
}
const pagesDirectory = ownFile('pages')
