import { readBootstrap } from './bootstrap'
import { createCallbacks } from './callbacks'
import { type Channel, type HostRequest, openChannel } from './channel'
import { setClock } from './clock'
import { getHexString, namedColorStringToHex } from './colors'
import * as secretCrypto from './crypto'
import { leadToLocalHosts } from './endpoints'
import { errors, makeErrorEnum, restApiError } from './error-enum'
import { initLocalizer, type LocalizerOptions } from './localizer'
import type { OAuth2Options } from './oauth2-api-client'
import { TrelloPromise } from './promise'
import { createRestApi, type RestApi, type RestApiOptions } from './rest-api'
import { settings } from './settings'
import { type CallScope, createT, type T } from './t'
import { applyTheme } from './theme'

// The client script of the local Trello, as `https://p.trellocdn.com/power-up.min.js` is Trello's.

type Handlers = Record<string, (t: T, options: Record<string, unknown>) => unknown>
type Options = RestApiOptions & LocalizerOptions & OAuth2Options
/** What both doors give: the connector, or the frame. Code that replaces `restApi` changes what `t.getRestApi()` gives. */
type Connection = T & { options: Options; restApi: RestApi | undefined; [more: string]: unknown }

const hostOrigin = originOfThisScript()
const bootstrap = readBootstrap()
const renderers = new Set<() => unknown>()
let context = bootstrap.context
let handlers: Handlers = {}
let isLocalized: Promise<void> = TrelloPromise.resolve()

leadToLocalHosts(settings.endpoints)
setClock(settings.clockOffsetS)
applyTheme(context)
const channel: Channel = openChannel(bootstrap.secret, hostOrigin, answer, render)
if (window.parent !== window) forwardEscape()

const TrelloPowerUp = {
  version: '1.25.1-local',
  Promise: TrelloPromise,
  restApiError,
  CallbackCache: { serialize: createCallbacks().serialize, callback: () => {}, reset: () => {} },
  PostMessageIO() {
    throw new errors.UnsupportedCommand(
      'The local Trello has no PostMessageIO of its own: use initialize() or iframe().',
    )
  },
  util: {
    colors: { getHexString, namedColorStringToHex },
    convert: {
      bytesToHexString: secretCrypto.bytesToHexString,
      hexStringToUint8Array: secretCrypto.hexStringToUint8Array,
    },
    crypto: secretCrypto,
    initLocalizer,
    makeErrorEnum,
    relativeUrl: (url: string) => new URL(url, window.location.href).href,
  },
  indexConnector: undefined as Connection | undefined,
  iframeConnector: undefined as Connection | undefined,
  /** For the hidden connector page. */
  initialize(given: Handlers, options: Options = {}): Connection {
    handlers = given
    isLocalized = initLocalizer(bootstrap.locale, options)
    TrelloPowerUp.indexConnector = connect(options, undefined)
    channel.tell('hello', { capabilities: Object.keys(given), clientId: options.clientId })
    return TrelloPowerUp.indexConnector
  },
  /** For every other page; a second call gives the same frame. */
  iframe(options: Options = {}): Connection {
    if (TrelloPowerUp.iframeConnector !== undefined) return TrelloPowerUp.iframeConnector
    isLocalized = initLocalizer(bootstrap.locale, options)
    const frame = connect(options, (connection) => connection)
    TrelloPowerUp.iframeConnector = frame
    channel.tell('hello', { capabilities: [] })
    return frame
  },
}
Object.assign(window, { TrelloPowerUp })

/** @param ofFrame - the `t` of the old client: the frame itself; in the connector it is set with each call */
function connect(
  options: Options,
  ofFrame: ((connection: Connection) => Connection) | undefined,
): Connection {
  const scope = scopeOf(() => context, [{ context, secret: bootstrap.secret }, bootstrap.args])
  const connection: Connection = {
    ...createT({ ...scope, options }),
    options,
    restApi: undefined,
    io: null,
    i18nPromise: isLocalized,
    connect: () => TrelloPromise.resolve(channel),
    init: () => TrelloPromise.resolve(channel),
    initApi: () => TrelloPromise.resolve(channel),
    initSentry() {},
    request: (command: string, args: unknown) => channel.request(command, args, context),
    render(renderer: () => unknown) {
      renderers.add(renderer)
      return isLocalized.then(renderer)
    },
  }
  const { appKey, appName } = options
  if (appKey !== undefined && appName !== undefined) {
    connection.restApi = createRestApi(ofFrame?.(connection), { ...options, appKey, appName })
    connection.restApi.init()
  }
  return connection
}

/** @param args - what comes with the call */
function scopeOf(of: () => Trello.PowerUp.Context, args: readonly unknown[]): CallScope {
  const connection = () => TrelloPowerUp.indexConnector ?? TrelloPowerUp.iframeConnector
  return {
    channel,
    bootstrap,
    context: of,
    args,
    options: connection()?.options ?? {},
    restApi: () => {
      const restApi = connection()?.restApi
      if (restApi === undefined)
        throw new restApiError.ApiNotConfiguredError('Set appKey and appName in the options.')
      return restApi
    },
  }
}

/** A capability or a callback, asked for by the page around the frame. */
async function answer({ command, args, context: ofCall }: HostRequest): Promise<unknown> {
  await isLocalized
  const options = Object(args.options ?? {})
  const name = String(args.name)
  const run = command === 'callback' ? channel.callback(Number(args.id)) : handlers[name]
  if (run === undefined)
    throw new errors.UnsupportedCommand(`The Power-Up has no ${args.name ?? 'such callback'}.`)
  const scope = scopeOf(
    () => ({ ...ofCall, command: name }),
    [{ ...args, context: ofCall, locale: bootstrap.locale }, options],
  )
  const t = createT(scope)
  const getRestApi = () => {
    const restApi = scope.restApi()
    // One object for all calls of the connector, which is told each time about whom it is.
    restApi.t = t
    return restApi
  }
  return settled(await run(Object.assign(t, { getRestApi }), options))
}

/** A capability may answer with a list of promises. */
async function settled(result: unknown): Promise<unknown> {
  return Array.isArray(result) ? Promise.all(result) : result
}

function render(newContext: Trello.PowerUp.Context): void {
  context = newContext
  applyTheme(context)
  for (const renderer of renderers) renderer()
}

/** The page around doesn't hear what is pressed in here. */
function forwardEscape(): void {
  window.addEventListener('keydown', ({ key, defaultPrevented }) => {
    if (key === 'Escape' && !defaultPrevented) channel.tell('escape', {})
  })
}

function originOfThisScript(): string {
  const script = document.currentScript
  return script instanceof HTMLScriptElement ? new URL(script.src).origin : window.location.origin
}
