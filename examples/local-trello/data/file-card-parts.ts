import { field, names, record, text } from './file-fields'
import type { Card } from './models'
import type { TrelloData } from './trello-data'

// Things that lie on a card, as the file has them.

/** Puts a checklist onto a card. An item begins with `[x]` or `[ ]`. */
export function addChecklist(data: TrelloData, card: Card, given: unknown, place: string): void {
  const { name, items } = record(given, `${place}.checklists`)
  const id = data.newId()
  const pos = (data.checklists.filter(({ idCard }) => idCard === card.id).length + 1) * 16_384
  data.checklists.push({ id, idBoard: card.idBoard, idCard: card.id, name: text(name, place), pos })
  for (const [index, item] of names(items, `${place}.checklists.items`).entries()) {
    const [, mark, words = item] = /^\[([ x])\] (.*)$/.exec(item) ?? []
    data.checkItems.push({
      id: data.newId(),
      idChecklist: id,
      name: words,
      state: mark === 'x' ? 'complete' : 'incomplete',
      pos: (index + 1) * 16_384,
      due: null,
      idMember: null,
    })
  }
}

/** Puts a link onto a card, as an attachment. */
export function addAttachment(data: TrelloData, card: Card, given: unknown, place: string): void {
  const { name, url } = record(given, `${place}.attachments`)
  const address = text(url, `${place}.attachments.url`)
  data.attachments.push({
    id: data.newId(),
    idCard: card.id,
    idMember: card.idMembers[0] ?? data.members[0].id,
    name: field(name, address),
    url: address,
    date: seedTime(0),
    bytes: null,
    mimeType: '',
    isUpload: false,
    pos: 16_384,
  })
}

/** Puts a sticker of the file onto a card. */
export function addSticker(data: TrelloData, card: Card, given: unknown, place: string): void {
  const { image, top, left, rotate } = record(given, `${place}.stickers`)
  data.stickers.push({
    id: data.newId(),
    idCard: card.id,
    image: text(image, `${place}.stickers.image`),
    top: Number(top ?? 0),
    left: Number(left ?? 0),
    rotate: Number(rotate ?? 0),
    zIndex: 1,
  })
}

/** A time of the file's own, days after 1 June 2026: the same with each start. */
export function seedTime(day: number): string {
  return new Date(Date.UTC(2026, 5, 1) + day * 86_400_000).toISOString()
}
