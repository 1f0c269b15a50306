import type { Switches } from '../../../examples/local-trello/local-trello'
import { markdownRow } from './promises-table'

/** One way in which the token endpoint misbehaves, and what must come of it. */
export interface FaultRow {
  fault: string
  switches: Partial<Switches>
  /** The grant was revoked at the server before. */
  isRevoked?: true
  /** `hangs`: the caller loses patience first; `late`: so it does, and then the answer comes. */
  answer?: 'hangs' | 'late'
  expected: Outcome
}

export interface Outcome {
  /** Token requests that the server saw for one call. */
  requests: number
  /** What the caller got. */
  caller: string
  /** The state after that. */
  state: string
  /** The state after one more call that needs a good token, with the server well and the cool-down over. */
  healed: string
}

/** The server answers the second use of a refresh token with revoking the grant; or, for a minute, with the first answer. */
const forgiving: Partial<Switches> = { rotationLeewayMs: 60_000 }

const answer = 'the answer'
const unavailable = 'tokenEndpointUnavailable, retryable, after 10 s'
const unreadable = 'tokenEndpointUnreadable, retryable, after 10 s'
const rejected = 'clientRejected, not retryable'
const authorized = 'authorized'
const lost = 'tokenExpired (rotationLost)'
const revoked = 'tokenExpired (revoked)'

const kept = { state: authorized, healed: authorized }
const dead = { requests: 1, caller: revoked, state: revoked, healed: revoked }

export const faultRows: readonly FaultRow[] = [
  {
    fault: 'nothing',
    switches: {},
    expected: { requests: 1, caller: answer, ...kept },
  },
  {
    fault: 'connection cut before the server acted',
    // The preflight is cut off: the request itself is never sent.
    switches: { tokenEndpoint: 'down' },
    expected: { requests: 0, caller: unreadable, ...kept },
  },
  {
    fault: 'connection cut after the server acted',
    switches: { tokenEndpoint: 'answerLost' },
    expected: { requests: 2, caller: unreadable, state: authorized, healed: lost },
  },
  {
    fault: 'connection cut after the server acted, once',
    switches: { tokenEndpoint: 'answerLost', tokenEndpointTimes: 1 },
    expected: { requests: 2, caller: lost, state: lost, healed: lost },
  },
  {
    fault: 'connection cut after the server acted, with a leeway',
    switches: { tokenEndpoint: 'answerLost', ...forgiving },
    expected: { requests: 2, caller: unreadable, ...kept },
  },
  {
    fault: 'connection cut after the server acted, once, with a leeway',
    switches: { tokenEndpoint: 'answerLost', tokenEndpointTimes: 1, ...forgiving },
    expected: { requests: 2, caller: answer, ...kept },
  },
  {
    fault: '500 JSON',
    switches: { tokenEndpoint: '500' },
    expected: { requests: 3, caller: unavailable, ...kept },
  },
  {
    fault: '500 JSON, once',
    switches: { tokenEndpoint: '500', tokenEndpointTimes: 1 },
    expected: { requests: 2, caller: answer, ...kept },
  },
  {
    fault: '503 HTML',
    switches: { tokenEndpoint: '503html' },
    expected: { requests: 3, caller: unavailable, ...kept },
  },
  {
    fault: '503 after the server acted',
    switches: { tokenEndpoint: '503AfterActing' },
    expected: { requests: 3, caller: unavailable, state: authorized, healed: lost },
  },
  {
    fault: '503 after the server acted, with a leeway',
    switches: { tokenEndpoint: '503AfterActing', ...forgiving },
    expected: { requests: 3, caller: unavailable, ...kept },
  },
  {
    fault: '429',
    switches: { tokenEndpoint: '429' },
    expected: { requests: 3, caller: unavailable, ...kept },
  },
  {
    fault: '429 with `Retry-After: 5`',
    switches: { tokenEndpoint: '429RetryAfter', retryAfterS: 5 },
    expected: { requests: 1, caller: 'tokenEndpointUnavailable, retryable, after 5 s', ...kept },
  },
  {
    fault: '200 HTML',
    switches: { tokenEndpoint: '200html' },
    expected: { requests: 3, caller: unavailable, ...kept },
  },
  {
    fault: '200, JSON cut off',
    switches: { tokenEndpoint: '200truncated' },
    expected: { requests: 3, caller: unavailable, state: authorized, healed: lost },
  },
  {
    fault: '200, JSON cut off, with a leeway',
    switches: { tokenEndpoint: '200truncated', ...forgiving },
    expected: { requests: 3, caller: unavailable, ...kept },
  },
  {
    fault: '200 without `token_type`',
    switches: { tokenEndpoint: 'noTokenType' },
    expected: { requests: 1, caller: answer, ...kept },
  },
  {
    fault: '200 without `refresh_token`',
    switches: { tokenEndpoint: 'noRefreshToken' },
    expected: { requests: 1, caller: answer, ...kept },
  },
  {
    fault: 'slow',
    switches: { tokenEndpoint: 'slow', slowMs: 300 },
    expected: { requests: 1, caller: answer, ...kept },
  },
  {
    fault: "the answer comes after the caller's patience",
    switches: {},
    answer: 'late',
    expected: { requests: 1, caller: unavailable, ...kept },
  },
  {
    fault: 'no answer ever',
    switches: { tokenEndpoint: 'hang' },
    answer: 'hangs',
    expected: { requests: 1, caller: unavailable, state: authorized, healed: lost },
  },
  {
    fault: 'no answer ever, with a leeway',
    switches: { tokenEndpoint: 'hang', ...forgiving },
    answer: 'hangs',
    expected: { requests: 1, caller: unavailable, ...kept },
  },
  {
    fault: '500 JSON, without CORS on errors',
    switches: { tokenEndpoint: '500', cors: 'successesOnly' },
    expected: { requests: 2, caller: unreadable, ...kept },
  },
  {
    fault: 'no CORS at all',
    switches: { cors: 'none' },
    expected: { requests: 0, caller: unreadable, ...kept },
  },
  {
    fault: 'no CORS at all, with a leeway',
    switches: { cors: 'none', ...forgiving },
    expected: { requests: 0, caller: unreadable, ...kept },
  },
  {
    fault: 'dead token: 400 `invalid_grant`',
    switches: { deadToken: 'invalidGrant400' },
    isRevoked: true,
    expected: dead,
  },
  {
    fault: 'dead token: 403 `invalid_grant`',
    switches: { deadToken: 'invalidGrant403' },
    isRevoked: true,
    expected: dead,
  },
  {
    fault: 'dead token: 403 `unauthorized_client`, which names the refresh token',
    switches: { deadToken: 'unauthorizedClient403' },
    isRevoked: true,
    expected: dead,
  },
  {
    fault: 'dead token: 400 `invalid_request`, which names the refresh token',
    switches: { deadToken: 'invalidRequest400' },
    isRevoked: true,
    expected: dead,
  },
  {
    fault: 'dead token, without CORS on errors',
    switches: { cors: 'successesOnly' },
    isRevoked: true,
    expected: { requests: 2, caller: unreadable, state: authorized, healed: lost },
  },
  {
    fault: '401 `invalid_client`',
    switches: { tokenEndpoint: 'invalidClient401' },
    expected: { requests: 1, caller: rejected, ...kept },
  },
  {
    fault: '403 `unauthorized_client`, for another reason',
    switches: { tokenEndpoint: 'unauthorizedClientOther' },
    expected: { requests: 1, caller: rejected, ...kept },
  },
]

export const legend = `Written by \`test/browser/fault-table.test.ts\`, in Chromium. One call of a frame whose access token ended, by
the clock and once more with a 401 (the same came out of both); then another one after the server has healed and the
cool-down is over. The server revokes a grant whose refresh token is used twice; "with a leeway", it gives the first
answer again for a minute. Each \`tokenExpired\` is the server's word on the token that was presented, and no other row
ends the grant.`

const columns = ['the token endpoint', 'token requests', 'the caller gets', 'state after', 'after it healed']

export function markdownTable(rows: readonly (Outcome & { fault: string })[]): string[] {
  const lines = rows.map(({ fault, requests, caller, state, healed }) => [
    fault,
    String(requests),
    caller,
    state,
    healed,
  ])
  return [columns, columns.map(() => '---'), ...lines].map(markdownRow)
}
