// The client script of the local Trello, as `https://p.trellocdn.com/power-up.min.js` is Trello's: a classic script
// that sets `window.TrelloPowerUp`. It covers what Power-Ups under OAuth 2.0 need, not all that Trello offers.
;(() => {
  const hostOrigin = new URL(document.currentScript.src).origin
  const bootstrap = readBootstrap()
  const pending = new Map()
  const callbacks = new Map()
  const renderers = []
  let capabilities = {}
  let lastId = 0
  let context = bootstrap.context

  window.TrelloPowerUp = {
    version: '1.25.1-local',
    Promise: window.Promise,
    /** For the hidden connector page. */
    initialize(handlers) {
      capabilities = handlers
      tell('hello', { capabilities: Object.keys(handlers) })
      return createT(context)
    },
    /** For every other page. */
    iframe() {
      tell('hello', { capabilities: [] })
      return createT(() => context)
    },
  }

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
      authorizationCodeExchange: (request) => ask('authorizationCodeExchange', request),
      refreshTokens: () => ask('refreshTokens', {}),
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

  function heightOf(target) {
    if (typeof target === 'number') return target
    const element = typeof target === 'string' ? document.querySelector(target) : target
    return Math.ceil(Math.max(element.scrollHeight, element.getBoundingClientRect().bottom))
  }

  function applyTheme() {
    if (context?.theme) document.documentElement.dataset.colorMode = context.theme
  }
})()
