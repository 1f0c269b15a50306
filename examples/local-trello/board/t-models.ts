import type { Board, Card, List, Member } from '../data/models'
import type { TrelloData } from '../data/trello-data'
import {
  attachmentShape,
  badgesOf,
  boardShape,
  cardShape,
  customFieldItemShape,
  customFieldShape,
  membershipsOf,
} from '../rest/shapes'

/** What a Power-Up's `t` is about. */
export interface TContext {
  board: string
  card?: string
  list?: string
  /** `notLoggedIn` for a visitor. */
  member: string
  organization?: string
  plugin?: string
}

type Fields = Record<string, unknown>

/** The models as `t.board()`, `t.card()` and the others give them, with all of their fields; undefined for no such model. */
export function tModel(data: TrelloData, name: string, context: TContext): Fields | Fields[] | undefined {
  const board = data.boards.find(({ id }) => id === context.board)
  const card = data.cards.find(({ id }) => id === context.card)
  const list = data.lists.find(({ id }) => id === (context.list ?? card?.idList))
  switch (name) {
    case 'board':
      return board && boardFields(data, board)
    case 'card':
      return card && cardFields(data, card)
    case 'cards':
      return openCards(data, context.board).map((each) => cardFields(data, each))
    case 'list':
      return list && listFields(data, list)
    case 'lists':
      return data.lists
        .filter(({ idBoard, closed }) => idBoard === context.board && !closed)
        .sort((a, b) => a.pos - b.pos)
        .map((each) => listFields(data, each))
    case 'member': {
      const member = data.members.find(({ id }) => id === context.member)
      return member ? memberFields(member) : { id: 'notLoggedIn' }
    }
    case 'organization': {
      const workspace = data.workspaces.find(({ id }) => id === context.organization)
      return workspace && { id: workspace.id, name: workspace.displayName, paidStatus: 'free' }
    }
    default:
      return undefined
  }
}

/** The open cards of a board, in order. */
export function openCards(data: TrelloData, idBoard: string): Card[] {
  const lists = data.lists
    .filter((list) => list.idBoard === idBoard && !list.closed)
    .sort((a, b) => a.pos - b.pos)
  return lists.flatMap(({ id }) =>
    data.cards.filter(({ idList, closed }) => idList === id && !closed).sort((a, b) => a.pos - b.pos),
  )
}

function boardFields(data: TrelloData, board: Board): Fields {
  const { url, dateLastActivity } = Object(boardShape(data, board))
  return {
    id: board.id,
    name: board.name,
    url,
    shortLink: board.shortLink,
    dateLastActivity,
    idOrganization: board.idOrganization,
    members: membersOf(data, board.idMembers),
    memberships: membershipsOf(board),
    customFields: data.customFields.filter(({ idModel }) => idModel === board.id).map(customFieldShape),
    labels: data.labels
      .filter(({ idBoard }) => idBoard === board.id)
      .map(({ id, name, color }) => ({ id, name, color })),
    paidStatus: 'free',
  }
}

function listFields(data: TrelloData, list: List): Fields {
  const cards = openCards(data, list.idBoard).filter(({ idList }) => idList === list.id)
  return { id: list.id, name: list.name, cards: cards.map((card) => cardFields(data, card)) }
}

function cardFields(data: TrelloData, card: Card): Fields {
  const { url, dateLastActivity, address, coordinates, locationName } = Object(cardShape(data, card))
  return {
    id: card.id,
    idList: card.idList,
    idShort: card.idShort,
    shortLink: card.shortLink,
    name: card.name,
    desc: card.desc,
    closed: card.closed,
    pos: card.pos,
    due: card.due,
    start: card.start,
    dueComplete: card.dueComplete,
    url,
    dateLastActivity,
    address,
    coordinates,
    locationName,
    cover: null,
    attachments: data.attachments.filter(({ idCard }) => idCard === card.id).map(attachmentShape),
    badges: badgesOf(data, card),
    customFieldItems: data.customFieldItems
      .filter(({ idModel }) => idModel === card.id)
      .map(customFieldItemShape),
    labels: data.labels
      .filter(({ id }) => card.idLabels.includes(id))
      .map(({ id, name, color }) => ({ id, name, color })),
    members: membersOf(data, card.idMembers),
  }
}

function membersOf(data: TrelloData, ids: readonly string[]): Fields[] {
  return data.members.filter(({ id }) => ids.includes(id)).map(memberFields)
}

function memberFields({ id, fullName, username, initials }: Member): Fields {
  return { id, fullName, username, initials, avatar: null }
}
