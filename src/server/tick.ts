import { within } from '../base/async'
import {
  ASLEEP_LEAD_MS,
  COOL_DOWN_MAX_MS,
  COOL_DOWN_MS,
  ENDING_LEAD_MS,
  ENDING_PAUSE_MS,
  GRANT_LIFETIME_MS,
  KEEPER_READ_MS,
  REFRESH_TOKEN_LIFETIME_MS,
  RENEWAL_PAUSE_MAX_MS,
  TICK_LIST_MS,
  TICK_REJECTED_PAUSE_MS,
  TICK_WIDTH,
} from '../base/durations'
import {
  NotAuthorizedError,
  TokenEndpointError,
  type TokenEndpointErrorCode,
  TokenExpiredError,
} from '../base/errors'
import { readStoredEntry } from '../grant/entry-format'
import { type GrantEntry, type LiveGrant, liveGrant } from '../grant/grant'
import type { Keeping } from './keeping'
import type { KeptGrant } from './kept-grant'

/** The result of one tick, in numbers of grants. */
export interface TickSummary {
  /** The keys that were looked at. */
  looked: number
  /** Grants with a new access token, after a mark that was left or because they would have fallen asleep. */
  renewed: number
  /** Grants that nobody can renew any more: the token endpoint said so in this tick. */
  ended: number
  /** Living grants that end within 14 days, since the consent is almost 365 days old. */
  ending: number
  /**
   * Keys that could not be read or renewed this time; `onEvent` is told why (`tickFailed`). A later tick tries again: at a
   * failing server, not each one does.
   */
  failed: number
}

/** Does what is due for all grants of a store. Ticks that are asked for at the same time are one. */
export function createTick(keeping: Keeping): () => Promise<TickSummary> {
  const told = new Map<string, number>()
  let running: Promise<TickSummary> | undefined
  return () => {
    running ??= tick(keeping, told).finally(() => {
      running = undefined
    })
    return running
  }
}

type Outcome = Exclude<keyof TickSummary, 'looked' | 'ending'> | undefined

async function tick(keeping: Keeping, told: Map<string, number>): Promise<TickSummary> {
  const { platform, storage, emit } = keeping
  const keys = await within(platform, TICK_LIST_MS, storage.keys(), tooLate).catch((cause) => {
    throw unavailable(cause)
  })
  const summary: TickSummary = { looked: keys.length, renewed: 0, ended: 0, ending: 0, failed: 0 }
  const left = [...keys].reverse()

  async function worker(): Promise<void> {
    for (let key = left.pop(); key !== undefined; key = left.pop()) {
      const { outcome, entry } = await care(keeping, key).catch((error): Cared => {
        emit({ key, type: 'tickFailed', ...failureOf(error) })
        return { outcome: 'failed' }
      })
      if (outcome) summary[outcome]++
      if (entry && tellEnding(keeping, key, entry, told)) summary.ending++
    }
  }

  await Promise.all(Array.from({ length: TICK_WIDTH }, worker))
  return summary
}

function tooLate(): never {
  throw new Error('The store did not answer in time.')
}

/** Names why a grant could not be read or renewed. What is no error of ours came from the store. */
function failureOf(error: unknown): { code: TokenEndpointErrorCode; message: string } {
  const told = error instanceof TokenEndpointError ? error : unavailable(error)
  return { code: told.code, message: (told.cause instanceof Error ? told.cause : told).message }
}

function unavailable(cause: unknown): TokenEndpointError {
  return new TokenEndpointError('storageUnavailable', { cause })
}

interface Cared {
  outcome?: Outcome
  /** The entry under the key, where it could be read. */
  entry?: GrantEntry
}

/** Does what is due for one grant. One that is not in use and needs nothing is not opened. */
async function care(keeping: Keeping, key: string): Promise<Cared> {
  const { platform, storage, opened } = keeping
  if (!opened(key)) {
    const value = await within(platform, KEEPER_READ_MS, storage.get(key), tooLate)
    const { entry } = readStoredEntry(value)
    const due = dueGrant(entry, platform.now())
    if (!due) return { entry }
    if (isPaused(due, platform.now())) return { outcome: 'failed', entry }
  }
  const grant = keeping.open(key)
  const outcome = await grant.during(careFor(keeping, grant))
  return { outcome, entry: grant.store.view() }
}

async function careFor({ platform, accessToken }: Keeping, grant: KeptGrant): Promise<Outcome> {
  const { store } = grant
  const view = await store.read()
  if (view.storage !== 'read') throw unavailable(view.failure)
  // What an earlier write could not store is stored with any other.
  if (!view.persistent) await store.transact((entry) => entry)
  const due = dueGrant(store.view(), platform.now())
  if (!due) return undefined
  if (isPaused(due, platform.now())) return 'failed'
  try {
    await accessToken(grant, { renews: due.generation })
  } catch (error) {
    if (error instanceof TokenExpiredError) return 'ended'
    // Somebody has signed out meanwhile.
    if (error instanceof NotAuthorizedError) return undefined
    throw error
  }
  return isSuccessor(store.view(), due) ? 'renewed' : undefined
}

/** Gives the living grant, if something is due for it. */
function dueGrant(entry: GrantEntry, now: number): LiveGrant | undefined {
  const live = liveGrant(entry, now)
  return live?.renewable && isDue(live, now) ? live : undefined
}

/** Tells whether somebody has presented the refresh token and left it at that, or nobody has for too long. */
function isDue({ lease, tokenSet }: LiveGrant, now: number): boolean {
  return lease !== undefined || now - tokenSet.obtainedAt >= REFRESH_TOKEN_LIFETIME_MS - ASLEEP_LEAD_MS
}

/** Tells whether it is too early to try again. The pauses after failures double, as those of renewals in a page do. */
function isPaused({ coolDown }: LiveGrant, now: number): boolean {
  if (!coolDown) return false
  const { until, code, failures } = coolDown
  const doubledMs = Math.min(COOL_DOWN_MS * 2 ** (failures - 1), RENEWAL_PAUSE_MAX_MS)
  const pauseMs = code === 'clientRejected' ? TICK_REJECTED_PAUSE_MS : doubledMs
  const restMs = until + pauseMs - now
  // Longer than any pause: the clock was set back since.
  return restMs > 0 && restMs <= pauseMs + COOL_DOWN_MAX_MS
}

/** `false`: another process is at it. */
function isSuccessor({ record }: GrantEntry, { generation }: LiveGrant): boolean {
  return record?.status === 'live' && record.generation !== generation
}

/** Tells of a grant that nears its end. Returns whether it does. */
function tellEnding(
  { platform, emit }: Keeping,
  key: string,
  entry: GrantEntry,
  told: Map<string, number>,
): boolean {
  const now = platform.now()
  const live = liveGrant(entry, now)
  const endsAt = live ? live.grantedAt + GRANT_LIFETIME_MS : Infinity
  if (endsAt - now > ENDING_LEAD_MS) {
    told.delete(key)
    return false
  }
  if (now - (told.get(key) ?? -Infinity) < ENDING_PAUSE_MS) return true
  told.set(key, now)
  emit({ key, type: 'grantEnding', endsAt })
  return true
}
