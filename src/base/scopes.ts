/** The ten scopes of Trello's OAuth 2.0. @see https://developer.atlassian.com/cloud/trello/scopes-for-oauth-2-3LO-and-forge-apps/ */
export const SCOPES = [
  'read:board:trello',
  'write:board:trello',
  'write:board:membership:trello',
  'read:organization:trello',
  'write:organization:trello',
  'write:organization:membership:trello',
  'read:member:trello',
  'write:member:trello',
  'read:enterprise:trello',
  'write:enterprise:trello',
] as const

export type TrelloScope = (typeof SCOPES)[number]

/** One of Trello's scopes, or any other string: Trello may add some before this library knows them. */
export type Scope = TrelloScope | (string & Record<never, never>)
