import type { Board, List } from '../data/models'
import { boardOf, listOf } from './access'
import { actionsOf } from './action-pages'
import { cardsIn } from './card-pages'
import { cardWith, listWith } from './nested'
import { change, note } from './notes'
import { flagOf, neededText, posOf, textOf } from './parameters'
import { type Call, invalidValue, type Route } from './route'
import { boardShape } from './shapes'

export const listRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/lists',
    run: (call) => addList(call, boardOf(call, neededText(call, 'idBoard'))),
  },
  { method: 'GET', path: '/lists/{}', run: (call) => listWith(call, listOf(call)) },
  { method: 'PUT', path: '/lists/{}', run: (call) => changeList(call, call) },
  { method: 'PUT', path: '/lists/{}/closed', run: (call) => changeList(call, withValue(call, 'closed')) },
  { method: 'PUT', path: '/lists/{}/pos', run: (call) => changeList(call, withValue(call, 'pos')) },
  { method: 'PUT', path: '/lists/{}/name', run: (call) => changeList(call, withValue(call, 'name')) },
  { method: 'GET', path: '/lists/{}/cards', run: cards },
  {
    method: 'GET',
    path: '/lists/{}/board',
    run: (call) => boardShape(call.data, boardOf(call, listOf(call).idBoard)),
  },
  {
    method: 'GET',
    path: '/lists/{}/actions',
    run(call) {
      const list = listOf(call)
      return actionsOf(call, ({ data }) => data.list?.id === list.id, textOf(call, 'filter'))
    },
  },
  { method: 'POST', path: '/lists/{}/archiveAllCards', run: archiveAll },
  { method: 'POST', path: '/lists/{}/moveAllCards', run: moveAll },
]

/** Puts a list on a board, in Trello's way at the front unless the caller says otherwise. */
export function addList(call: Call, board: Board, name = neededText(call, 'name')): object {
  const others = call.data.lists.filter(({ idBoard }) => idBoard === board.id)
  const list: List = {
    id: call.data.newId(),
    name,
    idBoard: board.id,
    closed: false,
    pos: call.parameters.pos === undefined ? posOf(call, others, 'no such parameter') : posOf(call, others),
  }
  call.data.lists.push(list)
  note(call, 'createList', { board, list })
  return listWith(call, list)
}

/** The call with its `value` under the name of a field: `PUT /lists/{id}/name?value=Done`. */
export function withValue(call: Call, field: string): Call {
  const parameters = new Proxy(call.parameters, {
    get: (all, name) => Reflect.get(all, name === field ? 'value' : name),
  })
  return { ...call, parameters }
}

function changeList(call: Call, given: Call): object {
  const list = listOf(call)
  const board = boardOf(call, list.idBoard)
  if (given.parameters.name === '') throw invalidValue('name')
  const others = call.data.lists.filter(({ idBoard, id }) => idBoard === list.idBoard && id !== list.id)
  const pos = given.parameters.pos === undefined ? list.pos : posOf(given, others)
  const name = textOf(given, 'name') ?? list.name
  const closed = flagOf(given, 'closed') ?? list.closed
  const old = change(list, { name, closed, pos })
  note(call, 'updateList', { board, list }, { old })
  return listWith(call, list)
}

function cards(call: Call): object[] {
  const list = listOf(call)
  const filter = textOf(call, 'filter') ?? 'open'
  return cardsIn(call, ({ idList }) => idList === list.id, filter).map((card) => cardWith(call, card))
}

function archiveAll(call: Call): object {
  const list = listOf(call)
  for (const card of call.data.cards.filter(({ idList }) => idList === list.id)) card.closed = true
  note(call, 'updateList', { board: boardOf(call, list.idBoard), list })
  return {}
}

function moveAll(call: Call): object[] {
  const list = listOf(call)
  const target = listOf(call, neededText(call, 'idList'))
  const board = boardOf(call, textOf(call, 'idBoard') ?? target.idBoard)
  const moved = call.data.cards.filter(({ idList }) => idList === list.id)
  for (const card of moved) Object.assign(card, { idList: target.id, idBoard: target.idBoard })
  note(call, 'updateList', { board, list: target })
  return moved.map((card) => cardWith(call, card))
}
