import type { TrelloContext } from '../base/trello'

/** The context that Trello gives to a frame. */
export interface FakeContext extends TrelloContext {
  /** The id of the board. */
  board?: string | undefined
  /** The id of the card. */
  card?: string | undefined
  /** `light` or `dark`. */
  theme?: string | undefined
  /** The language of the person's Trello: `en-US` for example. */
  locale?: string | undefined
  /** `read` or `write`, for `board`, `card` and `organization`. */
  permissions?: Record<string, string> | undefined
}

/** A call that the fake `t` got. */
export interface FakeTrelloCall {
  /** The name of the function. */
  name: string
  /** Its arguments. */
  args: readonly unknown[]
}

type Scope = 'board' | 'card' | 'member' | 'organization'
type Visibility = 'private' | 'shared'

/** The part of Trello's `t` that pages of a Power-Up need. It keeps and notes what it is told, and does nothing else. */
export interface FakeTrello {
  /** The calls so far, oldest first. Reading the context or a value is not noted. */
  readonly calls: readonly FakeTrelloCall[]
  /** Gives the context. */
  getContext(): FakeContext
  /** `false` for the member `notLoggedIn`. */
  isMemberSignedIn(): boolean
  /** Gives `fallback`: there are no arguments. */
  arg(name: string, fallback?: unknown): unknown
  /** Gives the URL as it is. */
  signUrl(url: string, args?: Record<string, unknown>): string
  /** Gives what was set, else `fallback`. */
  get(scope: Scope, visibility: Visibility, key: string, fallback?: unknown): Promise<unknown>
  /** Gives all that was set, by scope and visibility. */
  getAll(): Promise<Record<string, Record<string, unknown>>>
  /** Keeps a copy of a value, or of several by their names. */
  set(
    scope: Scope,
    visibility: Visibility,
    key: string | Record<string, unknown>,
    value?: unknown,
  ): Promise<void>
  /** Removes values. */
  remove(scope: Scope, visibility: Visibility, key: string | readonly string[]): Promise<void>
  /** Notes the call, and opens nothing. */
  popup(options: object): Promise<void>
  /** Notes the call. */
  closePopup(): Promise<void>
  /** Notes the call, and opens nothing. */
  modal(options: object): Promise<void>
  /** Notes the call. */
  closeModal(): Promise<void>
  /** Notes the call. */
  alert(options: { message: string; duration?: number; display?: string }): Promise<void>
  /** Notes the call. */
  sizeTo(target: Element | string | number): Promise<void>
  /** Runs `renderer` at once, and again when the context is changed. */
  render(renderer: () => unknown): Promise<void>
  /** Changes a part of the context, as Trello does when a board is moved or the theme is switched. */
  setContext(changes: FakeContext): void
}

/**
 * Makes a `t` for tests, on a board of the workspace `workspace-1` and with the member `member-1`, unless `context` says otherwise.
 * `{ organization: undefined }` is a board outside of any workspace, `{ member: 'notLoggedIn' }` a visitor.
 */
export function createFakeTrello(context: FakeContext = {}): FakeTrello {
  let current: FakeContext = { ...CONTEXT, ...context }
  const calls: FakeTrelloCall[] = []
  const renderers: (() => unknown)[] = []
  const stored = new Map<Scope, Record<string, Record<string, unknown>>>()

  const note =
    (name: string) =>
    async (...args: readonly unknown[]): Promise<void> =>
      void calls.push({ name, args })
  const valuesOf = (scope: Scope, visibility: Visibility) => {
    const ofScope = stored.get(scope) ?? {}
    stored.set(scope, ofScope)
    // A key may have the name of a member that each object inherits.
    const values: Record<string, unknown> = ofScope[visibility] ?? Object.create(null)
    ofScope[visibility] = values
    return values
  }

  return {
    calls,
    getContext: () => ({ ...current }),
    isMemberSignedIn: () => current.member !== 'notLoggedIn',
    arg: (_name, fallback) => fallback,
    signUrl: (url) => url,
    get: async (scope, visibility, key, fallback) => copyOf(valuesOf(scope, visibility)[key]) ?? fallback,
    getAll: async () => copyOf(Object.fromEntries(stored)),
    set: async (scope, visibility, key, value) => {
      calls.push({ name: 'set', args: [scope, visibility, key, ...(typeof key === 'string' ? [value] : [])] })
      const values = valuesOf(scope, visibility)
      // Trello keeps JSON: what the test changes afterwards is not stored, and `undefined` is no value.
      for (const [name, each] of Object.entries(typeof key === 'string' ? { [key]: value } : key))
        values[name] = copyOf({ each }).each
    },
    remove: async (scope, visibility, key) => {
      calls.push({ name: 'remove', args: [scope, visibility, key] })
      for (const each of [key].flat()) delete valuesOf(scope, visibility)[each]
    },
    popup: note('popup'),
    closePopup: note('closePopup'),
    modal: note('modal'),
    closeModal: note('closeModal'),
    alert: note('alert'),
    sizeTo: note('sizeTo'),
    render: async (renderer) => {
      renderers.push(renderer)
      await renderer()
    },
    setContext: (changes) => {
      current = { ...current, ...changes }
      for (const renderer of renderers) renderer()
    },
  }
}

const CONTEXT: FakeContext = {
  board: 'board-1',
  member: 'member-1',
  organization: 'workspace-1',
  theme: 'light',
  locale: 'en-US',
  permissions: { board: 'write', card: 'write', organization: 'write' },
}

/** Copies a value as Trello keeps it. Jest's jsdom has no `structuredClone`. */
function copyOf<Value>(value: Value): Value {
  return value === undefined ? value : JSON.parse(JSON.stringify(value))
}
