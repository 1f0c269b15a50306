import { within } from '../../base/async'
import { CAPABILITY_ANSWER_MS } from '../../base/durations'
import { browserPlatform } from '../../base/platform'

/** The storage of Trello's `t`, where `t.getRestApi()` kept its token. */
export interface LegacyFrame {
  /** Reads a value. */
  get?(scope: string, visibility: string, key: string): PromiseLike<unknown>
  /** Deletes a value. */
  remove?(scope: string, visibility: string, key: string): PromiseLike<unknown>
}

/** The places of an old token. */
export interface LegacyTokenOptions {
  /** The `t` whose storage is asked. */
  t: LegacyFrame
  /** The old API key of the Power-Up. */
  appKey: string
  /** The name under which the token is kept, `trello_token` by default. */
  storageKey: string
  /** The storage of the frame. `undefined` where that is blocked. */
  localStorage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | undefined
  /** The base address of the old API, such as `https://api.trello.com/1`. */
  apiBase: string
  /** `true` where a token is revoked besides being forgotten. */
  isRevoked: boolean
}

/** The token of the time before OAuth 2.0, where the old client kept it. */
export interface LegacyToken {
  /** Reads the token. `null` where there is no token any more. Never rejects, and waits for Trello's page without a limit. */
  read(): Promise<string | null>
  /**
   * Forgets the token for good. Never rejects, and ends within four seconds. A token that could not be deleted by then is
   * not read again either.
   */
  remove(): Promise<void>
  /** Asks the API whether it takes the token. Never rejects. `unknown` without an answer that tells. */
  check(): Promise<'accepted' | 'refused' | 'unknown'>
  /** Calls back when another frame forgets the token. */
  onRemovedElsewhere(listener: () => void): void
}

/** Gives the storage of the page. `undefined` where that is blocked. */
export function storageOfPage(): Storage | undefined {
  try {
    return globalThis.localStorage
  } catch {
    return undefined // reading the property throws where storage is blocked
  }
}

const PLACE = ['member', 'private'] as const
const ENDED = 'powerup-oauth/legacy-token-ended/'

/** Finds and forgets the old token of the `t` and the frame in `options`. */
export function legacyToken(options: LegacyTokenOptions): LegacyToken {
  const { t, storageKey, localStorage } = options
  const endedKey = `${ENDED}${options.appKey}/${storageKey}`
  let ended = false

  /** The storage of the frame first: the old client moved what lay there to Trello before it read there. */
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
      return null // The frame is out of date: Trello answers for the current board only.
    }
  }

  async function remove(): Promise<void> {
    const tokens = options.isRevoked ? [stored(storageKey), keptByTrello()] : []
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

  async function check(): Promise<'accepted' | 'refused' | 'unknown'> {
    const token = await read()
    if (token === null) return 'unknown'
    try {
      const { ok, status } = await ask(options, token, '/members/me?fields=id')
      return status === 401 ? 'refused' : ok ? 'accepted' : 'unknown'
    } catch {
      return 'unknown' // offline
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

  return { read, remove, check, onRemovedElsewhere }
}

async function revoke(
  options: LegacyTokenOptions,
  kept: string | null | Promise<string | null>,
): Promise<void> {
  const token = await kept
  if (!token) return
  try {
    await ask(options, token, `/tokens/${token}`, 'DELETE')
  } catch {
    // Best effort: it is forgotten here in any case.
  }
}

/** Sends the key in the header: the request adapter takes only requests that carry it elsewhere. */
function ask(
  { apiBase, appKey }: LegacyTokenOptions,
  token: string,
  path: string,
  method = 'GET',
): Promise<Response> {
  const authorization = `OAuth oauth_consumer_key="${appKey}", oauth_token="${token}"`
  return fetch(apiBase + path, { method, headers: { authorization } })
}
