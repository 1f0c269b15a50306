type ErrorClass = new (message?: string) => Error

/** A class as Trello's script makes them: a function of the old kind, with its name on the prototype. */
export function oldErrorClass(name: string, base: ErrorClass): ErrorClass {
  function Made(this: Error, message = '') {
    this.message = message
  }
  Made.prototype = Object.create(base.prototype, { name: { value: name, writable: true } })
  return Made as unknown as ErrorClass
}

/** As Trello's script has it: one class, and the others are its properties. */
export function oldRestApiError() {
  const root = oldErrorClass('restApi::Error', Error)
  const classOf = (name: string) => oldErrorClass(`restApi::${name}`, root)
  return Object.assign(root, {
    AuthDeniedError: classOf('AuthDeniedError'),
    AuthNotReadyError: classOf('AuthNotReadyError'),
    ApiNotConfiguredError: classOf('ApiNotConfiguredError'),
  })
}

export interface FakeFrame {
  options?: unknown
  getContext(): { organization: string; member: string }
  get(...place: string[]): Promise<unknown>
  remove(...place: string[]): Promise<unknown>
  getRestApi(): unknown
}

type Handlers = Record<string, unknown>

export interface FakeTrelloPowerUp {
  iframe(options?: object): FakeFrame
  initialize(handlers: Handlers, options?: object): unknown
  iframeConnector?: FakeFrame
  indexConnector?: { options?: object | undefined; handlers: Handlers; restApi?: unknown }
  pluginData: Map<string, unknown>
  /** One capability call, with a `t` of its own. */
  ask(name: string, ...rest: unknown[]): Promise<unknown>
  newT(): FakeFrame
}

/** As much as the hook relies on of what Trello's script 1.25.1 does; or a script that keeps its clients elsewhere. */
export function createTrelloPowerUp({ keepsRestApi = true } = {}): FakeTrelloPowerUp {
  const pluginData = new Map<string, unknown>()
  const old = (options: object | undefined) => (options && 'appKey' in options ? 'the old client' : undefined)
  const answer = (holder: object | undefined): unknown => {
    const restApi: unknown = holder && keepsRestApi && Reflect.get(holder, 'restApi')
    if (!restApi) throw new Error('not configured')
    return restApi
  }
  const frame = (getRestApi: (this: FakeFrame) => unknown): FakeFrame => ({
    getContext: () => ({ organization: 'workspace-1', member: 'member-1' }),
    get: async (...place) => pluginData.get(place.join('/')),
    remove: async (...place) => pluginData.delete(place.join('/')),
    getRestApi,
  })
  const trello: FakeTrelloPowerUp = {
    pluginData,
    iframe(options) {
      trello.iframeConnector ??= Object.assign(
        frame(function (this: FakeFrame) {
          return answer(this)
        }),
        { options, restApi: old(options) },
      )
      return trello.iframeConnector
    },
    initialize(handlers, options) {
      trello.indexConnector ??= { handlers, options, restApi: old(options) }
      return trello.indexConnector
    },
    newT: () =>
      frame(function (this: FakeFrame) {
        const restApi = answer(trello.indexConnector)
        if (typeof restApi === 'object' && restApi !== null) Reflect.set(restApi, 't', this)
        return restApi
      }),
    ask: async (name, ...rest) => {
      const handler = trello.indexConnector?.handlers[name]
      if (typeof handler !== 'function') throw new Error(`There is no ${name}.`)
      return Reflect.apply(handler, trello, [trello.newT(), ...rest])
    },
  }
  return trello
}
