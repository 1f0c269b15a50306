import type { Action, Board, Card, List } from '../data/models'
import type { Call } from './route'

/** Writes down what the caller did, as Trello does for each change. */
export function note(
  { data, caller }: Pick<Call, 'data'> & { caller: { memberId: string } },
  type: string,
  about: { board: Board; list?: List | undefined; card?: Card | undefined },
  more: Record<string, unknown> = {},
): Action {
  const { board, list, card } = about
  return data.note({
    type,
    idMemberCreator: caller.memberId,
    data: {
      board: { id: board.id, name: board.name, shortLink: board.shortLink },
      ...(list && { list: { id: list.id, name: list.name } }),
      ...(card && {
        card: { id: card.id, name: card.name, idShort: card.idShort, shortLink: card.shortLink },
      }),
      ...more,
    },
  })
}

/** Writes down a change of a card. */
export function noteOnCard(call: Call, type: string, card: Card, more: Record<string, unknown> = {}): Action {
  const board = call.data.boards.find(({ id }) => id === card.idBoard) ?? call.data.boards[0]
  const list = call.data.lists.find(({ id }) => id === card.idList)
  return note(call, type, { board, list, card }, more)
}

/** What a model was before, of the fields that have changed. */
export function oldValues<M extends object>(before: M, changes: Partial<M>): Partial<M> {
  const old: Partial<M> = {}
  for (const name of Object.keys(changes) as (keyof M)[]) {
    if (changes[name] !== undefined && before[name] !== changes[name]) old[name] = before[name]
  }
  return old
}

/** Changes those fields that have a value, and gives the old values. */
export function change<M extends object>(model: M, changes: Partial<M>): Partial<M> {
  const old = oldValues(model, changes)
  for (const name of Object.keys(old) as (keyof M)[]) {
    const value = changes[name]
    if (value !== undefined) model[name] = value
  }
  return old
}
