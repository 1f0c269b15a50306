import type { Board, Card, List, Member } from '../data/models'
import { visibleBoards } from './access'
import { actionsOf } from './action-pages'
import { cardsIn } from './card-pages'
import { pick, textOf } from './parameters'
import { boardPlugins, pluginData, plugins } from './plugin-routes'
import type { Call } from './route'
import {
  attachmentShape,
  boardShape,
  cardShape,
  checklistShape,
  customFieldItemShape,
  customFieldShape,
  labelShape,
  listShape,
  memberInside,
  memberShape,
  membershipsOf,
  workspaceShape,
} from './shapes'
import { stickersOf } from './sticker-routes'

// Models with what was asked for inside them, by parameters such as `lists=open`, `card_fields=name` or `members=true`.

export function boardWith(call: Call, board: Board, prefix = ''): object {
  const { data } = call
  const workspace = data.workspaces.find(({ id }) => id === board.idOrganization)
  return withNested(call, prefix, pick(call, boardShape(data, board), fieldsOf(call, prefix)), {
    lists: (filter) =>
      listsIn(call, board, filter).map((list) => pick(call, listShape(list), textOf(call, 'list_fields'))),
    cards: (filter) =>
      cardsIn(call, ({ idBoard }) => idBoard === board.id, filter).map((card) =>
        cardWith(call, card, 'card_'),
      ),
    members: () => membersWith(call, board.idMembers),
    memberships: () => membershipsOf(board),
    labels: () =>
      data.labels
        .filter(({ idBoard }) => idBoard === board.id)
        .map((label) => pick(call, labelShape(label), textOf(call, 'label_fields'))),
    customFields: () => data.customFields.filter(({ idModel }) => idModel === board.id).map(customFieldShape),
    checklists: () =>
      data.checklists.filter(({ idBoard }) => idBoard === board.id).map((list) => checklistShape(data, list)),
    plugins: () => plugins(call),
    boardPlugins: () => boardPlugins(call, board.id),
    pluginData: () => pluginData(call, 'board', board.id),
    organization: () =>
      workspace && pick(call, workspaceShape(workspace), textOf(call, 'organization_fields')),
    actions: (filter) => actionsOf(call, (action) => action.data.board?.id === board.id, filter, ofNested),
  })
}

export function listWith(call: Call, list: List, prefix = ''): object {
  const board = call.data.boards.find(({ id }) => id === list.idBoard)
  return withNested(call, prefix, pick(call, listShape(list), fieldsOf(call, prefix)), {
    cards: (filter) =>
      cardsIn(call, ({ idList }) => idList === list.id, filter).map((card) => cardWith(call, card, 'card_')),
    board: () => board && pick(call, boardShape(call.data, board), textOf(call, 'board_fields')),
  })
}

export function cardWith(call: Call, card: Card, prefix = ''): object {
  const { data } = call
  const board = data.boards.find(({ id }) => id === card.idBoard)
  const list = data.lists.find(({ id }) => id === card.idList)
  return withNested(call, prefix, pick(call, cardShape(data, card), fieldsOf(call, prefix)), {
    members: () => membersWith(call, card.idMembers),
    membersVoted: () => membersWith(call, card.idMembersVoted),
    attachments: () =>
      data.attachments
        .filter(({ idCard }) => idCard === card.id)
        .map((attachment) => pick(call, attachmentShape(attachment), textOf(call, 'attachment_fields'))),
    checklists: () =>
      data.checklists
        .filter(({ idCard }) => idCard === card.id)
        .map((checklist) => checklistShape(data, checklist)),
    checkItemStates: () => checkItemStates(call, card),
    customFieldItems: () =>
      data.customFieldItems.filter(({ idModel }) => idModel === card.id).map(customFieldItemShape),
    pluginData: () => pluginData(call, 'card', card.id),
    stickers: () => stickersOf(call, card),
    board: () => board && pick(call, boardShape(data, board), textOf(call, 'board_fields')),
    list: () => list && pick(call, listShape(list), textOf(call, 'list_fields')),
    actions: (filter) => actionsOf(call, (action) => action.data.card?.id === card.id, filter, ofNested),
  })
}

export function memberWith(call: Call, member: Member): object {
  const { data, caller } = call
  return withNested(call, '', pick(call, memberShape(data, member, caller), textOf(call, 'fields')), {
    boards: () =>
      visibleBoards(call)
        .filter(({ idMembers }) => idMembers.includes(member.id))
        .map((board) => boardWith(call, board, 'board_')),
    organizations: () =>
      data.workspaces
        .filter(({ id }) => caller.workspaceId === undefined || caller.workspaceId === id)
        .filter(({ idMembers }) => idMembers.includes(member.id))
        .map((workspace) => pick(call, workspaceShape(workspace), textOf(call, 'organization_fields'))),
    cards: (filter) => cardsOfMember(call, member, filter).map((card) => cardWith(call, card, 'card_')),
    actions: (filter) => actionsOf(call, (action) => action.idMemberCreator === member.id, filter, ofNested),
  })
}

const ofNested = { fields: 'action_fields', limit: 'actions_limit' }

/** The cards that a member is on, on boards that the caller sees. */
export function cardsOfMember(call: Call, member: Member, filter: string): Card[] {
  const boards = new Set(visibleBoards(call).map(({ id }) => id))
  return cardsIn(call, (card) => boards.has(card.idBoard) && card.idMembers.includes(member.id), filter)
}

/** The lists of a board, in order. */
export function listsIn({ data }: Call, board: Board, filter: string): List[] {
  return data.lists
    .filter(
      ({ idBoard, closed }) => idBoard === board.id && (filter === 'all' || closed === (filter === 'closed')),
    )
    .sort((a, b) => a.pos - b.pos)
}

export function membersWith(call: Call, ids: readonly string[]): object[] {
  const fields = textOf(call, 'member_fields')
  return call.data.members
    .filter(({ id }) => ids.includes(id))
    .map((member) =>
      fields === undefined ? memberInside(member) : pick(call, memberShape(call.data, member), fields),
    )
}

export function checkItemStates({ data }: Call, card: Card): object[] {
  const checklists = new Set(data.checklists.filter(({ idCard }) => idCard === card.id).map(({ id }) => id))
  return data.checkItems
    .filter(({ idChecklist, state }) => checklists.has(idChecklist) && state === 'complete')
    .map(({ id, state }) => ({ idCheckItem: id, state }))
}

function fieldsOf(call: Call, prefix: string): string | undefined {
  return textOf(call, `${prefix}fields`)
}

/** Parts that Trello puts inside models when they are asked for, and that aren't kept here. */
const notHere = [
  'boardBackgrounds',
  'boardStars',
  'boardsInvited',
  'customBoardBackgrounds',
  'customEmoji',
  'customStickers',
  'myPrefs',
  'notifications',
  'organizationsInvited',
  'savedSearches',
  'tokens',
]

/** Adds those parts that a parameter asks for: a filter such as `open`, or `true`; not `none` and not `false`. */
function withNested(
  call: Call,
  prefix: string,
  shape: object,
  parts: Record<string, (filter: string) => unknown>,
): object {
  const added: Record<string, unknown> = {}
  for (const name of notHere) {
    const asked = textOf(call, prefix + name)
    if (asked !== undefined && asked !== 'none' && asked !== 'false') {
      call.missing(`"${prefix + name}" inside a model`)
    }
  }
  for (const [name, make] of Object.entries(parts)) {
    const asked = textOf(call, prefix + name)
    if (asked === undefined || asked === 'none' || asked === 'false' || asked === '') continue
    added[name] = make(asked === 'true' ? 'open' : asked)
  }
  return { ...shape, ...added }
}
