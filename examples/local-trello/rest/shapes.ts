import { timeOfId } from '../data/ids'
import type {
  Action,
  Attachment,
  Board,
  Card,
  CheckItem,
  Checklist,
  CustomField,
  CustomFieldItem,
  Label,
  List,
  Member,
  Webhook,
  Workspace,
} from '../data/models'
import type { TrelloData } from '../data/trello-data'
import type { Caller } from './route'

// Models as the REST API shows them, with all of their fields. What isn't kept here has the value of a new one.

/** The email address is for the member only, and only with the scope for it. */
export function memberShape(data: TrelloData, member: Member, caller?: Caller): object {
  const { email, ...shown } = member
  const isOwn = member.id === caller?.memberId && caller.scopes.has('read:member:trello')
  return {
    ...shown,
    ...(isOwn && { email }),
    avatarHash: null,
    avatarUrl: null,
    bio: '',
    confirmed: true,
    memberType: 'normal',
    url: `https://trello.com/${member.username}`,
    idBoards: data.boards.filter(({ idMembers }) => idMembers.includes(member.id)).map(({ id }) => id),
    idOrganizations: data.workspaces
      .filter(({ idMembers }) => idMembers.includes(member.id))
      .map(({ id }) => id),
    idEnterprise: null,
    prefs: { locale: 'en-GB' },
    limits: {},
  }
}

/** The few fields of a member that are shown inside other models. */
export function memberInside(member: Member): object {
  const { id, username, fullName, initials } = member
  return { id, username, fullName, initials, avatarHash: null, avatarUrl: null }
}

export function workspaceShape({ idMembers, ...workspace }: Workspace): object {
  return {
    ...workspace,
    descData: null,
    url: `https://trello.com/w/${workspace.name}`,
    website: null,
    logoHash: null,
    logoUrl: null,
    premiumFeatures: [],
    products: [],
    memberships: idMembers.map((idMember) => ({ id: idMember, idMember, memberType: 'admin' })),
  }
}

export function boardShape(data: TrelloData, { idMembers, ...board }: Board): object {
  return {
    ...board,
    descData: null,
    idEnterprise: null,
    pinned: false,
    starred: false,
    url: `https://trello.com/b/${board.shortLink}/${slug(board.name)}`,
    shortUrl: `https://trello.com/b/${board.shortLink}`,
    dateLastActivity: lastDate(data, ({ board: of }) => of?.id === board.id) ?? null,
    prefs: {
      permissionLevel: 'org',
      voting: 'disabled',
      comments: 'members',
      background: 'blue',
      cardAging: 'regular',
    },
    labelNames: Object.fromEntries(
      data.labels
        .filter(({ idBoard, color }) => idBoard === board.id && color !== null)
        .map(({ color, name }) => [color, name]),
    ),
    memberships: membershipsOf({ ...board, idMembers }),
    limits: {},
  }
}

export function membershipsOf({ idMembers }: Pick<Board, 'idMembers'>): object[] {
  return idMembers.map((idMember) => ({
    id: idMember,
    idMember,
    memberType: 'admin',
    unconfirmed: false,
    deactivated: false,
  }))
}

export function listShape(list: List): object {
  return { ...list, subscribed: false, softLimit: null }
}

export function cardShape(data: TrelloData, card: Card): object {
  const labels = data.labels.filter(({ id }) => card.idLabels.includes(id))
  const checklists = data.checklists.filter(({ idCard }) => idCard === card.id)
  return {
    ...card,
    labels,
    idChecklists: checklists.map(({ id }) => id),
    badges: badgesOf(data, card),
    dateLastActivity:
      lastDate(data, ({ card: of }) => of?.id === card.id) ?? new Date(timeOfId(card.id)).toISOString(),
    descData: null,
    cover: {
      idAttachment: null,
      color: null,
      idUploadedBackground: null,
      size: 'normal',
      brightness: 'dark',
    },
    address: null,
    coordinates: null,
    locationName: null,
    idAttachmentCover: null,
    isTemplate: false,
    subscribed: false,
    shortUrl: `https://trello.com/c/${card.shortLink}`,
    url: `https://trello.com/c/${card.shortLink}/${card.idShort}-${slug(card.name)}`,
  }
}

export function badgesOf(data: TrelloData, card: Card): object {
  const attachments = data.attachments.filter(({ idCard }) => idCard === card.id)
  const checklists = new Set(data.checklists.filter(({ idCard }) => idCard === card.id).map(({ id }) => id))
  const items = data.checkItems.filter(({ idChecklist }) => checklists.has(idChecklist))
  return {
    attachments: attachments.length,
    attachmentsByType: { trello: { board: 0, card: 0 } },
    checkItems: items.length,
    checkItemsChecked: items.filter(({ state }) => state === 'complete').length,
    comments: data.actions.filter(
      ({ type, data: { card: of } }) => type === 'commentCard' && of?.id === card.id,
    ).length,
    description: card.desc !== '',
    due: card.due,
    dueComplete: card.dueComplete,
    start: card.start,
    fogbugz: '',
    location: false,
    subscribed: false,
    viewingMemberVoted: false,
    votes: card.idMembersVoted.length,
  }
}

export function labelShape(label: Label): object {
  return { ...label, uses: 0 }
}

export function checklistShape(data: TrelloData, checklist: Checklist): object {
  const checkItems = data.checkItems
    .filter(({ idChecklist }) => idChecklist === checklist.id)
    .sort((a, b) => a.pos - b.pos)
  return { ...checklist, checkItems: checkItems.map(checkItemShape) }
}

export function checkItemShape(item: CheckItem): object {
  return { ...item, nameData: null, dueReminder: null }
}

export function attachmentShape({ idCard: _, ...attachment }: Attachment): object {
  return {
    ...attachment,
    edgeColor: null,
    previews: [],
    fileName: attachment.isUpload ? attachment.name : null,
  }
}

export function customFieldShape(field: CustomField): object {
  const { options, ...shown } = field
  return {
    ...shown,
    modelType: 'board',
    fieldGroup: field.id,
    display: { cardFront: true },
    ...(field.type === 'list' && {
      options: options.map((option) => ({ idCustomField: field.id, ...option })),
    }),
  }
}

export function customFieldItemShape(item: CustomFieldItem): object {
  return { ...item, modelType: 'card' }
}

export function actionShape(data: TrelloData, action: Action): object {
  const creator = data.members.find(({ id }) => id === action.idMemberCreator)
  return {
    ...action,
    appCreator: null,
    memberCreator: creator && memberInside(creator),
    limits: {},
  }
}

export function webhookShape({ idMember: _, ...webhook }: Webhook): object {
  return webhook
}

function lastDate(data: TrelloData, fits: (about: Action['data']) => boolean): string | undefined {
  return data.actions.filter((action) => fits(action.data)).at(-1)?.date
}

function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}
