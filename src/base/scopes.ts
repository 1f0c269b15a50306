/** The ten scopes of Trello's OAuth 2.0, and what each allows. @see https://developer.atlassian.com/cloud/trello/scopes-for-oauth-2-3LO-and-forge-apps/ */
export const SCOPES = [
  /** Reads boards and what is on them: lists, cards, checklists, labels, comments, custom fields. */
  'read:board:trello',
  /** Creates, changes and deletes boards and what is on them. Many changes need `read:board:trello` too. Board exports need it, even to read them. */
  'write:board:trello',
  /** Invites people to a board, removes them and changes their roles. */
  'write:board:membership:trello',
  /** Reads workspaces: settings, members, tags, activity. Deleting a board needs it too. */
  'read:organization:trello',
  /** Creates, changes and deletes workspaces: settings, logo, tags, exports. */
  'write:organization:trello',
  /** Invites people to a workspace, removes them and changes their roles. */
  'write:organization:membership:trello',
  /** Reads what is the person's own: email address, notifications, starred boards, saved searches, own stickers. */
  'read:member:trello',
  /** Changes what is the person's own: profile, avatar, starred boards, saved searches, notification settings. */
  'write:member:trello',
  /** Reads an enterprise: its members, administrators and workspaces. */
  'read:enterprise:trello',
  /** Manages an enterprise: its members, licences and workspaces. Its audit log needs it, even to read it. */
  'write:enterprise:trello',
] as const

/** One of the ten scopes. */
export type TrelloScope = (typeof SCOPES)[number]

/** One of Trello's scopes, or any other string: Trello may add some before this library knows them. */
export type Scope = TrelloScope | (string & Record<never, never>)
