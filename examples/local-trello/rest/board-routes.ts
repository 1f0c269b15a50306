import { shortLinkOf } from '../data/ids'
import type { Board } from '../data/models'
import { boardOf, memberOf, workspaceOf } from './access'
import { actionsOf } from './action-pages'
import { cardsIn } from './card-pages'
import { addLabel } from './label-routes'
import { addList } from './list-routes'
import { fieldOf } from './member-routes'
import { boardWith, cardWith, listsIn, listWith, membersWith } from './nested'
import { change, note } from './notes'
import { flagOf, limitOf, neededText, textOf } from './parameters'
import type { Call, Route } from './route'
import { boardShape, checklistShape, customFieldShape, labelShape, membershipsOf } from './shapes'

export const boardRoutes: readonly Route[] = [
  { method: 'GET', path: '/boards/{}', run: (call) => boardWith(call, boardOf(call)) },
  { method: 'POST', path: '/boards', run: addBoard },
  { method: 'PUT', path: '/boards/{}', run: changeBoard },
  { method: 'DELETE', path: '/boards/{}', run: deleteBoard },
  { method: 'GET', path: '/boards/{}/lists', run: (call) => lists(call, textOf(call, 'filter') ?? 'open') },
  { method: 'GET', path: '/boards/{}/lists/{}', run: (call) => lists(call, call.ids[1] ?? 'open') },
  { method: 'POST', path: '/boards/{}/lists', run: (call) => addList(call, boardOf(call)) },
  {
    method: 'GET',
    path: '/boards/{}/cards',
    run: (call) => cards(call, textOf(call, 'filter') ?? 'visible'),
  },
  { method: 'GET', path: '/boards/{}/cards/{}', run: (call) => cards(call, call.ids[1] ?? 'visible') },
  { method: 'GET', path: '/boards/{}/members', run: (call) => membersWith(call, boardOf(call).idMembers) },
  { method: 'PUT', path: '/boards/{}/members/{}', run: addMember },
  { method: 'DELETE', path: '/boards/{}/members/{}', run: removeMember },
  { method: 'GET', path: '/boards/{}/memberships', run: (call) => membershipsOf(boardOf(call)) },
  { method: 'GET', path: '/boards/{}/labels', run: labels },
  { method: 'POST', path: '/boards/{}/labels', run: (call) => addLabel(call, boardOf(call)) },
  {
    method: 'GET',
    path: '/boards/{}/customFields',
    run: (call) =>
      call.data.customFields.filter(({ idModel }) => idModel === boardOf(call).id).map(customFieldShape),
  },
  {
    method: 'GET',
    path: '/boards/{}/checklists',
    run: (call) =>
      call.data.checklists
        .filter(({ idBoard }) => idBoard === boardOf(call).id)
        .map((checklist) => checklistShape(call.data, checklist)),
  },
  {
    method: 'GET',
    path: '/boards/{}/actions',
    run(call) {
      const board = boardOf(call)
      return actionsOf(call, ({ data }) => data.board?.id === board.id, textOf(call, 'filter'))
    },
  },
  {
    method: 'GET',
    path: '/boards/{}/{}',
    run: (call) => ({ _value: fieldOf(call, boardShape(call.data, boardOf(call))) }),
  },
]

function lists(call: Call, filter: string): object[] {
  return listsIn(call, boardOf(call), filter).map((list) => listWith(call, list))
}

function cards(call: Call, filter: string): object[] {
  const board = boardOf(call)
  return cardsIn(call, ({ idBoard }) => idBoard === board.id, filter).map((card) => cardWith(call, card))
}

function labels(call: Call): object[] {
  const board = boardOf(call)
  const found = call.data.labels.filter(({ idBoard }) => idBoard === board.id)
  return found.slice(0, limitOf(call, 50, 1000)).map(labelShape)
}

function addBoard(call: Call): object {
  const { data, caller } = call
  const idOrganization = textOf(call, 'idOrganization') ?? caller.workspaceId ?? null
  const id = data.newId()
  const board: Board = {
    id,
    shortLink: shortLinkOf(id),
    name: neededText(call, 'name'),
    desc: textOf(call, 'desc') ?? '',
    closed: false,
    idOrganization: idOrganization === null ? null : workspaceOf(call, idOrganization).id,
    idMembers: [caller.memberId],
  }
  data.boards.push(board)
  note(call, 'createBoard', { board })
  const wantsLists = flagOf(call, 'defaultLists') ?? true
  for (const name of wantsLists ? ['To Do', 'Doing', 'Done'] : []) addList(call, board, name)
  return boardWith(call, board)
}

function changeBoard(call: Call): object {
  const board = boardOf(call)
  const old = change(board, {
    name: textOf(call, 'name'),
    desc: textOf(call, 'desc'),
    closed: flagOf(call, 'closed'),
  } as Partial<Board>)
  note(call, 'updateBoard', { board }, { old })
  return boardWith(call, board)
}

function deleteBoard(call: Call): object {
  const { boards } = call.data
  const board = boardOf(call)
  // The page of the local Trello always shows a board.
  if (boards.length > 1) boards.splice(boards.indexOf(board), 1)
  return { _value: null }
}

function addMember(call: Call): object {
  const board = boardOf(call)
  const member = memberOf(call, call.ids[1])
  if (!board.idMembers.includes(member.id)) board.idMembers.push(member.id)
  note(call, 'addMemberToBoard', { board }, { idMemberAdded: member.id })
  return { id: board.id, members: membersWith(call, board.idMembers), memberships: membershipsOf(board) }
}

function removeMember(call: Call): object {
  const board = boardOf(call)
  const member = memberOf(call, call.ids[1])
  board.idMembers = board.idMembers.filter((id) => id !== member.id)
  note(call, 'removeMemberFromBoard', { board }, { member: { id: member.id } })
  return { id: board.id, members: membersWith(call, board.idMembers), memberships: membershipsOf(board) }
}
