/**
 * Every duration and count of the library, with its reason. The contract fixes the bounds. Plain numbers only, no sums and
 * no lists: bundlers write these instead of their names, and nothing of this file is left.
 */

// ── access tokens

/** The life that a good token has left at least, so that it outlives a slow request. */
export const EXPIRY_MARGIN_MS = 30_000
/** The same for tokens that live shorter than ten margins, as a share of their life. */
export const EXPIRY_MARGIN_SHARE = 1 / 10
/** The time before its end at which a token is renewed in the background, so that no call has to wait. */
export const RENEWAL_LEAD_MS = 300_000 // 5 min
/** The same for short-lived tokens, as a share of their life. */
export const RENEWAL_LEAD_SHARE = 1 / 5
/** The share of the lead that each frame adds at most, so that frames don't renew at the same moment. */
export const RENEWAL_JITTER_SHARE = 1 / 2
/** The shortest time between two renewals of one frame, however short the tokens live: an idle frame sends no more than 60 an hour. */
export const RENEWAL_INTERVAL_MS = 60_000 // 1 min
/** The longest pause after a failed renewal. It doubles from COOL_DOWN_MS up to this. */
export const RENEWAL_PAUSE_MAX_MS = 300_000 // 5 min
/**
 * The wait of a connected frame, once people see it, before it loads the code of a refresh. The page's own start comes first,
 * and a frame that is closed at once never pays for it.
 */
export const REFRESH_LOAD_DELAY_MS = 3_000
/** The lifetime of an access token where the response names none, as in Trello's own helper. */
export const ASSUMED_LIFETIME_MS = 3_600_000 // 60 min
/** The time that a new token counts as good at least, however short its life: asking again at once would be a loop. */
export const TOKEN_LIFETIME_MIN_MS = 2_000
/** The lifetime of Trello's refresh tokens, from each rotation. */
export const REFRESH_TOKEN_LIFETIME_MS = 7_776_000_000 // 90 days
/** The lifetime of Trello's grants from the consent, however often they are renewed. */
export const GRANT_LIFETIME_MS = 31_536_000_000 // 365 days
/** A clock that is set back by more makes a stored time unbelievable. Smaller corrections happen all the time. */
export const CLOCK_TOLERANCE_MS = 5_000

// ── refresh

/** A call at a failing token endpoint ends in an error after this time. */
export const CALLER_PATIENCE_MS = 12_000
/** An episode of presenting a refresh token ends after this time, before its callers lose patience. */
export const EPISODE_MS = 11_000
/** The requests that one episode sends at most. After an answer that can't be read, the second one asks whether the server is there. */
export const PRESENTATIONS_PER_EPISODE = 3
/** The wait before the second presentation of an episode: short, while a server's leeway may still run. */
export const SECOND_PRESENTATION_PAUSE_MS = 500
/** The wait before the third presentation of an episode. */
export const THIRD_PRESENTATION_PAUSE_MS = 2_000
/** The pause of all frames after a failed episode. */
export const COOL_DOWN_MS = 10_000
/** The longest such pause that `Retry-After` may ask for. */
export const COOL_DOWN_MAX_MS = 60_000 // 1 min
/** The shortest such pause, whatever `Retry-After` says. */
export const COOL_DOWN_MIN_MS = 1_000
/** The failed episodes in a row after which a new consent is offered as the way out. */
export const FAILURES_BEFORE_CONSENT = 3
/** The time in which Atlassian's server answers a used refresh token again: a mark that a dead frame left is no loss yet. */
export const REUSE_LEEWAY_MS = 600_000 // 10 min
/** The length of a lease. After it, a living owner counts as stuck and may be taken over. */
export const LEASE_MS = 30_000
/**
 * The time without a sign of life after which a keeper takes the owner of a mark, in another process, for dead: longer than
 * the token endpoint needs, and shorter than a caller waits.
 */
export const OWNER_SILENCE_MS = 8_000
/** The age of a mark beyond which it is claimed again before sending: the frame was frozen in between. */
export const MARK_FRESH_MS = 3_000
/** The longest wait in the queue for the lease, and the longest time that the queue is held. */
export const QUEUE_MS = 30_000
/** The wait for the owner's lock. It has a new name, so a working lock manager gives it at once; after this it goes without. */
export const OWNER_LOCK_MS = 2_000
/** The wait for the answer who holds which lock, which comes at once or never. */
export const LOCK_QUERY_MS = 1_000
/** The first pause of a frame that waits for another's answer, in case no message tells it. It doubles each time … */
export const LEASE_POLL_FIRST_MS = 50
/** … up to this. */
export const LEASE_POLL_MS = 500
/** The wait for a sibling frame to answer the question who has the answer. */
export const ASK_MS = 500
/** The longest time that a sibling can put off a take-over by saying that it has the answer. */
export const PUT_OFF_MAX_MS = 120_000 // 2 min
/** The wait for the answer whether the server is there at all. It must not hold up the error that it explains. */
export const REACHABLE_MS = 800
/** The pause before a token that came of a 401, and gets a 401 itself, is refreshed again: the API is at fault then. */
export const FORCED_REFRESH_PAUSE_MS = 600_000 // 10 min
/** Refreshes that one path may force in that time, where each brought a token that it took. */
export const REFRESHES_PER_PATH = 2
/** Paths whose refusals are remembered, so that a page that lives for days stays small. */
export const PATHS_REMEMBERED_MAX = 100
/** The words of a refusal are read this long: a body may never end. */
export const WORDS_MS = 2_000
/** The age under which a 401 in unknown words forces no refresh. */
export const YOUNG_TOKEN_MS = 60_000 // 1 min

/** The wait for the browser to report that the page's policy forbade a request. */
export const POLICY_REPORT_MS = 50
/** The wait for a Trello page that may not know the commands for tokens. Then the next way is tried. */
export const HOST_ANSWER_MS = 3_000

// ── storage

/** The longest time for opening the database. The next use opens it again. */
export const STORAGE_OPEN_MS = 2_000
/** The longest time for a read, so that `readState()` settles within a second. */
export const STORAGE_READ_MS = 800
/** The same for the store of a keeper, which may have to wake up or to connect first. */
export const KEEPER_READ_MS = 3_000
/** The times that a keeper tries to write where others write to the same key at the same moment. */
export const KEEPER_SWAPS_MAX = 20
/** The longest pause before it tries once more. */
export const KEEPER_SWAP_PAUSE_MS = 100
/** A call whose token is good waits no longer than this for a storage that may hang. */
export const STORAGE_PATIENCE_MS = 100
/** The longest time for a write. It is tried again later. */
export const STORAGE_WRITE_MS = 3_000
/** The pause before a failed write is tried again. It doubles each time … */
export const STORAGE_RETRY_MS = 1_000
/** … up to this. */
export const STORAGE_RETRY_MAX_MS = 60_000 // 1 min
/** The time that a read is trusted where sibling frames tell of changes. A message may still get lost. */
export const MEMORY_TRUST_MS = 60_000 // 1 min
/** The time that a read is trusted where they can't tell. */
export const MEMORY_TRUST_ALONE_MS = 5_000

// ── pages that live for days

/** The longest time that reading the state waits for whether another page waits for a sign-in. */
export const OWNERS_MS = 150
/** A state that time will change is looked at this often: timers may be late, and the clock may jump. */
export const STATE_LOOK_MS = 60_000 // 1 min
/** The depth at which listeners that subscribe other listeners count as endless. */
export const LISTENERS_NESTED_MAX = 50
/** The listeners of one grant, more than any page shows at once: beyond it, somebody subscribes at each rendering. */
export const LISTENERS_MAX = 10_000
/** The grants that a page holds open at most, where nobody uses the older ones. */
export const GRANTS_OPEN_MAX = 16
/** The clients that are kept for the next call with the same options. */
export const CLIENTS_KEPT_MAX = 16

// ── keeper

/** The grants that a keeper holds open at most, where nobody uses the older ones. */
export const KEPT_GRANTS_OPEN_MAX = 100
/** The time for which a grant stays open at least: one interval of Trello's rate limit, which is counted for it. */
export const KEPT_GRANT_IDLE_MS = 10_000
/** The grants that a tick looks at side by side. */
export const TICK_WIDTH = 8
/** The longest time in which a tick waits for the list of all keys. */
export const TICK_LIST_MS = 30_000
/** The time before the end of an unused refresh token at which a tick renews it: a tick a month is enough. */
export const ASLEEP_LEAD_MS = 2_592_000_000 // 30 days
/** The pause of ticks after the server has rejected the client: only somebody who changes its settings can help. */
export const TICK_REJECTED_PAUSE_MS = 86_400_000 // 1 day
/** The time before the end of a grant at which ticks begin to tell of it. */
export const ENDING_LEAD_MS = 1_209_600_000 // 14 days
/** The pause before a tick tells once more that a grant nears its end. */
export const ENDING_PAUSE_MS = 86_400_000 // 1 day

// ── sign-in

/** The wait of a click for the code of the sign-in, which also bounds how late a closed window is told. */
export const SIGN_IN_LOAD_MS = 5_000
/** The longest time of a sign-in. Password, second factor and consent fit well within. */
export const SIGN_IN_DEADLINE_MS = 600_000 // 10 min
/** The life of a pending attempt, and of the response that the callback page keeps for it. */
export const ATTEMPT_LIFETIME_MS = 600_000 // 10 min
/** A claimed attempt stays this much longer: the exchange of its code may have begun at the last moment. */
export const CLAIMED_ATTEMPT_GRACE_MS = 60_000 // 1 min
/** The page that has written an attempt removes it this long after its end: a late response still counts until then. */
export const ATTEMPT_REMOVAL_PAUSE_MS = 30_000
/** The pending attempts that are kept for one grant key. */
export const ATTEMPTS_MAX = 4
/** The interval at which the window is looked at: no event tells that it closed. */
export const POPUP_POLL_MS = 200
/** The wait for a message that a window may have sent just before it closed. */
export const POPUP_CLOSED_GRACE_MS = 2_000
/** The wait for the callback page to answer the collector. Then the window goes on to consent. */
export const COLLECT_MS = 5_000
/** The pause before a sign-in tries once more to mark its attempt as claimed. */
export const CLAIM_PAUSE_MS = 500
/** The wait for the answer whose account this is. It must not hold up a sign-in. */
export const MEMBER_CHECK_MS = 5_000
/** The longest time that a sign-out waits for a revocation, which is best effort. */
export const REVOCATION_MS = 3_000
/** The wait of the callback page for the frame that takes its response. Then the page keeps the response. */
export const ACKNOWLEDGEMENT_MS = 1_000
/** The responses that the callback page keeps at most. */
export const KEPT_RESPONSES_MAX = 8

// ── API

/** The calls that Trello lets a token make in one interval, until the headers of an answer name another number. */
export const RATE_LIMIT_MAX = 100
/** The interval of that limit, until the headers name another one. */
export const RATE_LIMIT_INTERVAL_MS = 10_000
/** The highest limit that is believed. One number is kept for each call of it. */
export const RATE_LIMIT_MAX_BELIEVED = 1_000
/** The longest interval and the longest pause that are believed, as long as Trello's longest: one odd header must not stop a page for days. */
export const RATE_LIMIT_WAIT_MAX_BELIEVED_MS = 900_000 // 15 min
/** The shortest pause of all calls after a 429, and the first where the answer names none. */
export const RATE_LIMIT_FIRST_PAUSE_MS = 1_000
/** The pause where the first one did not help. */
export const RATE_LIMIT_SECOND_PAUSE_MS = 4_000
/** The pause where the second one did not help. It sees the end of an interval. */
export const RATE_LIMIT_THIRD_PAUSE_MS = 10_000
/** The share of a pause that each frame adds at most, so that frames don't come back at the same moment. */
export const RATE_LIMIT_JITTER_SHARE = 1 / 10
/** The longest wait for the next place, longer than the third pause. A call that would wait longer is told at once. */
export const RATE_LIMIT_PATIENCE_MS = 15_000
/** The longest time in a queue that moves: 1,200 calls at Trello's rate. */
export const RATE_LIMIT_QUEUE_MS = 120_000 // 2 min

// ── compat

/** The longest time of a capability's answer. Trello gives the connector 5 seconds. */
export const CAPABILITY_ANSWER_MS = 4_000
/** The wait for Trello to say whether it has an old token. Then the state is told without it. */
export const LEGACY_READ_MS = 800

// ── tickets of t.jwt()

/** The time for which a frame uses a ticket without asking Trello for another: a third of its life. */
export const TICKET_USE_MS = 300_000 // 5 min
/** The age up to which a keeper takes a ticket. Trello makes them live this long. */
export const TICKET_AGE_MAX_MS = 900_000 // 15 min
/** The difference that the keeper's clock may have to Trello's, in either direction. */
export const TICKET_CLOCK_TOLERANCE_MS = 30_000
/** The longest ticket that is looked at, in characters. Those of Trello have some thousand. */
export const TICKET_MAX_LENGTH = 8_000
/** The age of Trello's public keys after which they are fetched again, while the old ones serve. */
export const TICKET_KEYS_FRESH_MS = 14_400_000 // 4 h
/** The age up to which they serve where they can't be fetched again. */
export const TICKET_KEYS_STALE_MS = 86_400_000 // 24 h
/** The shortest time between two requests for them, whatever tickets come. */
export const TICKET_KEYS_PAUSE_MS = 60_000 // 1 min
/** The longest wait for them. */
export const TICKET_KEYS_MS = 5_000
/** The keys that are tried at most. Trello has one, and two while it changes it. */
export const TICKET_KEYS_MAX = 16
/** The largest answer with keys that is read, in bytes. */
export const TICKET_KEYS_MAX_BYTES = 64_000
/** The shortest modulus of a key, in bits. */
export const TICKET_KEY_BITS_MIN = 2_048

// ── grant stores

/** The longest wait of `connect` for its store to load, and then to write. A database that can't be reached may say nothing for minutes. */
export const CONNECT_STORE_MS = 30_000
/** The longest wait for a SQLite database that another process is writing to. A write takes milliseconds. */
export const SQLITE_BUSY_MS = 5_000
/** The longest pause before a SQLite database that was busy is tried again. */
export const SQLITE_RETRY_MS = 20
/** The age at which a file store takes a draft for the left-over of a killed process. A mistake costs one more draft. */
export const FILE_DRAFT_MS = 60_000 // 1 min
