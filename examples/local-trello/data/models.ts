/** A Trello member, as the REST API shows it. */
export interface Member {
  id: string
  username: string
  fullName: string
  initials: string
  email: string
}

/** A Trello workspace ("organization" in the API). */
export interface Workspace {
  id: string
  name: string
  displayName: string
  desc: string
  idMembers: string[]
}

/** A board; `idOrganization` is null for a board that lives outside any workspace. */
export interface Board {
  id: string
  shortLink: string
  name: string
  desc: string
  closed: boolean
  idOrganization: string | null
  idMembers: string[]
}

export interface List {
  id: string
  name: string
  idBoard: string
  closed: boolean
  pos: number
}

export interface Card {
  id: string
  idShort: number
  shortLink: string
  idList: string
  idBoard: string
  name: string
  desc: string
  closed: boolean
  pos: number
  /** Times in ISO 8601, as everywhere here. */
  start: string | null
  due: string | null
  dueComplete: boolean
  idMembers: string[]
  idLabels: string[]
  idMembersVoted: string[]
}

export interface Label {
  id: string
  idBoard: string
  name: string
  color: string | null
}

export interface Checklist {
  id: string
  idBoard: string
  idCard: string
  name: string
  pos: number
}

export interface CheckItem {
  id: string
  idChecklist: string
  name: string
  state: 'complete' | 'incomplete'
  pos: number
  due: string | null
  idMember: string | null
}

export interface Attachment {
  id: string
  idCard: string
  idMember: string
  name: string
  url: string
  date: string
  bytes: number | null
  mimeType: string
  isUpload: boolean
  pos: number
}

export interface CustomField {
  id: string
  /** The board that it belongs to. */
  idModel: string
  name: string
  type: 'checkbox' | 'date' | 'list' | 'number' | 'text'
  pos: number
  /** Of a field of type `list`. */
  options: CustomFieldOption[]
}

export interface CustomFieldOption {
  id: string
  value: { text: string }
  color: string
  pos: number
}

/** What a card has in one of the custom fields of its board. */
export interface CustomFieldItem {
  id: string
  /** The card. */
  idModel: string
  idCustomField: string
  /** `{ text }`, `{ number }`, `{ date }` or `{ checked }`, each as text; null for an option of a list. */
  value: Record<string, string> | null
  /** The option, in a field of type `list`. */
  idValue: string | null
}

/** A picture that lies on a card. */
export interface Sticker {
  id: string
  idCard: string
  /** The name of one of Trello's, such as `thumbsup`. */
  image: string
  /** Places in percent of the card, and the turn in degrees. */
  top: number
  left: number
  rotate: number
  zIndex: number
}

/** A Power-Up that is on the boards. */
export interface Plugin {
  id: string
  name: string
  iframeConnectorUrl: string
}

/** Something that happened: a comment, or a change of a card, a list or a board. */
export interface Action {
  id: string
  type: string
  date: string
  idMemberCreator: string
  data: {
    text?: string
    board?: { id: string; name: string; shortLink: string }
    list?: { id: string; name: string }
    card?: { id: string; name: string; idShort: number; shortLink: string }
    [more: string]: unknown
  }
}

export interface Webhook {
  id: string
  description: string
  idModel: string
  callbackURL: string
  active: boolean
  consecutiveFailures: number
  firstConsecutiveFailDate: string | null
  /** Whose it is: a webhook belongs to the token that made it, and here to its member and client. */
  idMember: string
}
