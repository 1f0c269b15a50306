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
  /** `null` where there is none any more. Never rejects. */
  read(): Promise<string | null>
  /** Forgets it for good. Never rejects: what could not be deleted is not read again either. */
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

  async function read(): Promise<string | null> {
    if (ended || stored(endedKey) !== null) return null
    const found = await lookUp()
    return ended ? null : found // forgotten while Trello was asked
  }

  async function lookUp(): Promise<string | null> {
    let found: unknown
    try {
      found = await t.get?.(...PLACE, storageKey)
    } catch {
      // The frame is out of date: Trello answers for the current board alone.
    }
    return typeof found === 'string' && found !== '' ? found : stored(storageKey)
  }

  async function remove(): Promise<void> {
    const { revokeAt } = options
    const token = revokeAt === undefined ? undefined : lookUp()
    ended = true
    try {
      localStorage?.setItem(endedKey, '1')
      localStorage?.removeItem(storageKey)
    } catch {
      // Storage is blocked, so nothing of it lies here.
    }
    try {
      await t.remove?.(...PLACE, storageKey)
      localStorage?.removeItem(endedKey)
    } catch {
      // The mark stays, and the token is not read again in this browser.
    }
    if (revokeAt !== undefined) await revoke(revokeAt, options.appKey, await token)
  }

  function onRemovedElsewhere(listener: () => void): void {
    globalThis.addEventListener?.('storage', ({ key, newValue }) => {
      if (key === endedKey && newValue !== null) listener()
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
async function revoke(apiBase: string, appKey: string, token: string | null | undefined): Promise<void> {
  if (typeof token !== 'string') return
  const authorization = `OAuth oauth_consumer_key="${appKey}", oauth_token="${token}"`
  try {
    await fetch(`${apiBase}/tokens/${token}`, { method: 'DELETE', headers: { authorization } })
  } catch {
    // Best effort: it is forgotten here in any case.
  }
}
