/** One way in which a server says that a refresh token is of no use any more. */
export interface Refusal {
  status: number
  body: Record<string, unknown>
  /** The library can know that it is the token. Otherwise the grant stays, and a click has to lead out. */
  isVerdict: boolean
}

/** The forms of the library's table, each at some status, and some that nobody knows. */
export const REFUSALS: readonly Refusal[] = [
  { status: 400, body: { error: 'invalid_grant' }, isVerdict: true },
  {
    status: 403,
    body: { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' },
    isVerdict: true,
  },
  {
    status: 403,
    body: { error: 'unauthorized_client', error_description: 'refresh_token is invalid' },
    isVerdict: true,
  },
  {
    status: 400,
    body: { error: 'unauthorized_client', error_description: 'Refresh token expired' },
    isVerdict: true,
  },
  {
    status: 400,
    body: { error: 'invalid_request', error_description: 'The refresh token is revoked.' },
    isVerdict: true,
  },
  { status: 403, body: { error: 'access_denied' }, isVerdict: false },
  { status: 401, body: { code: 401, message: 'Unauthorized' }, isVerdict: false },
  {
    status: 400,
    body: { error: 'invalid_request', error_description: 'Token has been revoked.' },
    isVerdict: false,
  },
]

/** How many of them are verdicts: the first ones. */
export const VERDICTS = 5

export function refusalOf(index: number): Refusal {
  const [first] = REFUSALS
  const refusal = REFUSALS[index % REFUSALS.length] ?? first
  if (!refusal) throw new Error('There is at least one form of refusal.')
  return refusal
}
