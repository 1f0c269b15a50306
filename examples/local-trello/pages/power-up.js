// The client script of the local Trello, as `https://p.trellocdn.com/power-up.min.js` is Trello's: a classic script
// that sets `window.TrelloPowerUp`. It covers what Power-Ups under OAuth 2.0 need, not all that Trello offers.
;(() => {
  // The server of the board fills these in.
  const settings = /* settings */ {}
  const hostOrigin = new URL(document.currentScript.src).origin
  const bootstrap = readBootstrap()
  const pending = new Map()
  const callbacks = new Map()
  const renderers = []
  const restApiError = errorClasses()
  let capabilities = {}
  let lastId = 0
  let context = bootstrap.context

  window.TrelloPowerUp = {
    version: '1.25.1-local',
    Promise: window.Promise,
    restApiError,
    /** For the hidden connector page. */
    initialize(handlers, options = {}) {
      capabilities = handlers
      tell('hello', { capabilities: Object.keys(handlers) })
      const connector = { ...createT(context), options }
      window.TrelloPowerUp.indexConnector = connector
      connector.restApi = createRestApi(undefined, options)
      return connector
    },
    /** For every other page. */
    iframe(options = {}) {
      const known = window.TrelloPowerUp.iframeConnector
      if (known !== undefined) return known
      tell('hello', { capabilities: [] })
      const frame = { ...createT(() => context), options, getRestApi: () => restApiOf(frame) }
      window.TrelloPowerUp.iframeConnector = frame
      frame.restApi = createRestApi(frame, options)
      return frame
    },
  }

  handTokenToOpener()
  applyTheme()
  window.addEventListener('message', (event) => {
    if (event.source !== window.parent || event.origin !== hostOrigin) return
    const message = event.data
    if (message?.localTrello !== 1 || message.secret !== bootstrap.secret) return
    if (message.type === 'answer') settle(message)
    if (message.type === 'request') answer(message)
    if (message.type === 'render') {
      context = message.context
      applyTheme()
      for (const renderer of renderers) renderer()
    }
  })

  /** `of` is the context of one capability call, or a function that gives the frame's newest one. */
  function createT(of) {
    const contextNow = () => (typeof of === 'function' ? of() : of)
    const ask = (command, args) => request(command, args, contextNow())
    const model =
      (name) =>
      (...fields) =>
        ask('model', { name, fields: fields.flat() })
    return {
      getContext: () => structuredClone(contextNow()),
      /** In the connector: one object for all, which is told each time about whom it is. */
      getRestApi() {
        const restApi = restApiOf(window.TrelloPowerUp.indexConnector)
        restApi.t = this
        return restApi
      },
      authorize: (url, { width = 800, height = 600 } = {}) =>
        new Promise((resolve) => {
          window.authorize = resolve
          window.open(url, 'authorize', `width=${width},height=${height}`)
        }),
      args: bootstrap.args,
      arg: (name, fallback) => bootstrap.args?.[name] ?? fallback,
      isMemberSignedIn: () => contextNow().member !== 'notLoggedIn',
      signUrl: (url, args = {}) => sign(url, args, contextNow()),
      get: (scope, visibility, key, fallback) =>
        ask('get', { scope, visibility, key }).then((value) => value ?? fallback),
      getAll: () => ask('getAll', {}),
      set: (scope, visibility, key, value) =>
        ask('set', { scope, visibility, changes: changesOf(key, value) }),
      remove: (scope, visibility, key) => ask('remove', { scope, visibility, keys: [key].flat() }),
      // These two are in Trello's script and in none of its pages for developers.
      ...(settings.tokenCommands && {
        authorizationCodeExchange: (request) => ask('authorizationCodeExchange', request),
        refreshTokens: () => ask('refreshTokens', {}),
      }),
      board: model('board'),
      card: model('card'),
      list: model('list'),
      member: model('member'),
      organization: model('organization'),
      popup: (options) => ask('popup', absolute(options, contextNow())),
      closePopup: () => ask('closePopup', {}),
      modal: (options) => ask('modal', absolute(options, contextNow())),
      closeModal: () => ask('closeModal', {}),
      alert: (options) => ask('alert', options),
      sizeTo: (target) => ask('sizeTo', { height: heightOf(target) }),
      render(renderer) {
        renderers.push(renderer)
        return Promise.resolve(renderer())
      },
    }
  }

  // The client of the time before OAuth 2.0: a token that never ends, from a window that hands it to its opener.
  function createRestApi(t, { appKey, appName, tokenStorageKey = 'trello_token' }) {
    if (appKey === undefined || appName === undefined) return undefined
    const place = ['member', 'private', tokenStorageKey]
    const restApi = {
      t,
      appKey,
      appName,
      authorize: ({ scope = 'read', expiration = 'never', returnUrl = location.href } = {}) => {
        const query = new URLSearchParams({
          key: appKey,
          name: appName,
          scope,
          expiration,
          return_url: returnUrl,
        })
        const popup = window.open(`${hostOrigin}/1/authorize?${query}`, 'authpopup', 'width=550,height=725')
        return filtered(tokenFrom(popup).then((token) => restApi.t.set(...place, token).then(() => token)))
      },
      getToken: () => filtered(restApi.t.get(...place).then((token) => token ?? null)),
      isAuthorized: () => filtered(restApi.t.get(...place).then((token) => Boolean(token))),
      clearToken: () => filtered(restApi.t.remove(...place)),
    }
    return restApi
  }

  function restApiOf({ restApi }) {
    if (restApi === undefined) throw new restApiError.ApiNotConfiguredError('Set appKey and appName.')
    return restApi
  }

  function tokenFrom(popup) {
    return new Promise((resolve, reject) => {
      window.addEventListener('message', ({ source, origin, data }) => {
        if (source !== popup || origin !== location.origin) return
        popup.close()
        if (data === '') reject(new restApiError.AuthDeniedError('Denied'))
        else resolve(data)
      })
    })
  }

  // As much of Bluebird as code around these promises uses.
  function filtered(promise) {
    const after = promise.then.bind(promise)
    const caught = (filters, handle) => (error) => {
      if (filters.length > 0 && !filters.some((filter) => error instanceof filter)) throw error
      return handle(error)
    }
    return Object.defineProperties(promise, {
      // biome-ignore lint/suspicious/noThenProperty: a promise's own
      then: { value: (...handlers) => filtered(after(...handlers)) },
      catch: { value: (...given) => filtered(after(undefined, caught(given.slice(0, -1), given.at(-1)))) },
    })
  }

  async function answer({ id, command, args, context: ofCall }) {
    try {
      const run = command === 'callback' ? callbacks.get(args.id) : capabilities[args.name]
      if (run === undefined) throw new Error(`The Power-Up has no ${args.name ?? 'such callback'}.`)
      const result = await run(createT(ofCall), args.options ?? {})
      post({ type: 'answer', id, result: withoutFunctions(result) })
    } catch (error) {
      console.error(error)
      post({ type: 'answer', id, error: String(error?.message ?? error) })
    }
  }

  function request(command, args, ofCall) {
    const id = ++lastId
    return new Promise((resolve, reject) => {
      pending.set(id, { resolve, reject })
      post({ type: 'request', id, command, args: withoutFunctions(args), context: ofCall })
    })
  }

  function settle({ id, result, error }) {
    const { resolve, reject } = pending.get(id) ?? {}
    pending.delete(id)
    if (error === undefined) resolve?.(result)
    else reject?.(new Error(error))
  }

  function tell(type, rest) {
    post({ type, ...rest })
  }

  function post(message) {
    window.parent.postMessage({ localTrello: 1, secret: bootstrap.secret, ...message }, hostOrigin)
  }

  // Functions can't be sent: each gets a number, and the host asks for it by that number.
  function withoutFunctions(value) {
    if (typeof value === 'function') {
      const id = ++lastId
      callbacks.set(id, value)
      return { callbackId: id }
    }
    if (Array.isArray(value)) return value.map(withoutFunctions)
    if (value instanceof Event) return { clientX: value.clientX, clientY: value.clientY }
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutFunctions(each)]))
  }

  function absolute(options, ofCall) {
    return options.url === undefined ? options : { ...options, url: sign(options.url, options.args, ofCall) }
  }

  // Trello, too, puts all this into the hash and drops what was there.
  function sign(url, args, ofCall) {
    const signed = new URL(url, window.location.href)
    const alreadyThere = readHash(signed.hash)?.args
    const content = {
      secret: bootstrap.secret,
      context: ofCall,
      locale: 'en',
      args: args ?? alreadyThere ?? {},
    }
    signed.hash = encodeURIComponent(JSON.stringify(content))
    return signed.href
  }

  /** Any page with this script is a return page of the old consent, which puts the token behind the hash. */
  function handTokenToOpener() {
    const token = /^#token=(.*)$/.exec(location.hash)?.[1]
    if (token !== undefined) window.opener?.postMessage(token, location.origin)
  }

  function readBootstrap() {
    return readHash(window.location.hash) ?? { secret: '', context: {}, args: {} }
  }

  function readHash(hash) {
    try {
      return JSON.parse(decodeURIComponent(hash.slice(1)))
    } catch {
      return undefined
    }
  }

  function changesOf(key, value) {
    return typeof key === 'string' ? { [key]: value } : key
  }

  function errorClasses() {
    const names = ['AuthDeniedError', 'AuthNotReadyError', 'ApiNotConfiguredError']
    const classes = names.map((name) => [
      name,
      class extends Error {
        name = `restApi::${name}`
      },
    ])
    return Object.assign(class extends Error {}, Object.fromEntries(classes))
  }

  function heightOf(target) {
    if (typeof target === 'number') return target
    const element = typeof target === 'string' ? document.querySelector(target) : target
    return Math.ceil(Math.max(element.scrollHeight, element.getBoundingClientRect().bottom))
  }

  function applyTheme() {
    if (context?.theme) document.documentElement.dataset.colorMode = context.theme
  }
})()
