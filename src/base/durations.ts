/**
 * Every duration and count of the library, with its reason. The contract fixes the bounds; change one here and
 * nowhere else. Plain numbers alone, no sums and no lists: bundlers put these in the place of their names, and nothing of
 * this file is left.
 */

// ── access tokens

/** A token is good while this much of its life is left: a slow request must not outlive it. */
export const EXPIRY_MARGIN_MS = 30_000
/** Tokens that live shorter than ten margins are good until this share of their life is left. */
export const EXPIRY_MARGIN_SHARE = 1 / 10
/** Renewal in the background begins this long before the end, so that no call ever waits. */
export const RENEWAL_LEAD_MS = 300_000 // 5 min
/** The same for short-lived tokens, as a share of their life. */
export const RENEWAL_LEAD_SHARE = 1 / 5
/** Frames that renew at the same moment would queue for nothing: each adds up to this share of the lead. */
export const RENEWAL_JITTER_SHARE = 1 / 2
/** Renewals of one frame are this far apart, however short the tokens live: an idle frame sends no more than 60 an hour. */
export const RENEWAL_INTERVAL_MS = 60_000 // 1 min
/** The pause after a failed renewal doubles from COOL_DOWN_MS up to this. */
export const RENEWAL_PAUSE_MAX_MS = 300_000 // 5 min
/** Assumed where a token response names no `expires_in`, as Trello's own helper does. */
export const ASSUMED_LIFETIME_MS = 3_600_000 // 60 min
/** A token counts as good for a moment after it came, however short its life: asking again at once would be a loop. */
export const TOKEN_LIFETIME_MIN_MS = 2_000
/** Trello's refresh tokens live 90 days from each rotation. */
export const REFRESH_TOKEN_LIFETIME_MS = 7_776_000_000 // 90 days
/** Trello's grants end 365 days after the consent, however often they are renewed. */
export const GRANT_LIFETIME_MS = 31_536_000_000 // 365 days
/** Clocks are corrected by small steps all the time; a larger step back makes a stored time unbelievable. */
export const CLOCK_TOLERANCE_MS = 5_000

// ── refresh

/** The caller of a failing token endpoint gets an error after this time at the latest. */
export const CALLER_PATIENCE_MS = 12_000
/** One episode of presenting a refresh token ends before its callers lose patience. */
export const EPISODE_MS = 11_000
/** Requests that one episode sends at most. */
export const PRESENTATIONS_PER_EPISODE = 3
/** Waits before the second and the third presentation of an episode: soon, while a server's leeway may still run. */
export const SECOND_PRESENTATION_PAUSE_MS = 500
export const THIRD_PRESENTATION_PAUSE_MS = 2_000
/** After a failed episode no frame asks the token endpoint again for this long … */
export const COOL_DOWN_MS = 10_000
/** … or for as long as `Retry-After` asks, up to this … */
export const COOL_DOWN_MAX_MS = 60_000 // 1 min
/** … and never shorter than this, whatever it says. */
export const COOL_DOWN_MIN_MS = 1_000
/** After so many failed episodes in a row a new consent is offered as the way out. */
export const FAILURES_BEFORE_CONSENT = 3
/** Atlassian's server answers a used refresh token again for this long: a mark that a dead frame left is no loss yet. */
export const REUSE_LEEWAY_MS = 600_000 // 10 min
/** A lease runs this long. Past it, a living owner counts as stuck and may be taken over. */
export const LEASE_MS = 30_000
/** A mark older than this at the moment of sending is claimed anew: the frame was frozen in between. */
export const MARK_FRESH_MS = 3_000
/** Nobody waits longer than this in the queue for the lease, and nobody holds the queue longer. */
export const QUEUE_MS = 30_000
/** A lock with a new name is free, so this is longer than a working lock manager needs; then it goes without. */
export const OWNER_LOCK_MS = 2_000
/** The question who holds which lock is answered at once, or never. */
export const LOCK_QUERY_MS = 1_000
/** How often a frame that waits for another's answer looks, where no message tells it. */
export const LEASE_POLL_MS = 500
/** How long "who has the answer?" waits for a sibling frame to speak up. */
export const ASK_MS = 500
/** A sibling that says it has the answer, but never stores it, puts a take-over off no longer than this. */
export const PUT_OFF_MAX_MS = 120_000 // 2 min
/** The question whether the server is there at all must not hold up the error that it explains. */
export const REACHABLE_MS = 800
/** A token born of a 401 that gets a 401 itself is not forced again before this: the API is at fault, not the token. */
export const FORCED_REFRESH_PAUSE_MS = 600_000 // 10 min
/** A 401 in unknown words for a token younger than this doesn't force a refresh. */
export const YOUNG_TOKEN_MS = 60_000 // 1 min

/** The browser reports a violation of the page's policy this soon after the request that it forbade. */
export const POLICY_REPORT_MS = 50
/** A Trello page that doesn't know the commands for tokens may never answer: the next way is tried after this. */
export const HOST_ANSWER_MS = 3_000

// ── storage

/** A database that takes longer to open is given up; the next use opens it anew. */
export const STORAGE_OPEN_MS = 2_000
/** `readState()` settles within a second, whatever the storage does. */
export const STORAGE_READ_MS = 800
/** A write that hangs longer counts as failed; it is tried again. */
export const STORAGE_WRITE_MS = 3_000
/** First pause before a failed write is tried again; it doubles up to the next number. */
export const STORAGE_RETRY_MS = 1_000
export const STORAGE_RETRY_MAX_MS = 60_000 // 1 min
/** How long memory is believed where sibling frames can tell of changes (a message may still get lost) … */
export const MEMORY_TRUST_MS = 60_000 // 1 min
/** … and where they cannot. */
export const MEMORY_TRUST_ALONE_MS = 5_000

// ── pages that live for days

/** Listeners that subscribe others are called one inside the other. Deeper than this, they do it without end. */
export const LISTENERS_NESTED_MAX = 50
/** More listeners of one grant than any page shows at once: somebody subscribes at each rendering. */
export const LISTENERS_MAX = 10_000
/** The grants that a page holds open, at most, where nobody uses the older ones. */
export const GRANTS_OPEN_MAX = 16
/** The clients that are given again to whoever asks with the same options. */
export const CLIENTS_KEPT_MAX = 16

// ── sign-in

/** A click waits this long for the code of the sign-in, where it was not loaded before: a closed window is told by then. */
export const SIGN_IN_LOAD_MS = 5_000
/** A sign-in ends after this time; password, second factor and consent fit well within. */
export const SIGN_IN_DEADLINE_MS = 600_000 // 10 min
/** Pending attempts, and the responses that the callback page keeps for them, live this long. */
export const ATTEMPT_LIFETIME_MS = 600_000 // 10 min
/** Pending attempts kept for one grant key. */
export const ATTEMPTS_MAX = 4
/** How often the window is looked at: no event tells that it closed. */
export const POPUP_POLL_MS = 200
/** A window that closed may have sent its message just before: wait this long for it. */
export const POPUP_CLOSED_GRACE_MS = 2_000
/** The callback page answers the collector within this time, or the window goes on to consent. */
export const COLLECT_MS = 5_000
/** The question whose account this is must not hold up a sign-in. */
export const MEMBER_CHECK_MS = 5_000
/** A revocation is best effort: a sign-out waits no longer for it. */
export const REVOCATION_MS = 3_000
/** The frame that waits acknowledges a response within this time, or the callback page keeps it. */
export const ACKNOWLEDGEMENT_MS = 1_000
/** Responses that the callback page keeps at most. */
export const KEPT_RESPONSES_MAX = 8

// ── API

/** Trello lets a token make this many calls … */
export const RATE_LIMIT_MAX = 100
/** … in this time. Both hold until the headers of an answer name others. */
export const RATE_LIMIT_INTERVAL_MS = 10_000
/** A higher limit is not believed: this many numbers are kept for it. */
export const RATE_LIMIT_MAX_BELIEVED = 1_000
/** Pauses of all calls after a 429 that names none, each after the last one helped nothing. They see the end of an interval. */
export const RATE_LIMIT_FIRST_PAUSE_MS = 1_000
export const RATE_LIMIT_SECOND_PAUSE_MS = 4_000
export const RATE_LIMIT_THIRD_PAUSE_MS = 10_000
/** Frames and people that pause at the same moment would all come back at once: each adds up to this share. */
export const RATE_LIMIT_JITTER_SHARE = 1 / 10
/** A call whose turn can't come for longer is told at once: longer than the third pause and its jitter. */
export const RATE_LIMIT_PATIENCE_MS = 15_000
/** The longest time that a call stands in a queue that moves: 1,200 calls at Trello's rate. */
export const RATE_LIMIT_QUEUE_MS = 120_000 // 2 min

// ── compat

/** Trello gives a capability of the connector 5 seconds to answer. */
export const CAPABILITY_ANSWER_MS = 4_000
/** Where an old token may lie, Trello is asked; a state is told without it after this time. */
export const LEGACY_READ_MS = 800
