import type { AuthState } from '../grant/grant'
import type { Api } from './api'
import { ApiError } from './api-error'
import { apiErrorOf } from './judgement'

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
 * one bad path doesn't spoil the rest.
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
    results.push(...(await getTogether<T>(client, paths.slice(start, start + BATCH_SIZE), signal)))
  }
  return results
}

const BATCH_SIZE = 10

async function getTogether<T>(
  { api, state }: BatchClient,
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<(T | ApiError)[]> {
  const granted = state?.status === 'authorized' ? state.scopes : undefined
  try {
    // A comma inside a path is told from one between paths by its escape.
    const urls = paths.map((path) => withoutVersion(path).replaceAll(',', '%2C')).join(',')
    const answers = await api.get(`/1/batch?urls=${encodeURIComponent(urls)}`, { signal })
    if (!Array.isArray(answers) || answers.length !== paths.length) {
      const place = { status: 200, method: 'GET', path: '/1/batch', body: answers }
      throw new ApiError('http', { ...place, message: 'The answers do not match the paths.' })
    }
    return await Promise.all(answers.map((answer, i) => resultOf<T>(answer, paths[i] ?? '', granted)))
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    // The request as a whole was refused, perhaps for one path alone: each is asked for by itself.
    return Promise.all(paths.map((path) => getAlone<T>(api, path, signal)))
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
    throw error
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
  const place = { method: 'GET', path: path.split('?', 1)[0] ?? path }
  return apiErrorOf(place, { ok: false, status, headers: new Headers() }, body, granted)
}

function withoutVersion(path: string): string {
  return path.replace(/^\/?\d+(?=\/)/, '').replace(/^(?!\/)/, '/')
}
