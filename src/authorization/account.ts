import { within } from '../deadline'
import { MEMBER_CHECK_MS } from '../durations'
import type { Platform } from '../platform'

/**
 * The id of the member whose token this is. `undefined`: the API doesn't say, for want of a scope or of an answer.
 * @see https://developer.atlassian.com/cloud/trello/rest/api-group-members/#api-members-id-get
 */
export function readAccount(
  platform: Platform,
  apiOrigin: string,
  accessToken: string,
): Promise<string | undefined> {
  return within(platform, MEMBER_CHECK_MS, askForAccount(platform, apiOrigin, accessToken), () => undefined)
}

async function askForAccount(
  platform: Platform,
  apiOrigin: string,
  accessToken: string,
): Promise<string | undefined> {
  try {
    const response = await platform.fetch(`${apiOrigin}/1/members/me?fields=id`, {
      headers: { Authorization: `Bearer ${accessToken}`, Accept: 'application/json' },
      credentials: 'omit',
      redirect: 'error',
    })
    const body: unknown = response.ok ? await response.json() : undefined
    const id = (body as { id?: unknown } | undefined)?.id
    return typeof id === 'string' ? id : undefined
  } catch {
    return undefined // offline, or no JSON: the first call that can tell will
  }
}
