import type { Frame } from '../grant/frame'
import type { GrantEntry, LiveGrant } from '../grant/grant'
import type { EntryStore } from '../grant/store'

// Loaded at start. What a 401 means is loaded on demand (refused-token).

/** The facts that one page has learned about the API and the access tokens of one grant. */
export interface TokenUse {
  /** The time of the consent that they are about. A new consent begins without any. */
  grantedAt: number | undefined
  /** The generation whose token the API has taken. */
  accepted: string | undefined
  /** The paths that have forced a refresh, by origin and path. */
  readonly refusedPaths: Map<string, RefusedPath>
}

/** A path that refused an access token. */
export interface RefusedPath {
  /** The token that it refused last. */
  token: string
  /** The number of refreshes that it has forced. `Infinity`: it may force no more. */
  refreshes: number
  /** The time of the last one, by the monotonic clock in milliseconds. */
  at: number
}

const uses = /* @__PURE__ */ new WeakMap<EntryStore, TokenUse>()

/** Returns what is known of the grant in a store. All clients of a page that share the grant share it. */
export function tokenUseOf(store: EntryStore): TokenUse {
  const grantedAt = store.view().record?.grantedAt
  const known = uses.get(store)
  if (known && known.grantedAt === grantedAt) return known
  const use: TokenUse = { grantedAt, accepted: undefined, refusedPaths: new Map() }
  uses.set(store, use)
  return use
}

/**
 * Notes that the API has taken a token at an address: its next 401 there is about the token again. In the store too: a
 * frame that never used it may force the next one when this is refused some day.
 */
export function noteAccepted({ store }: Frame, token: string, url: URL): void {
  const { record } = store.view()
  if (record?.status !== 'live' || record.tokenSet.accessToken !== token) return
  const use = tokenUseOf(store)
  use.accepted = record.generation
  use.refusedPaths.delete(pathOf(url))
  if (record.forced) void store.commit((entry) => accepted(entry, record))
}

/** Gives what stands for a path in `refusedPaths`: its query makes no difference. */
export function pathOf(url: URL): string {
  return url.origin + url.pathname
}

function accepted(entry: GrantEntry, { generation }: LiveGrant): GrantEntry {
  if (entry.record?.status !== 'live' || entry.record.generation !== generation) return entry
  const { forced: _forced, ...record } = entry.record
  return { ...entry, record }
}
