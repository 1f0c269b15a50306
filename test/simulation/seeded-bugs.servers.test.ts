import { describe, expect, it } from 'vitest'
import { A, B, play, type Scenario } from './support/scenario'
import { type Change, playWithBug } from './support/seeded-bug'

const DAY_MS = 86_400_000

interface Seeded {
  /** What the server or the browser does. */
  where: string
  bug: readonly Change[]
  /** What the oracle says of it. */
  finding: RegExp
  scenario: Scenario
}

/** What the code must get right where servers and browsers behave oddly. */
const SEEDED: readonly Seeded[] = [
  {
    where: 'the same access token comes again',
    bug: [
      {
        file: 'token/refresh.ts',
        instead: "case 'tokens':",
        put: "case 'tokens':\nif (livingGrant(store.view(), platform.now()).tokenSet.accessToken === need.instead) continue",
      },
    ],
    finding: /one call sent \d+ token requests/,
    scenario: {
      server: { refreshBrings: 'same' },
      grant: 'fresh',
      tabs: [1],
      actions: [
        { after: 61_000, does: 'disturbApi', fault: 'refusedAsDead' },
        { after: 0, does: 'callApi', frame: A },
        { after: 13_000, does: 'readState', frame: A },
      ],
    },
  },
  {
    where: 'the access token is prolonged',
    bug: [
      {
        file: 'grant/on-refresh.ts',
        instead: 'if (!record || !parent) return entry',
        put: "if (!record || !parent || (record.status === 'live' && record.tokenSet.accessToken === rotated.tokenSet.accessToken)) return entry",
      },
    ],
    finding: /a lease was taken over although its owner lives and presents/,
    scenario: {
      server: { refreshBrings: 'prolonged' },
      grant: 'due',
      tabs: [1],
      isVisible: true,
      actions: [{ after: 600_000, does: 'call', frame: A }],
    },
  },
  {
    where: 'the token lives shorter than its answer takes',
    bug: [
      { file: 'grant/token-response.ts', instead: 'const isTooShort =', put: 'const isTooShort = false &&' },
      {
        file: 'token/refresh.ts',
        instead: "case 'tokens':",
        put: "case 'tokens':\nif (!isGood(livingGrant(store.view(), platform.now()).tokenSet, platform.now())) continue",
      },
    ],
    finding: /one call sent \d+ token requests/,
    scenario: {
      server: { accessTokenMs: 10 },
      tabs: [1],
      actions: [
        { after: 0, does: 'call', frame: A },
        { after: 13_000, does: 'readState', frame: A },
      ],
    },
  },
  {
    where: 'the server refuses for good in words that nobody knows',
    bug: [
      {
        file: 'grant/grant.ts',
        instead: 'return coolDown?.code !== undefined && (',
        put: "return coolDown?.code === 'tokenEndpointUnreadable' && (",
      },
    ],
    finding: /no window opens although the last call found no token/,
    scenario: {
      server: { refusal: 5 },
      tabs: [1],
      actions: [
        { after: 0, does: 'revoke' },
        { after: 0, does: 'call', frame: A },
        { after: 5_000, does: 'signIn', frame: A, person: 'allows', afterMs: 0 },
      ],
    },
  },
  {
    where: 'the access token that was replaced dies',
    bug: [
      {
        file: 'token/refresh.ts',
        instead: 'grant.tokenSet.accessToken !== instead &&',
        put: 'instead === undefined &&',
      },
    ],
    finding: /asked for a new token although nobody refused the good one/,
    scenario: {
      server: { replacedDies: 'atOnce' },
      grant: 'fresh',
      actions: [
        { after: 61_000, does: 'callApi', frame: B },
        { after: 1_000, does: 'disturbApi', fault: 'refusedAsDead' },
        { after: 0, does: 'disturbMessages', lateMs: null, times: 4 },
        { after: 0, does: 'callApi', frame: A },
        { after: 1_000, does: 'callApi', frame: B },
      ],
    },
  },
  {
    where: 'the grant ends on day 365',
    bug: [{ file: 'grant/on-refresh.ts', instead: '|| now - grantedAt >= GRANT_LIFETIME_MS', put: '' }],
    finding: /a grant that was too old ended as revoked/,
    scenario: {
      ageDays: 364,
      tabs: [1],
      actions: [
        { after: 0, does: 'call', frame: A },
        { after: 5_000, does: 'sleep', forMs: 2 * DAY_MS },
        { after: 0, does: 'call', frame: A },
      ],
    },
  },
  {
    where: 'a second consent ends the first',
    bug: [
      {
        file: 'grant/on-refresh.ts',
        instead: "if (record?.status !== 'live' || record.generation !== verdict.generation) return entry",
        put: "if (record?.status !== 'live') return entry",
      },
    ],
    finding: /without a verdict on its refresh token|the server accepts/,
    scenario: {
      server: { hasOneConsent: true },
      actions: [
        { after: 0, does: 'disturbToken', fault: 'slowToArrive' },
        { after: 0, does: 'call', frame: A },
        { after: { moment: 'sent' }, does: 'signIn', frame: B, person: 'allows', afterMs: 0, scope: 1 },
      ],
    },
  },
  {
    where: 'the token endpoint refuses the preflight',
    bug: [
      {
        file: 'token-endpoint/automatic.ts',
        instead: "return answer.kind === 'unreadable' || isNotUnderstood(answer)",
        put: 'return isNotUnderstood(answer)',
      },
    ],
    finding: /has no token after the person has consented/,
    scenario: {
      server: { refusesPreflight: true },
      endpoint: 'automatic',
      grant: 'none',
      tabs: [1],
      actions: [],
    },
  },
  {
    where: 'timers come late',
    bug: [{ file: 'token/renewal.ts', instead: '|| now >= grant.tokenSet.expiresAt)', put: ')' }],
    finding: /renewed a token that had ended although nobody called/,
    scenario: {
      server: { accessTokenMs: 60_000 },
      grant: 'fresh',
      tabs: [1],
      isVisible: true,
      actions: [
        { after: 58_000, does: 'call', frame: A },
        { after: 1_000, does: 'throttle', frame: A, gridMs: 300_000 },
        { after: 1_300_000, does: 'readState', frame: A },
      ],
    },
  },
  {
    where: 'a grant meets another kind of endpoint than it came by',
    bug: [
      {
        file: 'token-endpoint/obtained-grant.ts',
        instead:
          'return !tokenEndpoint.holdsRefreshToken !== isHeldElsewhere && (isSameWay || !isHeldElsewhere)',
        put: 'return isSameWay || tokenEndpoint.holdsRefreshToken',
      },
    ],
    finding: /tokenExpired, although the server accepts/,
    scenario: {
      tabs: [1],
      actions: [
        { after: 0, does: 'reload', frame: A, endpoint: 'page' },
        { after: 1_000, does: 'call', frame: A },
      ],
    },
  },
]

describe('a bug is found where', () => {
  it.each(SEEDED)('$where', async ({ bug, finding, scenario }) => {
    await play(scenario)
    const violations = await playWithBug(bug, scenario)
    expect(violations.join('\n')).toMatch(finding)
  })
})
