import type { IncomingMessage, ServerResponse } from 'node:http'
import { createBoardHost } from './board/board-host'
import { createTCommands } from './board/t-commands'
import type { Board, Member, Workspace } from './data/models'
import { readTrelloFile } from './data/trello-file'
import { createLog, type LocalTrelloLog } from './log'
import { openOnePort } from './one-port'
import { ownFile } from './own-files'
import { createPowerUpHost, type PowerUpHostOptions } from './power-up/power-up-host'
import { nameAtAddress, nameOfPowerUp } from './power-up/power-up-name'
import { createPowerUpProxy } from './power-up/power-up-proxy'
import { createOperations } from './rest/operations'
import { runAsMember } from './rest/rest-answers'
import { createRestApi } from './rest/rest-api'
import { createWebhookSender } from './rest/webhook-sender'
import { createAuthorizationServer } from './sign-in/authorization-server'
import { clientId, confidentialClient, findClient, otherClientId } from './sign-in/clients'
import { createJwtIssuer } from './sign-in/jwt'
import { createLegacyTokens, type LegacyTokens } from './sign-in/legacy-tokens'
import { createRedirectUris } from './sign-in/redirect-uris'
import { tokenEndpointPath } from './sign-in/token-endpoint'
import { createTokenHost } from './sign-in/token-host'
import { createTokenMemory } from './sign-in/token-memory'
import { sendFile, sendNotFound } from './static-files'
import { createSwitchBoard } from './switch-board'
import type { Switches } from './switches'

export type { Board, Member, Workspace } from './data/models'
export type { LocalTrelloLog, Secret, TokenRequest } from './log'
export type { Switches } from './switches'

export interface LocalTrelloOptions {
  /** Default 8080; 0 takes any free one. A taken port means the next one, which is said aloud. */
  port?: number
  /** Address of the connector page of a Power-Up that another server has; its pages are handed on from there. */
  powerUpUrl?: string
  /** Files of the Power-Up to serve; by default the example of this repository. */
  powerUpDirectory?: string
  /** Path of its connector page, where it is not `/index.html`. */
  connectorPath?: string
  /** Its name on the board and on the consent page; by default the title of its connector page. */
  powerUpName?: string
  /** The callback pages that are registered, as paths; by default `/callback.html`. */
  callbackPaths?: readonly string[]
  /** A file in the form of `data/trello.json`, which is the default: the people, boards and cards. */
  dataFile?: string
  /** Positions of switches to begin with, and to go back to with `reset()`. */
  switches?: Partial<Switches>
  /** The built package of this repository, whose files the Power-Up's host then has, too; `false` for none. */
  packageDirectory?: string | false
  /** Test pages, served at `powerup.localhost` under `/fixtures/`. */
  fixturesDirectory?: string
  /** Served at `attacker.localhost`: another origin, for attacks. */
  attackerDirectory?: string
  /** Prints nothing. */
  quiet?: boolean
}

export interface LocalTrello {
  port: number
  origins: { trello: string; powerUp: string; auth: string; api: string; attacker: string }
  /** Where a program on this machine finds the token endpoint: outside of browsers not every one knows `auth.localhost`. */
  tokenEndpoint: string
  /** The same for the REST API. */
  apiOrigin: string
  clientId: string
  /** The id of the Power-Up, as tickets of `t.jwt()` name it. */
  powerUpId: string
  /** A second client that is registered with the same callback pages: another Power-Up of the same developer. */
  otherClientId: string
  /** A client with a secret, as a Power-Up with a backend of its own has it. */
  confidentialClient: { id: string; secret: string }
  members: readonly [Member, ...Member[]]
  workspaces: readonly [Workspace, ...Workspace[]]
  boards: readonly [Board, ...Board[]]
  /** Registers one more callback page, compared character for character. */
  registerCallback(uri: string): void
  /** Address of the board page, for a member (default the first), a board (default the first) and an open card. */
  boardUrl(view?: { member?: Member | 'notLoggedIn'; board?: Board; openCard?: boolean }): string
  switches: {
    get(): Readonly<Switches>
    set(changes: Partial<Switches>): void
    reset(): void
  }
  log: LocalTrelloLog
  /** The tokens of the time before OAuth 2.0, which `/1/authorize` of the board's host gives out. */
  legacyTokens: LegacyTokens
  /** All access tokens are over from this moment on; says how many there were. The refresh tokens stay. */
  expireAccessTokens(): number
  /** Revokes the grants with all their tokens, as a person can in the account settings; says how many there were. */
  revokeGrants(filter?: { memberId?: string; clientId?: string; workspaceId?: string }): number
  close(): Promise<void>
}

/** Starts the stand-in for Trello: board page, authorization server, REST API and Power-Up host on one port. */
export async function startLocalTrello(options: LocalTrelloOptions = {}): Promise<LocalTrello> {
  const print = options.quiet ? () => {} : console.log
  const data = readTrelloFile(options.dataFile ?? ownFile('data/trello.json'))
  const server = await openOnePort(options.port ?? 8080, (taken) =>
    print(`Port ${taken} is taken, trying ${taken + 1}.`),
  )
  const origins = originsAt(server.port)
  const tokenEndpoint = `http://127.0.0.1:${server.port}${tokenEndpointPath}`
  const switches = createSwitchBoard(options.switches)
  const log = createLog()
  const missing = (what: string) => log.say('missing', `The local Trello has no ${what}`, true)
  const powerUp = await powerUpOf(options, origins)
  data.plugins.push({ id: pluginId, name: powerUp.name, iframeConnectorUrl: powerUp.connectorUrl })
  const legacyTokens = createLegacyTokens((value) => log.secrets.push({ kind: 'old token', value }))
  const redirectUris = createRedirectUris(
    (options.callbackPaths ?? ['/callback.html']).map((path) => origins.powerUp + path),
  )
  const memory = createTokenMemory(
    (secret) => log.secrets.push(secret),
    (id) =>
      findClient(id, {
        name: powerUp.name,
        redirectUris: redirectUris.list,
        takesAny: powerUp.takesAnyClient,
      }),
  )
  const revokeGrants: LocalTrello['revokeGrants'] = (filter = {}) => memory.revokeGrants(filter)
  const authorizationServer = await createAuthorizationServer({
    issuer: origins.auth,
    data,
    memory,
    switches,
    log,
    redirectUris,
    powerUpOrigin: origins.powerUp,
  })
  const askAuthorizationServer = async (request: IncomingMessage, response: ServerResponse) => {
    await authorizationServer(request, response)
  }
  const jwt = createJwtIssuer()
  const { askCallback } = createWebhookSender(data, (words) => log.say('webhook', words))
  const restOptions = {
    data,
    memory,
    legacyTokens,
    switches,
    findOperation: createOperations(askCallback),
    jwtKeys: jwt.publicKeys,
    missing,
  }

  const restApi = createRestApi({ ...restOptions, log })
  const proxy = 'url' in powerUp.source ? createPowerUpProxy(powerUp.source.url, origins) : undefined
  const board = createBoardHost({
    data,
    legacyTokens,
    origins,
    powerUp: { id: pluginId, name: powerUp.name, connectorUrl: powerUp.connectorUrl },
    runTCommand: createTCommands({
      data,
      tokenHost: createTokenHost({ tokenEndpoint, switches, clientOf: memory.clientOf }),
      jwt,
      switches,
      missing,
    }),
    runAsMember: (...call) => runAsMember(restOptions, ...call),
    switches,
    log,
    expireAccessTokens: memory.expireAccessTokens,
    revokeGrants,
  })
  const sites = {
    'trello.localhost': async (request: IncomingMessage, response: ServerResponse) => {
      // The API is there, too, beside what people and pages load.
      const isApi = /^\/1\/(?!(?:authorize|client\.js)(?:$|\?))/.test(request.url ?? '')
      await (isApi ? restApi(request, response) : board(request, response))
    },
    'powerup.localhost': createPowerUpHost({
      source: sourceOf(powerUp.source, proxy),
      packageDirectory: packageDirectoryOf(options),
      fixturesDirectory: options.fixturesDirectory,
      isCallbackPath: redirectUris.isCallbackPath,
      origins,
      switches,
      log,
    }),
    'auth.localhost': askAuthorizationServer,
    '127.0.0.1': async (request: IncomingMessage, response: ServerResponse) => {
      const isApi = request.url?.startsWith('/1/') ?? false
      await (isApi ? restApi(request, response) : askAuthorizationServer(request, response))
    },
    'api.localhost': restApi,
    'attacker.localhost': async (request: IncomingMessage, response: ServerResponse) => {
      const { pathname } = new URL(request.url ?? '/', origins.attacker)
      const { attackerDirectory } = options
      if (attackerDirectory !== undefined && (await sendFile(response, attackerDirectory, pathname))) return
      sendNotFound(response)
    },
  }
  server.dispatch(
    sites,
    ({ headers: { host, referer, cookie }, url }) => {
      log.urls.add(`http://${host}${url}`)
      for (const trail of [referer, cookie]) if (trail !== undefined) log.trails.add(trail)
    },
    proxy && { 'powerup.localhost': proxy.upgrade },
  )

  return {
    port: server.port,
    origins,
    tokenEndpoint,
    apiOrigin: `http://127.0.0.1:${server.port}`,
    clientId,
    powerUpId: pluginId,
    otherClientId,
    confidentialClient,
    members: data.members,
    workspaces: data.workspaces,
    boards: data.boards,
    registerCallback: redirectUris.register,
    boardUrl({ member = data.members[0], board = data.boards[0], openCard = false } = {}) {
      const url = new URL(origins.trello)
      url.searchParams.set('board', board.id)
      url.searchParams.set('member', member === 'notLoggedIn' ? member : member.id)
      const card = data.cards.find(({ idBoard }) => idBoard === board.id)
      if (openCard && card !== undefined) url.searchParams.set('card', card.id)
      return url.href
    },
    switches,
    log,
    legacyTokens,
    expireAccessTokens: memory.expireAccessTokens,
    revokeGrants,
    close: server.close,
  }
}

interface ChosenPowerUp {
  source: { url: URL } | { directory: string }
  name: string
  connectorUrl: string
  /** A Power-Up that isn't a test page may name whatever client it has at Trello. */
  takesAnyClient: boolean
}

async function powerUpOf(
  options: LocalTrelloOptions,
  { powerUp }: LocalTrello['origins'],
): Promise<ChosenPowerUp> {
  const {
    powerUpUrl,
    powerUpDirectory,
    powerUpName,
    connectorPath = '/index.html',
    fixturesDirectory,
  } = options
  if (powerUpUrl !== undefined) {
    const url = new URL(powerUpUrl)
    const { pathname, search } = url
    return {
      source: { url: new URL(url.origin) },
      name: powerUpName ?? (await nameAtAddress(url)),
      connectorUrl: powerUp + pathname + search,
      takesAnyClient: true,
    }
  }
  const directory = powerUpDirectory ?? ownFile('../power-up')
  return {
    source: { directory },
    name: powerUpName ?? nameOfPowerUp(directory, connectorPath),
    connectorUrl: powerUp + connectorPath,
    takesAnyClient: powerUpDirectory !== undefined || fixturesDirectory === undefined,
  }
}

function sourceOf(
  source: ChosenPowerUp['source'],
  proxy: ReturnType<typeof createPowerUpProxy> | undefined,
): PowerUpHostOptions['source'] {
  return proxy !== undefined ? { proxy } : { directory: 'directory' in source ? source.directory : '' }
}

function packageDirectoryOf({ packageDirectory }: LocalTrelloOptions): string | undefined {
  return packageDirectory === false ? undefined : (packageDirectory ?? ownFile('../../dist'))
}

const pluginId = '68f1c2d47be09a51c63fa1ff'

function originsAt(port: number): LocalTrello['origins'] {
  const origin = (name: string) => `http://${name}.localhost:${port}`
  return {
    trello: origin('trello'),
    powerUp: origin('powerup'),
    auth: origin('auth'),
    api: origin('api'),
    attacker: origin('attacker'),
  }
}
