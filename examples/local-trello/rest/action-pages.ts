import type { Action } from '../data/models'
import { isBetween } from './card-pages'
import { limitOf, pick, textOf } from './parameters'
import type { Call } from './route'
import { actionShape } from './shapes'

/** A page of actions, newest first: `filter`, `limit` (50, at most 1000), `page`, `since` and `before`. */
export function actionsOf(
  call: Call,
  fits: (action: Action) => boolean,
  filter = 'all',
  names = { fields: 'fields', limit: 'limit' },
): object[] {
  const types = filter === 'all' || filter === 'open' ? undefined : new Set(filter.split(','))
  const limit = limitOf(call, 50, 1000, names.limit)
  const page = limitOf(call, 0, 1000, 'page')
  return call.data.actions
    .filter((action) => fits(action) && (types === undefined || types.has(action.type)))
    .filter(isBetween(call))
    .sort((a, b) => b.date.localeCompare(a.date) || b.id.localeCompare(a.id))
    .slice(page * limit, (page + 1) * limit)
    .map((action) => pick(call, actionShape(call.data, action), textOf(call, names.fields)))
}
