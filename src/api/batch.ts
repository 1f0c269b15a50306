import { ApiError } from '../base/api-error'
import { ConfigurationError } from '../base/errors'
import type { AuthState } from '../grant/auth-state'
import type { Api } from './api'
import { apiErrorOf } from './load-refusal'
import { shownPath } from './shown-path'

export interface BatchOptions {
  signal?: AbortSignal
}

/** The part of a client that a batch uses. The scopes in its state tell a missing scope from other refusals. */
export interface BatchClient {
  api: Pick<Api, 'get'>
  state?: AuthState
}

/**
 * Gets any number of paths, ten to a request. The results are in the order of the paths, each its value or an ApiError;
 * one bad path doesn't spoil the rest. Once Trello says "too many requests", or doesn't take the token, the paths that are
 * left get the same error and are not asked for.
 * @throws NetworkError, and the errors of `getAccessToken()`
 * @see https://developer.atlassian.com/cloud/trello/rest/api-group-batch/
 */
export async function batch<T = unknown>(
  client: BatchClient,
  paths: readonly string[],
  { signal }: BatchOptions = {},
): Promise<(T | ApiError)[]> {
  const results: (T | ApiError)[] = []
  // One after the other: ten at once would be a hundred requests to Trello's rate limit.
  for (let start = 0; start < paths.length; start += BATCH_SIZE) {
    const group = paths.slice(start, start + BATCH_SIZE)
    const answers = await getTogether<T>(client, group, signal)
    if (answers instanceof ApiError) return [...results, ...paths.slice(start).map(() => answers)]
    results.push(...answers)
  }
  return results
}

const BATCH_SIZE = 10

/** An error stands for all paths, and for those that come after them. */
async function getTogether<T>(
  { api, state }: BatchClient,
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<(T | ApiError)[] | ApiError> {
  const oneByOne = () => Promise.all(paths.map((path) => getAlone<T>(api, path, signal)))
  // Trello takes paths alone; which hosts a URL may name, the fetch knows.
  if (paths.some((path) => /^(?:[a-z][a-z\d+.-]*:|[\\/]{2})/i.test(path))) return oneByOne()
  const granted = state?.status === 'authorized' ? state.scopes : undefined
  try {
    // A comma inside a path is told from one between paths by its escape.
    const urls = paths.map((path) => inBatch(path).replaceAll(',', '%2C')).join(',')
    const answers = await api.get(`/1/batch?urls=${encodeURIComponent(urls)}`, { signal })
    if (!Array.isArray(answers) || answers.length !== paths.length) return oneByOne()
    return await Promise.all(answers.map((answer, i) => resultOf<T>(answer, paths[i] ?? '', granted)))
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    // Of a limit or a token the single paths would hear the same, ten times over.
    if (error.status === 401 || error.status === 429) return error
    // Perhaps for one path alone: each is asked for by itself.
    return oneByOne()
  }
}

async function getAlone<T>(
  api: Pick<Api, 'get'>,
  path: string,
  signal: AbortSignal | undefined,
): Promise<T | ApiError> {
  try {
    return await api.get<T>(path, { signal })
  } catch (error) {
    if (error instanceof ApiError) return error
    if (!(error instanceof ConfigurationError)) throw error
    const place = { status: 400, method: 'GET', path: shownPath(path) }
    return new ApiError('http', { ...place, message: error.message, cause: error })
  }
}

/** Trello answers `{ "200": value }` for a success, and an object with `statusCode` for a failure. */
async function resultOf<T>(
  answer: unknown,
  path: string,
  granted: readonly string[] | undefined,
): Promise<T | ApiError> {
  const fields: Record<string, unknown> = typeof answer === 'object' && answer !== null ? { ...answer } : {}
  const [key = '', ...others] = Object.keys(fields)
  if (/^2\d\d$/.test(key) && others.length === 0) return fields[key] as T
  const status = Number(fields.statusCode ?? key) || 449
  const body = fields.statusCode === undefined && others.length === 0 ? fields[key] : answer
  const place = { method: 'GET', path: shownPath(path) }
  return apiErrorOf(place, { ok: false, status, headers: new Headers() }, body, granted)
}

/** The path as it goes into a batch: without its version, and without left-over parameters. */
function inBatch(path: string): string {
  const [place = '', ...query] = path.replace(/#.*$/s, '').split('?')
  const rest = query
    .join('?')
    .split('&')
    .filter((pair) => !/^(?:key|token)(?:=|$)/.test(pair))
    .join('&')
  return `${place.replace(/^\/?\d+(?=\/)/, '').replace(/^(?!\/)/, '/')}${rest && `?${rest}`}`
}
