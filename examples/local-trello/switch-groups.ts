import type { Switches } from './switches'

export interface SwitchGroup {
  title: string
  switches: readonly { name: keyof Switches; label: string }[]
}

/** A thing that may happen, as several positions at once. */
export interface Preset {
  title: string
  words: string
  switches: Partial<Switches>
  does?: 'revokeGrants' | 'expireAccessTokens'
}

/** What a person may want to see, with a button each. */
export const presets: readonly Preset[] = [
  {
    title: 'Trello is down',
    words: 'Neither the API nor the token endpoint answers.',
    switches: { tokenEndpoint: 'down', api: 'down' },
  },
  {
    title: 'No CORS',
    words: 'The token endpoint answers no page, so that the Trello page has to ask, or a server.',
    switches: { preflight: 'refused' },
  },
  {
    title: 'No CORS, no help',
    words: 'Nor does the page of Trello have the two commands for tokens.',
    switches: { preflight: 'refused', hostCommands: 'missing' },
  },
  {
    title: 'Taken back',
    words: 'The person took the access back in the account settings.',
    switches: {},
    does: 'revokeGrants',
  },
  {
    title: 'An hour later',
    words: 'All access tokens are over; the refresh tokens are good.',
    switches: {},
    does: 'expireAccessTokens',
  },
  {
    title: 'A year later',
    words: 'The next refresh finds a consent that is over.',
    switches: { grantLifetimeS: 0 },
    does: 'expireAccessTokens',
  },
  {
    title: 'Clock set back',
    words: 'The clock of this computer goes two hours behind; load the board again.',
    switches: { clockOffsetS: -7200 },
  },
  {
    title: 'Answer lost',
    words: 'The next refresh is done, and its answer never arrives.',
    switches: { tokenEndpoint: 'answerLost', tokenEndpointFor: 'refresh_token', tokenEndpointTimes: 1 },
    does: 'expireAccessTokens',
  },
  {
    title: 'Too many requests',
    words: 'The API answers the next three calls with 429.',
    switches: { api: '429', apiTimes: 3 },
  },
  {
    title: 'Cut-off window',
    words: 'The sign-in window can’t see the Power-Up any more (Cross-Origin-Opener-Policy).',
    switches: { authOpenerPolicy: 'same-origin' },
  },
]

/** Every switch, in groups, in words. */
export const switchGroups: readonly SwitchGroup[] = [
  {
    title: 'Token endpoint',
    switches: [
      { name: 'preflight', label: 'CORS preflights' },
      { name: 'cors', label: 'Answers that pages may read' },
      { name: 'corsTimes', label: '… for the next requests (0: all)' },
      { name: 'tokenEndpoint', label: 'Behaviour' },
      { name: 'tokenEndpointFor', label: '… for' },
      { name: 'tokenEndpointTimes', label: '… for the next requests (0: all)' },
      { name: 'saysExpiresIn', label: '“expires_in” says (JSON; empty: the truth)' },
      { name: 'deadToken', label: 'Words for a dead refresh token' },
      { name: 'slowMs', label: '“slow” waits (ms)' },
      { name: 'retryAfterS', label: '“429RetryAfter” says (s)' },
      { name: 'retryAfterText', label: '… or says this text' },
      { name: 'keepAlive', label: 'Connections are kept open' },
    ],
  },
  {
    title: 'Tokens and consents',
    switches: [
      { name: 'accessTokenLifetimeS', label: 'An access token lives (s)' },
      { name: 'replacedAccessTokenLifetimeS', label: '… once it was replaced (s)' },
      { name: 'refreshTokenLifetimeS', label: 'A refresh token that nobody uses lives (s)' },
      { name: 'grantLifetimeS', label: 'A consent lasts (s)' },
      { name: 'rotationLeewayMs', label: 'A used refresh token is answered again for (ms)' },
      { name: 'leewayAnswer', label: '… with' },
      { name: 'secondConsent', label: 'A second consent of the same person' },
      { name: 'codeLifetimeS', label: 'A code lives (s)' },
    ],
  },
  {
    title: 'Signing in',
    switches: [
      { name: 'unknownScope', label: 'A scope that the app may not ask for' },
      { name: 'enabledScopes', label: 'Scopes switched on for the app (empty: all)' },
      { name: 'iss', label: 'The issuer in the response' },
      { name: 'authOpenerPolicy', label: 'Opener policy of the sign-in pages' },
      { name: 'boardOpenerPolicy', label: 'Opener policy of the board' },
    ],
  },
  {
    title: 'REST API',
    switches: [
      { name: 'api', label: 'Behaviour' },
      { name: 'apiTimes', label: '… for the next requests (0: all)' },
      { name: 'rateLimit', label: 'Rate limits' },
      { name: 'rateLimitCode', label: '“429” names the limit' },
      { name: 'always401Text', label: '“always401” says' },
      { name: 'missingScope', label: 'Words for a missing scope' },
      { name: 'endedAccessToken', label: 'Words for an access token that has ended' },
    ],
  },
  {
    title: 'Trello page',
    switches: [
      { name: 'hostCommands', label: 'The two commands for tokens' },
      { name: 'hostContext', label: 'The frame that asks for tokens is' },
      { name: 'hostContextTimes', label: '… for the next requests (0: all)' },
      { name: 'hostRefreshToken', label: 'The refresh token is' },
      { name: 'ticket', label: 't.jwt() gives a ticket that is' },
      { name: 'ticketKeys', label: '… whose public keys are published as' },
    ],
  },
  {
    title: 'Power-Up',
    switches: [
      { name: 'policies', label: 'Policies of its pages' },
      { name: 'callbackHeaders', label: 'Headers of the callback page, when strict' },
      { name: 'laterPieces', label: 'Pieces of the library that load on demand' },
      { name: 'clockOffsetS', label: 'Its clock goes before by (s)' },
    ],
  },
]
