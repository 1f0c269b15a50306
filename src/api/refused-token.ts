import { within } from '../base/async'
import {
  FORCED_REFRESH_PAUSE_MS,
  MEMBER_CHECK_MS,
  PATHS_REMEMBERED_MAX,
  REFRESHES_PER_PATH,
  YOUNG_TOKEN_MS,
} from '../base/durations'
import type { Platform } from '../base/platform'
import type { Frame } from '../grant/frame'
import type { LiveGrant } from '../grant/grant'
import { pathOf, type RefusedPath, tokenUseOf } from './token-use'
import { wordsOf } from './words'

// Loaded on demand, at the first 401.

/** A call that was answered with 401. */
export interface RefusedCall {
  /** The address of the call. */
  url: URL
  /** The access token that it was made with. */
  token: string
  /** The answer. Its body is read from a copy. */
  response: Response
}

/**
 * Decides whether a 401 says that the token is dead. Trello says with 401 too that the token is fine and the person may not
 * do this. A path that goes on refusing forces no more refreshes for ten minutes. Where nothing can be refreshed, the API
 * is asked elsewhere first: one path must not end the grant.
 * @param grant the grant that the token is of, as this client knows it
 * @param apiOrigin where to ask
 */
export async function isTokenAtFault(
  frame: Frame,
  call: RefusedCall,
  grant: LiveGrant,
  apiOrigin: string,
): Promise<boolean> {
  const { platform, store } = frame
  const ageMs = platform.now() - grant.tokenSet.obtainedAt
  const isAccepted = tokenUseOf(store).accepted === grant.generation
  // A token that a 401 brought about and that was never accepted: the API refuses them all, a new one helps nobody.
  if (grant.forced && !isAccepted && ageMs < FORCED_REFRESH_PAUSE_MS) return false
  if (mayForceNoMore(frame, call)) return false
  const words = await wordsOf(platform, call.response)
  if (isAboutPermission(words)) return false
  if (!DEAD_TOKEN_WORDS.test(words) && ageMs < YOUNG_TOKEN_MS) return false
  if (!grant.renewable && !(await isRefusedElsewhere(platform, call, apiOrigin))) {
    noteHopeless(frame, call)
    return false
  }
  noteForced(frame, call)
  return true
}

/** Notes that a path refused even the token that its own 401 had brought about. */
export async function noteRefusedAgain(frame: Frame, call: RefusedCall): Promise<void> {
  if (!isAboutPermission(await wordsOf(frame.platform, call.response))) noteHopeless(frame, call)
}

/** Trello's words for a scope that is missing, and those of Atlassian's gateways in front of it. */
export const SCOPE_WORDS =
  /(?:missing|insufficient)[\w ]*scope|scopes? (?:does|do) not match|scopes? not granted/i
const PERMISSION_WORDS = /permission|not (?:permitted|allowed)|access denied|forbidden|invalid key/i
const DEAD_TOKEN_WORDS =
  /\b(?:invalid|expired|revoked|unknown)[_ ](?:\w+ )?token|token (?:is |has )?(?:been )?(?:invalid|expired|revoked)/i

function isAboutPermission(words: string): boolean {
  return PERMISSION_WORDS.test(words) || SCOPE_WORDS.test(words)
}

/** Asks the API whether it refuses the token at another path, too. Where it gives no answer, it doesn't. */
async function isRefusedElsewhere(
  platform: Platform,
  { url, token }: RefusedCall,
  apiOrigin: string,
): Promise<boolean> {
  const path = url.pathname === '/1/members/me' ? '/1/members/me/boards' : '/1/members/me'
  const asked = platform.fetch(`${apiOrigin}${path}?fields=id`, {
    headers: { Authorization: `Bearer ${token}`, Accept: 'application/json' },
    credentials: 'omit',
    redirect: 'error',
  })
  const isRefused = asked.then(
    async (response) => response.status === 401 && !isAboutPermission(await wordsOf(platform, response)),
    () => false,
  )
  return within(platform, MEMBER_CHECK_MS, isRefused, () => false)
}

function mayForceNoMore({ platform, store }: Frame, { url, token }: RefusedCall): boolean {
  const refused = tokenUseOf(store).refusedPaths.get(pathOf(url))
  if (!refused || platform.monotonicNow() - refused.at >= FORCED_REFRESH_PAUSE_MS) return false
  // Calls that were refused the same token share its refresh.
  return (
    refused.refreshes > REFRESHES_PER_PATH ||
    (refused.refreshes === REFRESHES_PER_PATH && refused.token !== token)
  )
}

function noteForced({ platform, store }: Frame, { url, token }: RefusedCall): void {
  const { refusedPaths } = tokenUseOf(store)
  const at = platform.monotonicNow()
  const refused = refusedPaths.get(pathOf(url))
  if (refused?.token === token) return
  const isRecent = refused !== undefined && at - refused.at < FORCED_REFRESH_PAUSE_MS
  note(refusedPaths, pathOf(url), { token, at, refreshes: isRecent ? refused.refreshes + 1 : 1 })
}

function noteHopeless({ platform, store }: Frame, { url, token }: RefusedCall): void {
  const at = platform.monotonicNow()
  note(tokenUseOf(store).refusedPaths, pathOf(url), { token, at, refreshes: Infinity })
}

/** Keeps what is known of the latest paths only: a page may live for days. */
function note(paths: Map<string, RefusedPath>, path: string, refused: RefusedPath): void {
  paths.delete(path)
  paths.set(path, refused)
  const [oldest] = paths.keys()
  if (paths.size > PATHS_REMEMBERED_MAX && oldest !== undefined) paths.delete(oldest)
}
