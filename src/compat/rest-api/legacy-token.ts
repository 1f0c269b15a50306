import { within } from '../../base/async'
import { CAPABILITY_ANSWER_MS } from '../../base/durations'
import { browserPlatform } from '../../base/platform'

/** Where Trello's `t` keeps what `t.getRestApi()` stored. */
export interface LegacyFrame {
  get?(scope: string, visibility: string, key: string): PromiseLike<unknown>
  remove?(scope: string, visibility: string, key: string): PromiseLike<unknown>
}

export interface LegacyTokenOptions {
  t: LegacyFrame
  appKey: string
  storageKey: string
  localStorage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | undefined
  /** The old API, where the token is to be revoked besides being forgotten. */
  revokeAt: string | undefined
}

/** The token of the time before OAuth 2.0, where the old client kept it. */
export interface LegacyToken {
  /** `null` where there is none any more. Never rejects, and waits for Trello's page however long it takes. */
  read(): Promise<string | null>
  /**
   * Forgets it for good. Never rejects, and ends in the time of a capability: what could not be deleted yet is not read
   * again either.
   */
  remove(): Promise<void>
  /** Calls back when another frame forgets it. */
  onRemovedElsewhere(listener: () => void): void
}

/** Where it was kept besides Trello; `undefined` where that is blocked. */
export function storageOfPage(): Storage | undefined {
  try {
    return globalThis.localStorage
  } catch {
    return undefined // reading the property alone throws where storage is blocked
  }
}

const PLACE = ['member', 'private'] as const
const ENDED = 'powerup-oauth/legacy-token-ended/'

export function legacyToken(options: LegacyTokenOptions): LegacyToken {
  const { t, storageKey, localStorage } = options
  const endedKey = `${ENDED}${options.appKey}/${storageKey}`
  let ended = false

  /** The old client moved what lay in the storage of the frame to Trello before it read there. */
  async function read(): Promise<string | null> {
    if (isEnded()) return null
    const found = stored(storageKey) || (await keptByTrello())
    return isEnded() ? null : found // forgotten while Trello was asked
  }

  function isEnded(): boolean {
    return ended || stored(endedKey) !== null
  }

  async function keptByTrello(): Promise<string | null> {
    try {
      const found = await t.get?.(...PLACE, storageKey)
      return typeof found === 'string' && found !== '' ? found : null
    } catch {
      return null // The frame is out of date: Trello answers for the current board alone.
    }
  }

  async function remove(): Promise<void> {
    const tokens = options.revokeAt === undefined ? [] : [stored(storageKey), keptByTrello()]
    ended = true
    try {
      localStorage?.setItem(endedKey, '1')
      localStorage?.removeItem(storageKey)
    } catch {
      // Storage is blocked, so nothing of it lies here.
    }
    const all = Promise.all([removeAtTrello(), ...tokens.map((token) => revoke(options, token))])
    await within<unknown>(browserPlatform, CAPABILITY_ANSWER_MS, all, () => undefined)
  }

  async function removeAtTrello(): Promise<void> {
    try {
      await t.remove?.(...PLACE, storageKey)
      localStorage?.removeItem(endedKey)
    } catch {
      // The mark stays, and the token is not read again in this browser.
    }
  }

  function onRemovedElsewhere(listener: () => void): void {
    globalThis.addEventListener?.('storage', ({ key, newValue }) => {
      if (key !== endedKey || newValue === null) return
      ended = true
      listener()
    })
  }

  function stored(key: string): string | null {
    try {
      return localStorage?.getItem(key) ?? null
    } catch {
      return null
    }
  }

  return { read, remove, onRemovedElsewhere }
}

/** With the key in the header: the request adapter takes only requests that carry it elsewhere. */
async function revoke(
  { revokeAt, appKey }: LegacyTokenOptions,
  kept: string | null | Promise<string | null>,
): Promise<void> {
  const token = await kept
  if (!token) return
  const authorization = `OAuth oauth_consumer_key="${appKey}", oauth_token="${token}"`
  try {
    await fetch(`${revokeAt}/tokens/${token}`, { method: 'DELETE', headers: { authorization } })
  } catch {
    // Best effort: it is forgotten here in any case.
  }
}
