import type { Card, CheckItem, Checklist } from '../data/models'
import { boardOf, cardOf, checkItemOf, checklistOf } from './access'
import { cardWith, checkItemStates } from './nested'
import { change, noteOnCard } from './notes'
import { flagOf, neededText, posOf, textOf, timeOf } from './parameters'
import { type Call, invalidValue, notFound, type Route } from './route'
import { boardShape, checkItemShape, checklistShape } from './shapes'

export const checklistRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/checklists',
    run: (call) => addChecklist(call, cardOf(call, neededText(call, 'idCard'))),
  },
  { method: 'GET', path: '/checklists/{}', run: (call) => checklistShape(call.data, checklistOf(call)) },
  { method: 'PUT', path: '/checklists/{}', run: changeChecklist },
  { method: 'DELETE', path: '/checklists/{}', run: (call) => deleteChecklist(call, checklistOf(call)) },
  {
    method: 'GET',
    path: '/checklists/{}/board',
    run: (call) => boardShape(call.data, boardOf(call, checklistOf(call).idBoard)),
  },
  {
    method: 'GET',
    path: '/checklists/{}/cards',
    run: (call) => [cardWith(call, cardOf(call, checklistOf(call).idCard))],
  },
  {
    method: 'GET',
    path: '/checklists/{}/checkItems',
    run: (call) => itemsOf(call, checklistOf(call)).map(checkItemShape),
  },
  { method: 'POST', path: '/checklists/{}/checkItems', run: addItem },
  {
    method: 'GET',
    path: '/checklists/{}/checkItems/{}',
    run: (call) => checkItemShape(checkItemOf(call, call.ids[1])),
  },
  {
    method: 'DELETE',
    path: '/checklists/{}/checkItems/{}',
    run: (call) => deleteItem(call, cardOf(call, checklistOf(call).idCard), call.ids[1]),
  },
  {
    method: 'GET',
    path: '/cards/{}/checklists',
    run: (call) =>
      call.data.checklists
        .filter(({ idCard }) => idCard === cardOf(call).id)
        .map((checklist) => checklistShape(call.data, checklist)),
  },
  { method: 'POST', path: '/cards/{}/checklists', run: (call) => addChecklist(call, cardOf(call)) },
  {
    method: 'DELETE',
    path: '/cards/{}/checklists/{}',
    run: (call) => deleteChecklist(call, checklistOf(call, call.ids[1])),
  },
  { method: 'GET', path: '/cards/{}/checkItemStates', run: (call) => checkItemStates(call, cardOf(call)) },
  {
    method: 'GET',
    path: '/cards/{}/checkItem/{}',
    run: (call) => checkItemShape(checkItemOf(call, call.ids[1])),
  },
  { method: 'PUT', path: '/cards/{}/checkItem/{}', run: changeItem },
  {
    method: 'DELETE',
    path: '/cards/{}/checkItem/{}',
    run: (call) => deleteItem(call, cardOf(call), call.ids[1]),
  },
]

function addChecklist(call: Call, card: Card): object {
  const { data } = call
  const others = data.checklists.filter(({ idCard }) => idCard === card.id)
  const source = textOf(call, 'idChecklistSource')
  const copied = source === undefined ? undefined : checklistOf(call, source)
  const checklist: Checklist = {
    id: data.newId(),
    idBoard: card.idBoard,
    idCard: card.id,
    name: textOf(call, 'name') ?? copied?.name ?? 'Checklist',
    pos: posOf(call, others),
  }
  data.checklists.push(checklist)
  for (const item of copied === undefined ? [] : itemsOf(call, copied)) {
    data.checkItems.push({ ...item, id: data.newId(), idChecklist: checklist.id, state: 'incomplete' })
  }
  noteOnCard(call, 'addChecklistToCard', card, { checklist: { id: checklist.id, name: checklist.name } })
  return checklistShape(data, checklist)
}

function changeChecklist(call: Call): object {
  const checklist = checklistOf(call)
  const others = call.data.checklists.filter(
    ({ idCard, id }) => idCard === checklist.idCard && id !== checklist.id,
  )
  if (call.parameters.name === '') throw invalidValue('name')
  change(checklist, {
    name: textOf(call, 'name') ?? checklist.name,
    pos: call.parameters.pos === undefined ? checklist.pos : posOf(call, others),
  })
  noteOnCard(call, 'updateChecklist', cardOf(call, checklist.idCard))
  return checklistShape(call.data, checklist)
}

function deleteChecklist(call: Call, checklist: Checklist): object {
  const { checklists, checkItems } = call.data
  checklists.splice(checklists.indexOf(checklist), 1)
  for (const item of itemsOf(call, checklist)) checkItems.splice(checkItems.indexOf(item), 1)
  noteOnCard(call, 'removeChecklistFromCard', cardOf(call, checklist.idCard))
  return { limits: {} }
}

function addItem(call: Call): object {
  const checklist = checklistOf(call)
  const item: CheckItem = {
    id: call.data.newId(),
    idChecklist: checklist.id,
    name: neededText(call, 'name'),
    state: flagOf(call, 'checked') === true ? 'complete' : 'incomplete',
    pos: posOf(call, itemsOf(call, checklist)),
    due: timeOf(call, 'due') ?? null,
    idMember: textOf(call, 'idMember') ?? null,
  }
  call.data.checkItems.push(item)
  noteOnCard(call, 'createCheckItem', cardOf(call, checklist.idCard))
  return checkItemShape(item)
}

function changeItem(call: Call): object {
  const card = cardOf(call)
  const item = checkItemOf(call, call.ids[1])
  const checklist = checklistOf(call, textOf(call, 'idChecklist') ?? item.idChecklist)
  if (checklist.idCard !== card.id) throw notFound
  const state = stateOf(call) ?? item.state
  const hasChanged = state !== item.state
  const { due = item.due } = { due: timeOf(call, 'due') }
  change(item, {
    name: textOf(call, 'name') ?? item.name,
    state,
    due: due ?? null,
    idChecklist: checklist.id,
    idMember: textOf(call, 'idMember') ?? item.idMember,
    pos: call.parameters.pos === undefined ? item.pos : posOf(call, itemsOf(call, checklist)),
  })
  noteOnCard(call, hasChanged ? 'updateCheckItemStateOnCard' : 'updateCheckItem', card, {
    checkItem: { id: item.id, name: item.name, state: item.state },
    checklist: { id: checklist.id, name: checklist.name },
  })
  return checkItemShape(item)
}

function stateOf(call: Call): CheckItem['state'] | undefined {
  const state = textOf(call, 'state')
  if (state === undefined) return undefined
  if (state === 'true' || state === 'complete') return 'complete'
  if (state === 'false' || state === 'incomplete') return 'incomplete'
  throw invalidValue('state')
}

function deleteItem(call: Call, card: Card, id: string | undefined): object {
  const { checkItems } = call.data
  checkItems.splice(checkItems.indexOf(checkItemOf(call, id)), 1)
  noteOnCard(call, 'deleteCheckItem', card)
  return { limits: {} }
}

function itemsOf({ data }: Call, checklist: Checklist): CheckItem[] {
  return data.checkItems
    .filter(({ idChecklist }) => idChecklist === checklist.id)
    .sort((a, b) => a.pos - b.pos)
}
