import type {
  Attachment,
  Board,
  Card,
  CheckItem,
  Checklist,
  CustomField,
  Label,
  List,
  Member,
  Workspace,
} from '../data/models'
import { type Call, notFound, notPermitted, outsideWorkspace } from './route'

/** The board, if the caller may see it. */
export function boardOf(call: Call, id = call.ids[0]): Board {
  const board = call.data.boards.find((each) => each.id === id || each.shortLink === id)
  if (board === undefined) throw notFound
  assertMayRead(call, board)
  return board
}

export function listOf(call: Call, id = call.ids[0]): List {
  const list = call.data.lists.find((each) => each.id === id)
  if (list === undefined) throw notFound
  boardOf(call, list.idBoard)
  return list
}

export function cardOf(call: Call, id = call.ids[0]): Card {
  const card = call.data.cards.find((each) => each.id === id || each.shortLink === id)
  if (card === undefined) throw notFound
  boardOf(call, card.idBoard)
  return card
}

export function labelOf(call: Call, id = call.ids[0]): Label {
  const label = call.data.labels.find((each) => each.id === id)
  if (label === undefined) throw notFound
  boardOf(call, label.idBoard)
  return label
}

export function checklistOf(call: Call, id = call.ids[0]): Checklist {
  const checklist = call.data.checklists.find((each) => each.id === id)
  if (checklist === undefined) throw notFound
  boardOf(call, checklist.idBoard)
  return checklist
}

export function checkItemOf(call: Call, id: string | undefined): CheckItem {
  const item = call.data.checkItems.find((each) => each.id === id)
  if (item === undefined) throw notFound
  checklistOf(call, item.idChecklist)
  return item
}

export function attachmentOf(call: Call, card: Card, id: string | undefined): Attachment {
  const attachment = call.data.attachments.find((each) => each.id === id && each.idCard === card.id)
  if (attachment === undefined) throw notFound
  return attachment
}

export function customFieldOf(call: Call, id = call.ids[0]): CustomField {
  const field = call.data.customFields.find((each) => each.id === id)
  if (field === undefined) throw notFound
  boardOf(call, field.idModel)
  return field
}

/** A member by id, by name, or `me`. */
export function memberOf({ data, caller, ids }: Call, id = ids[0]): Member {
  const wanted = id === 'me' ? caller.memberId : id
  const member = data.members.find((each) => each.id === wanted || each.username === wanted)
  if (member === undefined) throw notFound
  return member
}

export function workspaceOf({ data, caller, ids }: Call, id = ids[0]): Workspace {
  const workspace = data.workspaces.find((each) => each.id === id || each.name === id)
  if (workspace === undefined) throw notFound
  if (caller.workspaceId !== undefined && caller.workspaceId !== workspace.id) throw outsideWorkspace
  if (!workspace.idMembers.includes(caller.memberId)) throw notPermitted
  return workspace
}

/** The boards that the caller may see. */
export function visibleBoards(call: Call): Board[] {
  return call.data.boards.filter((board) => mayRead(call, board))
}

function mayRead({ caller }: Call, board: Board): boolean {
  const isInside = caller.workspaceId === undefined || board.idOrganization === caller.workspaceId
  return isInside && board.idMembers.includes(caller.memberId)
}

function assertMayRead(call: Call, board: Board): void {
  const { workspaceId } = call.caller
  if (workspaceId !== undefined && board.idOrganization !== workspaceId) throw outsideWorkspace
  if (!mayRead(call, board)) throw notPermitted
}
