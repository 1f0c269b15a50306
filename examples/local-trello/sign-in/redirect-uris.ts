/** The callback addresses that are registered, compared character for character as at Trello. */
export interface RedirectUris {
  readonly list: readonly string[]
  isRegistered(uri: string): boolean
  /** Registers one more, as a developer does at trello.com/apps/admin. */
  register(uri: string): void
  isCallbackPath(path: string): boolean
}

/** @param start - those that are registered from the start, of one origin */
export function createRedirectUris(start: readonly string[]): RedirectUris {
  const list = [...start]
  return {
    list,
    isRegistered: (uri) => list.includes(uri),
    register(uri) {
      if (!list.includes(uri)) list.push(uri)
    },
    isCallbackPath: (path) => list.some((uri) => new URL(uri).pathname === path),
  }
}
