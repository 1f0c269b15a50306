import { within } from '../base/async'
import {
  COOL_DOWN_MS,
  TICKET_KEY_BITS_MIN,
  TICKET_KEYS_FRESH_MS,
  TICKET_KEYS_MAX,
  TICKET_KEYS_MAX_BYTES,
  TICKET_KEYS_MS,
  TICKET_KEYS_PAUSE_MS,
  TICKET_KEYS_STALE_MS,
} from '../base/durations'
import { fieldsOf } from '../base/fields'
import type { Platform } from '../base/platform'
import { readText } from '../token-endpoint/posted-fields'

/** The public keys that Trello signs tickets with. Neither method rejects. */
export interface TicketKeys {
  /**
   * Gives the known keys. They are fetched where there are no keys, or only ones that are older than a day; ones that are
   * older than four hours are fetched again while they serve. `undefined`: there are no keys now.
   */
  known(): Promise<readonly CryptoKey[] | undefined>
  /** Gives newer keys than these, for a ticket that fits not one of them. It asks once a minute at most, where there are keys. */
  newer(than: readonly CryptoKey[] | undefined): Promise<readonly CryptoKey[] | undefined>
}

/** Makes the key set that is published at `url`. It is fetched when the first ticket comes. */
export function createTicketKeys(platform: Platform, url: string): TicketKeys {
  let keys: readonly CryptoKey[] | undefined
  let fetchedAt = 0
  let askedAt = -Infinity
  let asking: Promise<readonly CryptoKey[] | undefined> | undefined

  /** Fetches the keys, unless that was done a moment ago. `undefined`: there is nothing new. */
  function ask(): Promise<readonly CryptoKey[] | undefined> {
    if (asking) return asking
    const now = platform.monotonicNow()
    const pauseMs = keys ? TICKET_KEYS_PAUSE_MS : COOL_DOWN_MS
    if (now - askedAt < pauseMs) return Promise.resolve(undefined)
    askedAt = now
    asking = within(platform, TICKET_KEYS_MS, fetchKeys(platform, url), () => undefined)
      .catch(() => undefined)
      .then((fetched) => {
        asking = undefined
        // An answer without a key may be a fault of a moment. It takes no keys away.
        if (!fetched || fetched.length === 0) return undefined
        keys = fetched
        fetchedAt = now
        return fetched
      })
    return asking
  }

  return {
    known: async () => {
      const age = platform.monotonicNow() - fetchedAt
      if (keys && age < TICKET_KEYS_FRESH_MS) return keys
      const asked = ask()
      return keys && age < TICKET_KEYS_STALE_MS ? keys : asked
    },
    // They may have come while the ticket was held against the old ones.
    newer: async (than) => (keys === than ? ask() : keys),
  }
}

async function fetchKeys(platform: Platform, url: string): Promise<readonly CryptoKey[] | undefined> {
  const response = await platform.fetch(url, {
    headers: { accept: 'application/json' },
    credentials: 'omit',
    redirect: 'error',
  })
  if (!response.ok) return undefined
  const text = await readText(response, TICKET_KEYS_MAX_BYTES)
  return text === undefined || text === 'tooLarge' ? undefined : readKeys(text)
}

/**
 * Reads the keys of an answer: texts in PEM, as Trello has them, or a JWK set. What is no RSA key of 2,048 bits or more is
 * left out.
 */
export async function readKeys(text: string): Promise<readonly CryptoKey[]> {
  const { keys } = fieldsOf(JSON.parse(text))
  const list: readonly unknown[] = Array.isArray(keys) ? keys : [keys]
  const given = list.flatMap((key): readonly unknown[] => (typeof key === 'string' ? pemBlocks(key) : [key]))
  const imported = await Promise.all(given.slice(0, TICKET_KEYS_MAX).map(importKey))
  return imported.flatMap((key) => (key && isLongEnough(key) ? [key] : []))
}

const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const

async function importKey(key: unknown): Promise<CryptoKey | undefined> {
  try {
    if (key instanceof Uint8Array) {
      return await crypto.subtle.importKey('spki', Uint8Array.from(key), ALGORITHM, false, ['verify'])
    }
    const { kty, n, e, use = 'sig', alg = 'RS256' } = fieldsOf(key)
    if (kty !== 'RSA' || typeof n !== 'string' || typeof e !== 'string') return undefined
    if (use !== 'sig' || alg !== 'RS256') return undefined
    return await crypto.subtle.importKey('jwk', { kty, n, e }, ALGORITHM, false, ['verify'])
  } catch {
    return undefined // one key that can't be read takes none of the others away
  }
}

function pemBlocks(text: string): readonly Uint8Array[] {
  const blocks = text.matchAll(/-----BEGIN PUBLIC KEY-----([\w+/=\s]+)-----END PUBLIC KEY-----/g)
  return [...blocks].flatMap(([, base64 = '']) => {
    try {
      return [Uint8Array.from(atob(base64.replace(/\s/g, '')), (character) => character.charCodeAt(0))]
    } catch {
      return []
    }
  })
}

function isLongEnough({ algorithm }: CryptoKey): boolean {
  const { modulusLength } = fieldsOf(algorithm)
  return typeof modulusLength === 'number' && modulusLength >= TICKET_KEY_BITS_MIN
}
