import { fileURLToPath } from 'node:url'
import { createAuthorizationServer } from './authorization-server'
import { createBoardHost } from './board-host'
import { createLegacyTokens, type LegacyTokens } from './legacy-tokens'
import { createLog, type LocalTrelloLog } from './log'
import { type Handler, openOnePort } from './one-port'
import { createPowerUpHost } from './power-up-host'
import { createRestApi } from './rest-api'
import { sendFile, sendNotFound } from './static-files'
import { createSwitchBoard } from './switch-board'
import type { Switches } from './switches'
import { tokenEndpointPath } from './token-endpoint'
import { createTokenHost } from './token-host'
import { createTokenMemory } from './token-memory'
import { type Board, createTrelloData, type Member, type Workspace } from './trello-data'

export type { LocalTrelloLog, Secret, TokenRequest } from './log'
export type { Switches } from './switches'
export type { Board, Member, Workspace } from './trello-data'

export interface LocalTrelloOptions {
  /** Default 8080; 0 takes any free one. A taken port means the next one, which is said aloud. */
  port?: number
  /** Connector page of a Power-Up that is served elsewhere. Any client id and any callback on its origin is let in. */
  powerUpUrl?: string
  /** Path of its connector page, where it is not `/index.html`. */
  connectorPath?: string
  /** Files of the Power-Up to serve, with the same freedom; by default `examples/power-up`, without. */
  powerUpDirectory?: string
  /** Test pages, served at `powerup.localhost` under `/fixtures/`. */
  fixturesDirectory?: string
  /** Served at `attacker.localhost`: another origin, for attacks. */
  attackerDirectory?: string
  /** Further callback pages of the Power-Up's origin that are registered, as paths: `/fixtures/callback.html`. */
  callbackPaths?: readonly string[]
  /**
   * Serves the Power-Up and the package with the addresses of this machine in the place of Trello's, and its client id
   * in the place of `your-client-id`: code runs here as it is.
   */
  useLocalEndpoints?: boolean
  /** Prints nothing. */
  quiet?: boolean
}

export interface LocalTrello {
  port: number
  origins: { trello: string; powerUp: string; auth: string; api: string; attacker: string }
  /** Where a program on this machine finds the token endpoint: outside of browsers not every one knows `auth.localhost`. */
  tokenEndpoint: string
  clientId: string
  /** A second client that is registered with the same callback pages: another Power-Up of the same developer. */
  otherClientId: string
  /** A client with a secret, as a Power-Up with a backend of its own has it. */
  confidentialClient: { id: string; secret: string }
  members: readonly [Member, Member]
  workspaces: readonly [Workspace, Workspace]
  /** One board of each workspace, then one without a workspace. */
  boards: readonly [Board, Board, Board]
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
  const say = options.quiet ? () => {} : console.log
  const server = await openOnePort(options.port ?? 8080, (taken) =>
    say(`Port ${taken} is taken, trying ${taken + 1}.`),
  )
  const origins = originsAt(server.port)
  const tokenEndpoint = `http://127.0.0.1:${server.port}${tokenEndpointPath}`
  const data = createTrelloData()
  const switches = createSwitchBoard()
  const log = createLog()
  const legacyTokens = createLegacyTokens()
  const redirectUris = ['/callback.html', ...(options.callbackPaths ?? [])].map(
    (path) => origins.powerUp + path,
  )
  const foreignOrigin = originOf(options.powerUpUrl ?? (options.powerUpDirectory ? origins.powerUp : ''))
  const memory = createTokenMemory(
    (secret) => log.secrets.push(secret),
    (id) => {
      if (id === confidentialClient.id) return confidential(client(id, redirectUris))
      const isKnown = id === clientId || id === otherClientId || foreignOrigin !== undefined
      return isKnown ? client(id, redirectUris) : undefined
    },
  )
  const expireAccessTokens = memory.expireAccessTokens
  const revokeGrants: LocalTrello['revokeGrants'] = (filter = {}) => memory.revokeGrants(filter)
  const authorizationServer = await createAuthorizationServer({
    issuer: origins.auth,
    data,
    memory,
    switches,
    log,
    isRedirectUriAllowed: (uri) => redirectUris.includes(uri) || originOf(uri) === foreignOrigin,
  })

  const askAuthorizationServer: Handler = async (request, response) => {
    await authorizationServer(request, response)
  }

  const sites: Record<string, Handler> = {
    'trello.localhost': createBoardHost({
      data,
      legacyTokens,
      origin: origins.trello,
      powerUp: {
        id: pluginId,
        name: powerUpName,
        connectorUrl: options.powerUpUrl ?? origins.powerUp + (options.connectorPath ?? '/index.html'),
      },
      tokenHost: createTokenHost({ tokenEndpoint, switches, clientOf: memory.clientOf }),
      switches,
      log,
      expireAccessTokens,
      revokeGrants,
    }),
    'powerup.localhost': createPowerUpHost({
      directory: options.powerUpDirectory ?? directory('../power-up'),
      packageDirectory: directory('../../dist'),
      fixturesDirectory: options.fixturesDirectory,
      localClientId: options.useLocalEndpoints ? clientId : undefined,
      origins,
      switches,
    }),
    'auth.localhost': askAuthorizationServer,
    '127.0.0.1': askAuthorizationServer,
    'api.localhost': createRestApi({ data, memory, legacyTokens, switches, log }),
    'attacker.localhost': async (request, response) => {
      const { pathname } = new URL(request.url ?? '/', origins.attacker)
      const { attackerDirectory } = options
      if (attackerDirectory !== undefined && (await sendFile(response, attackerDirectory, pathname))) return
      sendNotFound(response)
    },
  }
  server.dispatch(sites, ({ headers: { host, referer, cookie }, url }) => {
    log.urls.add(`http://${host}${url}`)
    for (const trail of [referer, cookie]) if (trail !== undefined) log.trails.add(trail)
  })

  return {
    port: server.port,
    origins,
    tokenEndpoint,
    clientId,
    otherClientId,
    confidentialClient,
    members: data.members,
    workspaces: data.workspaces,
    boards: data.boards,
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
    expireAccessTokens,
    revokeGrants,
    close: server.close,
  }
}

const clientId = 'local-trello-client'
const otherClientId = 'local-trello-other-client'
const confidentialClient = { id: 'local-trello-confidential-client', secret: 'local-trello-client-secret' }
const powerUpName = 'Greeter'
const pluginId = '68f1c2d47be09a51c63fa1ff'

function originsAt(port: number): LocalTrello['origins'] {
  const at = (name: string) => `http://${name}.localhost:${port}`
  return {
    trello: at('trello'),
    powerUp: at('powerup'),
    auth: at('auth'),
    api: at('api'),
    attacker: at('attacker'),
  }
}

function client(id: string, redirectUris: string[]) {
  return {
    client_id: id,
    client_name: id === otherClientId ? 'Another Power-Up' : powerUpName,
    redirect_uris: redirectUris,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code' as const],
    token_endpoint_auth_method: 'none' as const,
    id_token_signed_response_alg: 'ES256' as const,
  }
}

function confidential(publicClient: ReturnType<typeof client>) {
  return {
    ...publicClient,
    client_secret: confidentialClient.secret,
    token_endpoint_auth_method: 'client_secret_post' as const,
  }
}

function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined
}

function directory(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url))
}
