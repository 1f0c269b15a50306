import type { TrelloContext } from '../base/trello'

/** The context that Trello gives to a frame. */
export interface FakeContext extends TrelloContext {
  board?: string | undefined
  card?: string | undefined
  theme?: string | undefined
  locale?: string | undefined
  permissions?: Record<string, string> | undefined
}

export interface FakeTrelloCall {
  name: string
  args: readonly unknown[]
}

type Scope = 'board' | 'card' | 'member' | 'organization'
type Visibility = 'private' | 'shared'

/** Enough of Trello's `t` for a page of a Power-Up; it does nothing but to keep what it is told. */
export interface FakeTrello {
  /** What it was asked for, oldest first; reading the context is not noted. */
  readonly calls: readonly FakeTrelloCall[]
  getContext(): FakeContext
  isMemberSignedIn(): boolean
  arg(name: string, fallback?: unknown): unknown
  signUrl(url: string, args?: Record<string, unknown>): string
  get(scope: Scope, visibility: Visibility, key: string, fallback?: unknown): Promise<unknown>
  getAll(): Promise<Record<string, Record<string, unknown>>>
  set(
    scope: Scope,
    visibility: Visibility,
    key: string | Record<string, unknown>,
    value?: unknown,
  ): Promise<void>
  remove(scope: Scope, visibility: Visibility, key: string | readonly string[]): Promise<void>
  popup(options: object): Promise<void>
  closePopup(): Promise<void>
  modal(options: object): Promise<void>
  closeModal(): Promise<void>
  alert(options: { message: string; duration?: number; display?: string }): Promise<void>
  sizeTo(target: Element | string | number): Promise<void>
  /** Runs `renderer` at once, and again when the context is changed. */
  render(renderer: () => unknown): Promise<void>
  /** Changes a part of the context, as Trello does when a board is moved or the theme is switched. */
  setContext(changes: FakeContext): void
}

/**
 * A `t` for tests, on a board of the workspace `workspace-1` and with the member `member-1`, unless `context` says otherwise.
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
    ofScope[visibility] ??= {}
    return ofScope[visibility]
  }

  return {
    calls,
    getContext: () => ({ ...current }),
    isMemberSignedIn: () => current.member !== 'notLoggedIn',
    arg: (_name, fallback) => fallback,
    signUrl: (url) => url,
    get: async (scope, visibility, key, fallback) =>
      structuredClone(valuesOf(scope, visibility)[key]) ?? fallback,
    getAll: async () => structuredClone(Object.fromEntries(stored)),
    set: async (scope, visibility, key, value) => {
      calls.push({ name: 'set', args: [scope, visibility, key, ...(typeof key === 'string' ? [value] : [])] })
      // Trello keeps JSON: what the test changes afterwards is not stored.
      Object.assign(
        valuesOf(scope, visibility),
        structuredClone(typeof key === 'string' ? { [key]: value } : key),
      )
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
