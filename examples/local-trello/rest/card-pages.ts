import { timeOfId } from '../data/ids'
import type { Card } from '../data/models'
import { limitOf, textOf } from './parameters'
import { type Call, invalidValue } from './route'

/**
 * The cards that fit, in the order of the board. With a `limit` they are the newest ones by creation: a page is cut by
 * `before` and `since`, ids or dates, and shown in the order of the board all the same.
 */
export function cardsIn(call: Call, fits: (card: Card) => boolean, filter: string): Card[] {
  const found = call.data.cards.filter((card) => fits(card) && hasState(call, card, filter))
  const newestFirst = found.sort((a, b) => b.id.localeCompare(a.id))
  const page = newestFirst.filter(isBetween(call)).slice(0, limitOf(call, Number.POSITIVE_INFINITY, 1000))
  const listPos = (card: Card) => call.data.lists.find(({ id }) => id === card.idList)?.pos ?? 0
  return page.sort((a, b) => listPos(a) - listPos(b) || a.pos - b.pos)
}

/** Compares with the parameters `before` and `since`. */
export function isBetween(call: Call): (model: { id: string; date?: string }) => boolean {
  const before = boundOf(call, 'before')
  const since = boundOf(call, 'since')
  return (model) =>
    (before === undefined || compare(model, before) < 0) && (since === undefined || compare(model, since) > 0)
}

function hasState(call: Call, card: Card, filter: string): boolean {
  if (filter === 'all') return true
  if (filter === 'closed') return card.closed
  const isListOpen = call.data.lists.find(({ id }) => id === card.idList)?.closed !== true
  return filter === 'visible' ? !card.closed && isListOpen : !card.closed
}

type Bound = { id: string } | { time: number }

function boundOf(call: Call, name: string): Bound | undefined {
  const value = textOf(call, name)
  if (value === undefined || value === '' || value === 'null') return undefined
  if (/^[0-9a-f]{24}$/.test(value)) return { id: value }
  const time = new Date(/^\d+$/.test(value) ? Number(value) : value).getTime()
  if (Number.isNaN(time)) throw invalidValue(name)
  return { time }
}

function compare(model: { id: string; date?: string }, bound: Bound): number {
  if ('id' in bound) return model.id < bound.id ? -1 : model.id > bound.id ? 1 : 0
  return (model.date === undefined ? timeOfId(model.id) : Date.parse(model.date)) - bound.time
}
