import { shortLinkOf } from '../data/ids'
import type { Card } from '../data/models'
import { boardOf, cardOf, labelOf, listOf, memberOf } from './access'
import { actionsOf } from './action-pages'
import { addAttachment } from './attachment-routes'
import { addLabel } from './label-routes'
import { withValue } from './list-routes'
import { fieldOf } from './member-routes'
import { cardWith, membersWith } from './nested'
import { change, noteOnCard } from './notes'
import { flagOf, idsOf, neededText, posOf, textOf, timeOf } from './parameters'
import { type Call, invalidValue, type Route } from './route'
import { boardShape, cardShape, labelShape, listShape } from './shapes'

export const cardRoutes: readonly Route[] = [
  { method: 'POST', path: '/cards', run: addCard },
  { method: 'GET', path: '/cards/{}', run: (call) => cardWith(call, cardOf(call)) },
  { method: 'PUT', path: '/cards/{}', run: (call) => changeCard(call, call) },
  { method: 'DELETE', path: '/cards/{}', run: deleteCard },
  {
    method: 'GET',
    path: '/cards/{}/board',
    run: (call) => boardShape(call.data, boardOf(call, cardOf(call).idBoard)),
  },
  { method: 'GET', path: '/cards/{}/list', run: (call) => listShape(listOf(call, cardOf(call).idList)) },
  { method: 'GET', path: '/cards/{}/members', run: (call) => membersWith(call, cardOf(call).idMembers) },
  { method: 'POST', path: '/cards/{}/idMembers', run: addMember },
  { method: 'DELETE', path: '/cards/{}/idMembers/{}', run: removeMember },
  {
    method: 'GET',
    path: '/cards/{}/membersVoted',
    run: (call) => membersWith(call, cardOf(call).idMembersVoted),
  },
  { method: 'POST', path: '/cards/{}/membersVoted', run: vote },
  { method: 'GET', path: '/cards/{}/labels', run: labelsOfCard },
  { method: 'POST', path: '/cards/{}/labels', run: addNewLabel },
  { method: 'POST', path: '/cards/{}/idLabels', run: addKnownLabel },
  { method: 'DELETE', path: '/cards/{}/idLabels/{}', run: removeLabel },
  {
    method: 'GET',
    path: '/cards/{}/actions',
    run(call) {
      const card = cardOf(call)
      return actionsOf(
        call,
        ({ data }) => data.card?.id === card.id,
        textOf(call, 'filter') ?? 'commentCard,updateCard',
      )
    },
  },
  {
    method: 'GET',
    path: '/cards/{}/{}',
    run: (call) => ({ _value: fieldOf(call, cardShape(call.data, cardOf(call))) }),
  },
  {
    method: 'PUT',
    path: '/cards/{}/{}',
    scopes: ['read:board:trello', 'write:board:trello'],
    run: (call) => changeCard(call, withValue(call, call.ids[1] ?? '')),
  },
]

function addCard(call: Call): object {
  const { data } = call
  const list = listOf(call, neededText(call, 'idList'))
  const source = textOf(call, 'idCardSource')
  const copied = source === undefined ? undefined : cardOf(call, source)
  const id = data.newId()
  const others = data.cards.filter(({ idList }) => idList === list.id)
  const card: Card = {
    id,
    idShort: data.cards.filter(({ idBoard }) => idBoard === list.idBoard).length + 1,
    shortLink: shortLinkOf(id),
    idList: list.id,
    idBoard: list.idBoard,
    name: textOf(call, 'name') ?? copied?.name ?? '',
    desc: textOf(call, 'desc') ?? copied?.desc ?? '',
    closed: false,
    pos: posOf(call, others),
    start: timeOf(call, 'start') ?? null,
    due: timeOf(call, 'due') ?? copied?.due ?? null,
    dueComplete: flagOf(call, 'dueComplete') ?? false,
    idMembers: idsOf(call, 'idMembers')?.map((member) => memberOf(call, member).id) ?? [
      ...(copied?.idMembers ?? []),
    ],
    idLabels: idsOf(call, 'idLabels')?.map((label) => labelOf(call, label).id) ?? [
      ...(copied?.idLabels ?? []),
    ],
    idMembersVoted: [],
  }
  data.cards.push(card)
  noteOnCard(call, 'createCard', card)
  if (call.file !== undefined || textOf(call, 'urlSource') !== undefined) {
    addAttachment({ ...call, parameters: { url: call.parameters.urlSource } }, card)
  }
  return cardWith(call, card)
}

function changeCard(call: Call, given: Call): object {
  const { data } = call
  const card = cardOf(call)
  if (given.parameters.name === '') throw invalidValue('name')
  const idList = textOf(given, 'idList')
  const idBoard =
    textOf(given, 'idBoard') ?? (idList === undefined ? card.idBoard : listOf(call, idList).idBoard)
  const target = idList ?? (idBoard === card.idBoard ? card.idList : firstListOf(call, idBoard))
  const others = data.cards.filter((each) => each.idList === target && each !== card)
  const { due = card.due, start = card.start } = { due: timeOf(given, 'due'), start: timeOf(given, 'start') }
  const old = change(card, {
    name: textOf(given, 'name') ?? card.name,
    desc: textOf(given, 'desc') ?? card.desc,
    closed: flagOf(given, 'closed') ?? card.closed,
    dueComplete: flagOf(given, 'dueComplete') ?? card.dueComplete,
    due: due ?? null,
    start: start ?? null,
    idBoard: boardOf(call, idBoard).id,
    idList: listOf(call, target).id,
    pos: given.parameters.pos === undefined ? card.pos : posOf(given, others),
    idMembers: idsOf(given, 'idMembers')?.map((id) => memberOf(call, id).id) ?? card.idMembers,
    idLabels: idsOf(given, 'idLabels')?.map((id) => labelOf(call, id).id) ?? card.idLabels,
  })
  noteOnCard(call, 'updateCard', card, { old })
  return cardWith(call, card)
}

function firstListOf(call: Call, idBoard: string): string {
  const lists = call.data.lists.filter((list) => list.idBoard === boardOf(call, idBoard).id && !list.closed)
  const [first] = lists.sort((a, b) => a.pos - b.pos)
  if (first === undefined) throw invalidValue('idBoard')
  return first.id
}

function deleteCard(call: Call): object {
  const card = cardOf(call)
  noteOnCard(call, 'deleteCard', card)
  call.data.cards.splice(call.data.cards.indexOf(card), 1)
  return { limits: {} }
}

function addMember(call: Call): object[] {
  const card = cardOf(call)
  const member = memberOf(call, neededText(call, 'value'))
  if (!card.idMembers.includes(member.id)) card.idMembers.push(member.id)
  noteOnCard(call, 'addMemberToCard', card, { idMember: member.id })
  return membersWith(call, card.idMembers)
}

function removeMember(call: Call): object[] {
  const card = cardOf(call)
  const member = memberOf(call, call.ids[1])
  card.idMembers = card.idMembers.filter((id) => id !== member.id)
  noteOnCard(call, 'removeMemberFromCard', card, { idMember: member.id })
  return membersWith(call, card.idMembers)
}

function vote(call: Call): object[] {
  const card = cardOf(call)
  const member = memberOf(call, neededText(call, 'value'))
  if (card.idMembersVoted.includes(member.id)) throw invalidValue('value')
  card.idMembersVoted.push(member.id)
  noteOnCard(call, 'voteOnCard', card, { voted: true })
  return membersWith(call, card.idMembersVoted)
}

function labelsOfCard(call: Call): object[] {
  const card = cardOf(call)
  return call.data.labels.filter(({ id }) => card.idLabels.includes(id)).map(labelShape)
}

function addNewLabel(call: Call): object {
  const card = cardOf(call)
  const label = addLabel(call, boardOf(call, card.idBoard))
  card.idLabels.push(label.id)
  noteOnCard(call, 'addLabelToCard', card)
  return label
}

function addKnownLabel(call: Call): string[] {
  const card = cardOf(call)
  const label = labelOf(call, neededText(call, 'value'))
  if (!card.idLabels.includes(label.id)) card.idLabels.push(label.id)
  noteOnCard(call, 'addLabelToCard', card, { label: labelShape(label) })
  return card.idLabels
}

function removeLabel(call: Call): object {
  const card = cardOf(call)
  const label = labelOf(call, call.ids[1])
  card.idLabels = card.idLabels.filter((id) => id !== label.id)
  noteOnCard(call, 'removeLabelFromCard', card, { label: labelShape(label) })
  return { _value: null }
}
