/** What the server of the board fills in when it sends the script. */
export interface Settings {
  /** Whether `t.authorizationCodeExchange` and `t.refreshTokens` are there. */
  tokenCommands: boolean
  /** The hosts of Trello and Atlassian, and the local ones that stand for them. */
  endpoints: Record<string, string>
  /** The clock of the frame goes before (or, below zero, behind) by so many seconds. */
  clockOffsetS: number
}

declare const localTrelloSettings: Settings

/** The server puts this value before the script. */
export const settings: Settings = localTrelloSettings
