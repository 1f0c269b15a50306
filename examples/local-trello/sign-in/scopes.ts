/** Trello's ten scopes, and what each lets a Power-Up do, in the words of the consent page. */
export const trelloScopes: Readonly<Record<string, string>> = {
  'read:board:trello': 'See boards, with their lists, cards and comments',
  'write:board:trello': 'Create and change lists, cards and comments',
  'write:board:membership:trello': 'Add people to boards and remove them',
  'read:organization:trello': 'See the workspace',
  'write:organization:trello': 'Change the workspace',
  'write:organization:membership:trello': 'Add people to the workspace and remove them',
  'read:member:trello': 'See your name, picture, email address and memberships',
  'write:member:trello': 'Upload emoji and stickers, star boards and save searches for you',
  'read:enterprise:trello': 'See your enterprise',
  'write:enterprise:trello': 'Change your enterprise',
}

/** Not one of Trello's: what brings a refresh token. */
export const offlineAccess = {
  scope: 'offline_access',
  inWords: 'Keep this access while you are away, until you take it back',
}
