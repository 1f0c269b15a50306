import { type AuthorizeOptions, authorizeByWindow } from './authorize'
import { type Bootstrap, signed } from './bootstrap'
import type { Channel } from './channel'
import { errors } from './error-enum'
import { localizeKey, localizeKeys, localizeNode } from './localizer'
import { createOAuth2ApiClient, type OAuth2Options } from './oauth2-api-client'
import { attempt, TrelloPromise } from './promise'
import type { RestApi } from './rest-api'
import { clearSecret, loadSecret, storeSecret } from './secrets'
import { settings } from './settings'
import { getColorToken, getComputedColorToken, subscribeToThemeChanges } from './theme'

/** What one `t` is about. */
export interface CallScope {
  channel: Channel
  bootstrap: Bootstrap
  /** The context of one call, or the newest one of the frame. */
  context(): Trello.PowerUp.Context
  /** What Trello hands over with the call; `t.arg` reads the second one. */
  args: readonly unknown[]
  options: OAuth2Options
  restApi(): RestApi
}

export type T = ReturnType<typeof createT>

/** Makes the object that a capability, a callback or a frame gets as `t`. */
export function createT({ channel, bootstrap, context, args, options, restApi }: CallScope) {
  const ask = (command: string, given: unknown = {}) => channel.request(command, given, context())
  const model =
    (name: string) =>
    (...fields: (string | string[])[]) =>
      ask('model', { name, fields: fields.flat() })
  // Pages of the Power-Up are opened with an address that carries the context and their arguments.
  const withUrl = (given: Windowed) =>
    typeof given.url === 'string'
      ? { ...given, url: signed(given.url, given.args, bootstrap, context()) }
      : given
  const open = (command: string) => (given: Windowed) => ask(command, withUrl(given))

  const t = {
    ...errors,
    args,
    secret: bootstrap.secret,
    command: context().command,
    source: undefined,
    getContext: () => structuredClone(context()),
    isMemberSignedIn: () => context().member !== 'notLoggedIn',
    memberCanWriteToModel: (name: 'board' | 'card' | 'organization') =>
      context().permissions?.[name] === 'write',
    arg: (name: string, fallback?: unknown) => Object(args[1])[name] ?? fallback,
    signUrl: (url: string, more?: Record<string, unknown>) => signed(url, more, bootstrap, context()),
    requestWithContext: ask,

    get: (scope: string, visibility: string, key?: string, fallback?: unknown) =>
      ask('get', { scope, visibility, key }).then((value) => value ?? fallback),
    getAll: () => ask('getAll'),
    set: (scope: string, visibility: string, key: string | Record<string, unknown>, value?: unknown) =>
      ask('set', { scope, visibility, entries: typeof key === 'string' ? { [key]: value } : key }),
    remove: (scope: string, visibility: string, key: string | string[]) =>
      ask('remove', { scope, visibility, keys: [key].flat() }),
    storeSecret: (name: string, secret: string) => attempt(() => storeSecret(t, name, secret)),
    loadSecret: (name: string) => attempt(() => loadSecret(t, name)),
    clearSecret: (name: string) => attempt(() => clearSecret(t, name)),

    board: model('board'),
    card: model('card'),
    cards: model('cards'),
    list: model('list'),
    lists: model('lists'),
    member: model('member'),
    organization: model('organization'),
    attach: (data: { name: string; url: string }) => ask('attach', data),

    popup: open('popup'),
    closePopup: () => ask('closePopup'),
    hide: () => ask('closePopup'),
    back: () => ask('back'),
    modal: open('modal'),
    updateModal: (changes: object) => ask('updateModal', changes),
    closeModal: () => ask('closeModal'),
    overlay: open('overlay'),
    closeOverlay: () => ask('closeOverlay'),
    hideOverlay: () => ask('closeOverlay'),
    boardBar: open('boardBar'),
    closeBoardBar: () => ask('closeBoardBar'),
    hideBoardBar: () => ask('closeBoardBar'),
    alert: (given: object) => ask('alert', given),
    hideAlert: () => ask('hideAlert'),
    showCard: (idCard: string) => ask('showCard', { idCard }),
    hideCard: () => ask('hideCard'),
    navigate: (given: { url: string }) => ask('navigate', given),
    sizeTo: (target: string | number | Element) => attempt(() => ask('sizeTo', { height: heightOf(target) })),
    confetti: (given: object = {}) => ask('confetti', given),
    notifyParent: (message: string) => ask('notifyParent', { message }),

    safe: (text: string) => text.replace(/[&<>"'`/]/g, (character) => `&#${character.charCodeAt(0)};`),
    localizeKey,
    localizeKeys,
    localizeNode,
    getColorToken,
    getComputedColorToken,
    subscribeToThemeChanges,

    authorize: (url: string | ((id: string) => string), more?: AuthorizeOptions) =>
      authorizeByWindow(url, more),
    getRestApi: restApi,
    getOAuth2ApiClient: () => createOAuth2ApiClient(t, options),
    jwt: (given: { state?: string; card?: unknown } = {}) => ask('jwt', given).then(String),
    requestToken: () =>
      TrelloPromise.reject(new errors.UnsupportedCommand('requestToken is for Power-Ups of Trello only.')),
    // These two are in Trello's script and in none of its pages for developers.
    ...(settings.tokenCommands && {
      authorizationCodeExchange: (request: object) => ask('authorizationCodeExchange', request),
      refreshTokens: () => ask('refreshTokens'),
    }),
  }
  return t
}

interface Windowed {
  url?: string
  args?: Record<string, unknown>
  [more: string]: unknown
}

function heightOf(target: string | number | Element): number {
  if (typeof target === 'number') return target
  const element = typeof target === 'string' ? document.querySelector(target) : target
  if (element === null) throw new Error(`t.sizeTo found no element for ${target}`)
  return Math.ceil(Math.max(element.scrollHeight, element.getBoundingClientRect().bottom))
}
