import { addAttachment, addChecklist, addSticker, seedTime } from './file-card-parts'
import { field, list, names, record, text, time } from './file-fields'
import { addPluginData } from './file-plugin-data'
import { shortLinkOf } from './ids'
import type { Board, Card, CustomField, Member } from './models'
import type { TrelloData } from './trello-data'

/** Puts on a board what the file says of it: labels, custom fields, lists, cards and what is on the cards. */
export function fillBoard(
  data: TrelloData,
  board: Board,
  given: Record<string, unknown>,
  place: string,
): void {
  addPluginData(data, { scope: 'board', id: board.id }, given.pluginData, `${place}.pluginData`)
  for (const each of list(given.labels, `${place}.labels`)) {
    const { name, color } = record(each, `${place}.labels`)
    data.labels.push({
      id: data.newId(),
      idBoard: board.id,
      name: field(name, ''),
      color: field(color, 'sky'),
    })
  }
  for (const each of list(given.customFields, `${place}.customFields`)) {
    addCustomField(data, board, record(each, `${place}.customFields`), `${place}.customFields`)
  }
  for (const [index, each] of list(given.lists, `${place}.lists`).entries()) {
    addList(data, board, record(each, `${place}.lists`), `${place}.lists[${index}]`, index)
  }
}

function addCustomField(data: TrelloData, board: Board, given: Record<string, unknown>, place: string): void {
  const type = types.find((known) => known === given.type)
  if (type === undefined) throw new Error(`${place}: "${given.type}" is none of ${types.join(', ')}.`)
  const options = names(given.options, `${place}.options`).map((option, index) => ({
    id: data.newId(),
    value: { text: option },
    color: 'none',
    pos: (index + 1) * 16_384,
  }))
  const pos = (data.customFields.length + 1) * 16_384
  data.customFields.push({
    id: data.newId(),
    idModel: board.id,
    name: text(given.name, `${place}.name`),
    type,
    pos,
    options,
  })
}

const types: readonly CustomField['type'][] = ['checkbox', 'date', 'list', 'number', 'text']

function addList(
  data: TrelloData,
  board: Board,
  given: Record<string, unknown>,
  place: string,
  index: number,
): void {
  const added = {
    id: field(given.id, data.newId()),
    name: text(given.name, `${place}.name`),
    idBoard: board.id,
    closed: given.closed === true,
    pos: (index + 1) * 65_536,
  }
  data.lists.push(added)
  for (const [position, each] of list(given.cards, `${place}.cards`).entries()) {
    const cardPlace = `${place}.cards[${position}]`
    addCard(data, board, added.id, record(each, cardPlace), cardPlace, position)
  }
}

function addCard(
  data: TrelloData,
  board: Board,
  idList: string,
  given: Record<string, unknown>,
  place: string,
  position: number,
): void {
  const id = field(given.id, data.newId())
  const card: Card = {
    id,
    idShort: data.cards.filter(({ idBoard }) => idBoard === board.id).length + 1,
    shortLink: field(given.shortLink, shortLinkOf(id)),
    idList,
    idBoard: board.id,
    name: text(given.name, `${place}.name`),
    desc: field(given.desc, ''),
    closed: given.closed === true,
    pos: (position + 1) * 65_536,
    start: time(given.start, `${place}.start`),
    due: time(given.due, `${place}.due`),
    dueComplete: given.dueComplete === true,
    idMembers: names(given.members, `${place}.members`).map((name) => memberNamed(data, name, place).id),
    idLabels: names(given.labels, `${place}.labels`).map((name) => labelNamed(data, board, name, place)),
    idMembersVoted: [],
  }
  data.cards.push(card)
  for (const each of list(given.checklists, `${place}.checklists`)) addChecklist(data, card, each, place)
  for (const each of list(given.attachments, `${place}.attachments`)) addAttachment(data, card, each, place)
  for (const each of list(given.stickers, `${place}.stickers`)) addSticker(data, card, each, place)
  addPluginData(data, { scope: 'card', id }, given.pluginData, `${place}.pluginData`)
  for (const [name, value] of Object.entries(record(given.customFields ?? {}, `${place}.customFields`))) {
    addCustomFieldItem(data, card, name, String(value), place)
  }
  if (given.comments !== undefined) addComments(data, board, card, given.comments, `${place}.comments`)
}

function addCustomFieldItem(data: TrelloData, card: Card, name: string, value: string, place: string): void {
  const custom = data.customFields.find((each) => each.name === name && each.idModel === card.idBoard)
  if (custom === undefined) throw new Error(`${place}.customFields: the board has no field "${name}".`)
  const option = custom.options.find((each) => each.value.text === value)
  if (custom.type === 'list' && option === undefined) {
    throw new Error(`${place}.customFields.${name}: "${value}" is no option of it.`)
  }
  const key = custom.type === 'checkbox' ? 'checked' : custom.type
  data.customFieldItems.push({
    id: data.newId(),
    idModel: card.id,
    idCustomField: custom.id,
    value: custom.type === 'list' ? null : { [key]: value },
    idValue: option?.id ?? null,
  })
}

/** `{ by, text, days }`: one comment a day, with `{n}` as the number of the day; or a list of `{ by, text, date }`. */
function addComments(data: TrelloData, board: Board, card: Card, given: unknown, place: string): void {
  const comments = Array.isArray(given)
    ? given.map((each) => record(each, place))
    : repeated(record(given, place))
  for (const [index, { by, text: words, date }] of comments.entries()) {
    data.note({
      type: 'commentCard',
      date: time(date, place) ?? seedTime(index + 1),
      idMemberCreator: memberNamed(data, text(by, `${place}.by`), place).id,
      data: {
        text: text(words, `${place}.text`),
        board: { id: board.id, name: board.name, shortLink: board.shortLink },
        card: { id: card.id, name: card.name, idShort: card.idShort, shortLink: card.shortLink },
      },
    })
  }
}

function repeated({ by, text: words, days }: Record<string, unknown>): Record<string, unknown>[] {
  return Array.from({ length: Number(days ?? 1) }, (_, index) => ({
    by,
    text: String(words).replace('{n}', String(index + 1)),
  }))
}

function memberNamed(data: TrelloData, name: string, place: string): Member {
  const member = data.members.find(({ username, id }) => name === username || name === id)
  if (member === undefined) throw new Error(`${place}: there is no member "${name}".`)
  return member
}

function labelNamed(data: TrelloData, board: Board, name: string, place: string): string {
  const label = data.labels.find((each) => each.name === name && each.idBoard === board.id)
  if (label === undefined) throw new Error(`${place}: the board has no label "${name}".`)
  return label.id
}
