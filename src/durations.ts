/**
 * Every duration and count of the library, with its reason. The contract fixes the bounds; change one here and
 * nowhere else.
 */

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS

// ── access tokens

/** A token is good while this much of its life is left: a slow request must not outlive it. */
export const EXPIRY_MARGIN_MS = 30 * SECOND_MS
/** Tokens that live shorter than ten margins are good until this share of their life is left. */
export const EXPIRY_MARGIN_SHARE = 1 / 10
/** Renewal in the background begins this long before the end, so that no call ever waits. */
export const RENEWAL_LEAD_MS = 5 * MINUTE_MS
/** The same for short-lived tokens, as a share of their life. */
export const RENEWAL_LEAD_SHARE = 1 / 5
/** Frames that renew at the same moment would queue for nothing: each adds up to this share of the lead. */
export const RENEWAL_JITTER_SHARE = 1 / 2
/** Assumed where a token response names no `expires_in`, as Trello's own helper does. */
export const ASSUMED_LIFETIME_MS = 60 * MINUTE_MS
/** Trello's refresh tokens live 90 days from each rotation. */
export const REFRESH_TOKEN_LIFETIME_MS = 90 * 24 * 60 * MINUTE_MS
/** Clocks are corrected by small steps all the time; a larger step back makes a stored time unbelievable. */
export const CLOCK_TOLERANCE_MS = 5 * SECOND_MS

// ── refresh

/** The caller of a failing token endpoint gets an error after this time at the latest. */
export const CALLER_PATIENCE_MS = 12 * SECOND_MS
/** One episode of presenting a refresh token ends before its callers lose patience. */
export const EPISODE_MS = 11 * SECOND_MS
/** Requests that one episode sends at most. */
export const PRESENTATIONS_PER_EPISODE = 3
/** Waits between the presentations of an episode: soon, while a server's leeway may still run. */
export const PRESENTATION_PAUSES_MS: readonly number[] = [500, 2 * SECOND_MS]
/** After a failed episode no frame asks the token endpoint again for this long … */
export const COOL_DOWN_MS = 10 * SECOND_MS
/** … or for as long as `Retry-After` asks, up to this. */
export const COOL_DOWN_MAX_MS = 60 * SECOND_MS
/** A lease runs this long. Past it, a living owner counts as stuck and may be taken over. */
export const LEASE_MS = 30 * SECOND_MS
/** A mark older than this at the moment of sending is claimed anew: the frame was frozen in between. */
export const MARK_FRESH_MS = 3 * SECOND_MS
/** Nobody waits longer than this in the queue for the lease, and nobody holds the queue longer. */
export const QUEUE_MS = 30 * SECOND_MS
/** A lock with a new name is free, so this is longer than a working lock manager needs; then it goes without. */
export const OWNER_LOCK_MS = 2 * SECOND_MS
/** How often a frame that waits for another's answer looks, where no message tells it. */
export const LEASE_POLL_MS = 500
/** How long "who has the answer?" waits for a sibling frame to speak up. */
export const ASK_MS = 500
/** A sibling that says it has the answer, but never stores it, puts a take-over off no longer than this. */
export const PUT_OFF_MAX_MS = 2 * MINUTE_MS
/** The question whether the server is there at all must not hold up the error that it explains. */
export const REACHABLE_MS = 800
/** A token born of a 401 that gets a 401 itself is not forced again before this: the API is at fault, not the token. */
export const FORCED_REFRESH_PAUSE_MS = 10 * MINUTE_MS
/** A 401 in unknown words for a token younger than this doesn't force a refresh. */
export const YOUNG_TOKEN_MS = MINUTE_MS

// ── storage

/** A database that takes longer to open is given up; the next use opens it anew. */
export const STORAGE_OPEN_MS = 2 * SECOND_MS
/** `readState()` settles within a second, whatever the storage does. */
export const STORAGE_READ_MS = 800
/** A write that hangs longer counts as failed; it is tried again. */
export const STORAGE_WRITE_MS = 3 * SECOND_MS
/** First pause before a failed write is tried again; it doubles up to the next number. */
export const STORAGE_RETRY_MS = SECOND_MS
export const STORAGE_RETRY_MAX_MS = MINUTE_MS
/** How long memory is believed where sibling frames can tell of changes (a message may still get lost) … */
export const MEMORY_TRUST_MS = MINUTE_MS
/** … and where they cannot. */
export const MEMORY_TRUST_ALONE_MS = 5 * SECOND_MS

// ── sign-in

/** A click waits this long for the code of the sign-in, where it was not loaded before: a closed window is told by then. */
export const SIGN_IN_LOAD_MS = 5 * SECOND_MS
/** A sign-in ends after this time; password, second factor and consent fit well within. */
export const SIGN_IN_DEADLINE_MS = 10 * MINUTE_MS
/** Pending attempts, and the responses that the callback page keeps for them, live this long. */
export const ATTEMPT_LIFETIME_MS = 10 * MINUTE_MS
/** Pending attempts kept for one grant key. */
export const ATTEMPTS_MAX = 4
/** How often the window is looked at: no event tells that it closed. */
export const POPUP_POLL_MS = 200
/** A window that closed may have sent its message just before: wait this long for it. */
export const POPUP_CLOSED_GRACE_MS = 2 * SECOND_MS
/** The callback page answers the collector within this time, or the window goes on to consent. */
export const COLLECT_MS = 5 * SECOND_MS
/** The question whose account this is must not hold up a sign-in. */
export const MEMBER_CHECK_MS = 5 * SECOND_MS
/** A revocation is best effort: a sign-out waits no longer for it. */
export const REVOCATION_MS = 3 * SECOND_MS
/** The frame that waits acknowledges a response within this time, or the callback page keeps it. */
export const ACKNOWLEDGEMENT_MS = SECOND_MS
/** Responses that the callback page keeps at most. */
export const KEPT_RESPONSES_MAX = 8

// ── API

/** Trello counts requests per 10 seconds: these waits, with jitter, see the end of such an interval. */
export const RATE_LIMIT_PAUSES_MS: readonly number[] = [SECOND_MS, 4 * SECOND_MS, 10 * SECOND_MS]

// ── compat

/** Trello gives a capability of the connector 5 seconds to answer. */
export const CAPABILITY_ANSWER_MS = 4 * SECOND_MS
/** Where an old token may lie, Trello is asked; a state is told without it after this time. */
export const LEGACY_READ_MS = 800
