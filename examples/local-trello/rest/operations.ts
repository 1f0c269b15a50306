import { requiredScopes } from '../../../src/api/operation-scopes'
import { actionRoutes } from './action-routes'
import { attachmentRoutes } from './attachment-routes'
import { boardRoutes } from './board-routes'
import { cardRoutes } from './card-routes'
import { checklistRoutes } from './checklist-routes'
import { customFieldRoutes } from './custom-field-routes'
import { labelRoutes } from './label-routes'
import { listRoutes } from './list-routes'
import { memberRoutes } from './member-routes'
import { pluginRoutes } from './plugin-routes'
import type { Route } from './route'
import { searchRoutes } from './search-routes'
import { stickerRoutes } from './sticker-routes'
import { type AskCallback, webhookRoutes } from './webhook-routes'

/** A route that answers a request, with the values of its path. */
export interface Operation {
  route: Route
  ids: string[]
  /** The scopes that it needs: all of the first, one of the second. */
  allOf: readonly string[]
  anyOf: readonly string[]
  /** Trello offers it to no OAuth 2.0 token. */
  isClosedToOAuth2: boolean
}

export type FindOperation = (method: string, path: string) => Operation | 'unknown' | 'onlyAtTrello'

/** Finds the route for a method and a path below `/1`. */
export function createOperations(askCallback: AskCallback): FindOperation {
  const routes = [
    ...memberRoutes,
    ...boardRoutes,
    ...listRoutes,
    ...cardRoutes,
    ...checklistRoutes,
    ...attachmentRoutes,
    ...labelRoutes,
    ...customFieldRoutes,
    ...actionRoutes,
    ...searchRoutes,
    ...stickerRoutes,
    ...pluginRoutes,
    ...webhookRoutes(askCallback),
  ]
    .map((route) => ({ route, pattern: patternOf(route.path) }))
    // `/cards/{}/board` is told from `/cards/{}/{}` by the part that is spelled out.
    .sort((a, b) => a.route.path.split('{}').length - b.route.path.split('{}').length)

  return (method, path) => {
    for (const { route, pattern } of routes) {
      const match = route.method === method ? pattern.exec(path) : null
      if (match !== null) return { route, ids: match.slice(1).map(decoded), ...scopesOf(route, method, path) }
    }
    return requiredScopes(method, path) === 'unknown' ? 'unknown' : 'onlyAtTrello'
  }
}

function scopesOf(
  { scopes }: Route,
  method: string,
  path: string,
): Pick<Operation, 'allOf' | 'anyOf' | 'isClosedToOAuth2'> {
  const table = requiredScopes(method, path)
  if (typeof table === 'object') return { ...table, isClosedToOAuth2: false }
  if (table === 'closedToOAuth2') return { allOf: [], anyOf: [], isClosedToOAuth2: true }
  const usual = method === 'GET' ? ['read:board:trello'] : ['write:board:trello']
  return { allOf: scopes ?? usual, anyOf: [], isClosedToOAuth2: false }
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('{}', '([^/]+)')}/?$`)
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
