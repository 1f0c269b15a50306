import { within } from '../base/async'
import { MEMBER_CHECK_MS } from '../base/durations'
import type { Platform } from '../base/platform'

/** A question to the API about an access token that no grant may be made of yet. */
export interface TokenQuestion<T> {
  /** The origin of the API. */
  apiOrigin: string
  /** The path and the query, from `/1` on. */
  path: string
  /** The token. */
  accessToken: string
  /** Reads the answer. What it throws counts as no answer. */
  read(response: Response): Promise<T>
  /** The result where no answer comes within five seconds. */
  noAnswer: T
}

/** Asks the API with a token. Never rejects. */
export function askWithToken<T>(
  platform: Platform,
  { apiOrigin, path, accessToken, read, noAnswer }: TokenQuestion<T>,
): Promise<T> {
  async function ask(): Promise<T> {
    const response = await platform.fetch(`${apiOrigin}${path}`, {
      headers: { Authorization: `Bearer ${accessToken}`, Accept: 'application/json' },
      credentials: 'omit',
      redirect: 'error',
    })
    return read(response)
  }

  const answer = ask().catch(() => noAnswer)
  return within(platform, MEMBER_CHECK_MS, answer, () => noAnswer)
}
