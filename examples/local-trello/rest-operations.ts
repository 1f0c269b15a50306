import type { LiveToken } from './token-memory'
import { type Action, addComment, type Board, type Card, type TrelloData } from './trello-data'

/** One request to an operation, after its token was found good. */
export interface Call {
  data: TrelloData
  caller: LiveToken
  /** The value of the path's `{}`, where it has one. */
  id: string
  parameters: Record<string, string>
}

export interface Operation {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** The path below `/1`; `{}` stands for an id. */
  path: string
  /** All of these are needed, as Trello's OpenAPI document says. */
  scopes: readonly string[]
  run(call: Call): unknown
}

/** An answer other than 200; Trello's errors are bare text. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly text: string,
  ) {
    super(text)
  }
}

const readBoard = ['read:board:trello']
const writeBoard = ['write:board:trello']
const readAndWriteBoard = ['read:board:trello', 'write:board:trello']
const readWorkspace = ['read:organization:trello']

export const operations: readonly Operation[] = [
  { method: 'GET', path: '/members/{}', scopes: [], run: memberOf },
  { method: 'GET', path: '/member/{}', scopes: [], run: memberOf },
  {
    method: 'GET',
    path: '/members/{}/boards',
    scopes: readBoard,
    run: ({ data, caller }) => data.boards.filter((board) => mayRead(board, caller)).map(boardForApi),
  },
  {
    method: 'GET',
    path: '/members/{}/organizations',
    scopes: readWorkspace,
    run: ({ data, caller }) => data.workspaces.filter(({ id }) => id === caller.workspaceId),
  },
  { method: 'GET', path: '/organizations/{}', scopes: readWorkspace, run: workspaceOf },
  {
    method: 'GET',
    path: '/organizations/{}/boards',
    scopes: readBoard,
    run(call) {
      const workspace = workspaceOf(call)
      return call.data.boards.filter((board) => board.idOrganization === workspace.id).map(boardForApi)
    },
  },
  { method: 'GET', path: '/boards/{}', scopes: readBoard, run: (call) => boardForApi(boardOf(call)) },
  {
    method: 'GET',
    path: '/boards/{}/lists',
    scopes: readBoard,
    run: (call) => call.data.lists.filter(({ idBoard }) => idBoard === boardOf(call).id),
  },
  {
    method: 'GET',
    path: '/boards/{}/cards',
    scopes: readBoard,
    run: (call) => call.data.cards.filter(({ idBoard }) => idBoard === boardOf(call).id),
  },
  {
    method: 'GET',
    path: '/boards/{}/members',
    scopes: readBoard,
    run(call) {
      const board = boardOf(call)
      return call.data.members.filter(({ id }) => board.idMembers.includes(id)).map(withoutEmail)
    },
  },
  { method: 'GET', path: '/boards/{}/actions', scopes: readBoard, run: actionsOf },
  { method: 'GET', path: '/lists/{}', scopes: readBoard, run: (call) => listOf(call, call.id) },
  {
    method: 'GET',
    path: '/lists/{}/cards',
    scopes: readBoard,
    run: (call) => call.data.cards.filter(({ idList }) => idList === listOf(call, call.id).id),
  },
  { method: 'GET', path: '/cards/{}', scopes: readBoard, run: cardOf },
  {
    method: 'POST',
    path: '/cards',
    scopes: writeBoard,
    run(call) {
      const { idList = '', name = '', desc = '' } = call.parameters
      const list = listOf(call, idList)
      const card = {
        id: call.data.newId(),
        idList: list.id,
        idBoard: list.idBoard,
        name,
        desc,
        idMembers: [],
      }
      call.data.cards.push(card)
      return card
    },
  },
  {
    method: 'PUT',
    path: '/cards/{}',
    scopes: readAndWriteBoard,
    run(call) {
      const card = cardOf(call)
      const { name = card.name, desc = card.desc, idList = card.idList } = call.parameters
      return Object.assign(card, { name, desc, idList: listOf(call, idList).id })
    },
  },
  {
    method: 'DELETE',
    path: '/cards/{}',
    scopes: writeBoard,
    run(call) {
      call.data.cards.splice(call.data.cards.indexOf(cardOf(call)), 1)
      return { limits: {} }
    },
  },
  {
    method: 'POST',
    path: '/cards/{}/actions/comments',
    scopes: writeBoard,
    run(call) {
      const { text = '' } = call.parameters
      if (text === '') throw new Refusal(400, 'invalid value for text')
      const author = call.data.members.find(({ id }) => id === call.caller.memberId)
      if (author === undefined) throw new Refusal(401, 'invalid token')
      return addComment(call.data, cardOf(call), author, text)
    },
  },
]

function memberOf({ data, id, caller, parameters }: Call): object {
  const wanted = id === 'me' ? caller.memberId : id
  const member = data.members.find((each) => each.id === wanted || each.username === wanted)
  if (member === undefined) throw notFound
  const mayReadEmail = member.id === caller.memberId && caller.scopes.has('read:member:trello')
  return pickFields(mayReadEmail ? member : withoutEmail(member), parameters.fields)
}

function withoutEmail<M extends { email: string }>(member: M): Omit<M, 'email'> {
  const { email: _, ...shown } = member
  return shown
}

function workspaceOf({ data, id, caller }: Call) {
  const workspace = data.workspaces.find((each) => each.id === id || each.name === id)
  if (workspace === undefined) throw notFound
  if (workspace.id !== caller.workspaceId) throw outsideWorkspace
  return workspace
}

function boardOf({ data, id, caller }: Call): Board {
  const board = data.boards.find((each) => each.id === id || each.shortLink === id)
  if (board === undefined) throw notFound
  assertMayRead(board, caller)
  return board
}

function cardOf({ data, id, caller }: Call): Card {
  const card = data.cards.find((each) => each.id === id)
  if (card === undefined) throw notFound
  assertMayRead(
    data.boards.find((board) => board.id === card.idBoard),
    caller,
  )
  return card
}

function listOf({ data, caller }: Call, id: string) {
  const list = data.lists.find((each) => each.id === id)
  if (list === undefined) throw notFound
  assertMayRead(
    data.boards.find((board) => board.id === list.idBoard),
    caller,
  )
  return list
}

/** Newest first; `before` is an action's id or a date, as at Trello. */
function actionsOf(call: Call): Action[] {
  const board = boardOf(call)
  const { before, limit = '50' } = call.parameters
  const onBoard = call.data.actions.filter((action) => action.data.board.id === board.id)
  const newestFirst = onBoard.sort((a, b) => b.date.localeCompare(a.date) || b.id.localeCompare(a.id))
  const start = newestFirst.findIndex(({ id }) => id === before) + 1
  const older =
    start > 0 || before === undefined
      ? newestFirst.slice(start)
      : newestFirst.filter(({ date }) => date < before)
  return older.slice(0, Math.min(Number(limit) || 50, 1000))
}

function assertMayRead(board: Board | undefined, caller: LiveToken): void {
  if (board?.idOrganization !== caller.workspaceId) throw outsideWorkspace
  if (!mayRead(board, caller)) throw new Refusal(401, 'unauthorized permission requested')
}

function mayRead(board: Board, caller: LiveToken): boolean {
  return board.idOrganization === caller.workspaceId && board.idMembers.includes(caller.memberId)
}

function boardForApi({ idMembers: _, ...shown }: Board): object {
  return shown
}

function pickFields(model: object, fields: string | undefined): object {
  if (fields === undefined || fields === 'all') return model
  const wanted = new Set(['id', ...fields.split(',')])
  return Object.fromEntries(Object.entries(model).filter(([name]) => wanted.has(name)))
}

const notFound = new Refusal(404, 'The requested resource was not found.')
const outsideWorkspace = new Refusal(403, 'The token is restricted to another workspace.')
