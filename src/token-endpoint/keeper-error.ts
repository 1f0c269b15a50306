// The error codes of a keeper's answers that its frames understand, besides those of RFC 6749.

/** The ticket of `t.jwt()` is missing or proves nothing. The keeper has done nothing. */
export const INVALID_TICKET = 'invalid_ticket'
/** The person consented with another account than the member's. The keeper has dropped the tokens. */
export const ACCOUNT_MISMATCH = 'account_mismatch'
/** The tokens don't reach into the workspace that the frame named. The keeper has dropped them. @see RFC 8707, section 2 */
export const WORKSPACE_MISMATCH = 'invalid_target'
