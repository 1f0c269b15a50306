import type { ApiError } from '../base/api-error'
import { isPowerUpOAuthError } from '../base/error-guard'
import { ConfigurationError } from '../base/errors'
import { API_ORIGIN } from '../base/trello'
import type { AuthState } from '../grant/auth-state'
import { addressOf, isAbsolute } from './address'
import type { Api } from './api'
import { checkClient, isIterable, itemsOf, optionsOf, readGiven } from './given'
import { withoutLegacyParameters } from './legacy-parameters'
import { apiErrorOf } from './load-refusal'
import { unboxed } from './opaque'
import { encoded } from './query'
import { shownPath } from './shown-path'

/** Options of `batch`. */
export interface BatchOptions {
  /** Ends the batch with the signal's reason. */
  signal?: AbortSignal | null | undefined
}

/** The part of a client that a batch uses. The scopes in its state tell a missing scope from other refusals. */
export interface BatchClient {
  /** The methods of the REST API. */
  api: Pick<Api, 'get'>
  /** The last known state. */
  state?: AuthState
}

/**
 * Gets any number of paths, ten to a request. Resolves with an item for each path, in their order, in the shape of
 * `Promise.allSettled`: `{ status: 'fulfilled', value }`, or `{ status: 'rejected', reason }` with an ApiError, or with a
 * ConfigurationError for a path that can't be asked for. One bad path doesn't spoil the rest. After a 429, after a 401 for
 * a whole request, and after ten failures of the server in a row, nothing more is asked for: the paths that are left get
 * that error.
 * @throws NetworkError, the errors of `getAccessToken()`, and the reason of `signal`: they concern all paths
 * @example
 * const [board, member] = await batch(client, ['/boards/b', '/members/me'])
 * if (board?.status === 'fulfilled') show(board.value)
 * @see https://developer.atlassian.com/cloud/trello/rest/api-group-batch/
 */
export async function batch<T = unknown>(
  client: BatchClient,
  paths: Iterable<string | URL>,
  options?: BatchOptions | null,
): Promise<PromiseSettledResult<T>[]> {
  checkClient(client)
  const { signal, list } = readGiven(() => ({ ...optionsOf(options), list: pathsOf(paths) }))
  const items = list.map((path): Item<T> => ({ path, route: batchRoute(path), result: undefined }))
  const run: Run = { client, signal, failures: 0, stop: undefined }
  const together = items.filter(({ route }) => route !== undefined)
  // One after the other: ten at once would be a hundred requests to Trello's rate limit.
  for (let start = 0; start < together.length; start += BATCH_SIZE) {
    await settleTogether(run, together.slice(start, start + BATCH_SIZE))
  }
  await settleOneByOne(run, items)
  return items.map(({ result }) => result ?? { status: 'rejected', reason: run.stop })
}

function pathsOf(paths: unknown): (string | URL)[] {
  // Of each item the client says if it is no path.
  if (isIterable(unboxed(paths))) return itemsOf(paths as Iterable<unknown>) as (string | URL)[]
  throw new ConfigurationError('invalidRequest', 'batch takes a list of paths.')
}

/** Trello's limit. */
const BATCH_SIZE = 10

/** Answers of 500 and more, one after the other, after which the server counts as down. */
const FAILURES_MAX = 10

/** A path and what became of it. */
interface Item<T> {
  path: string | URL
  /** The path as it goes into a batch. `undefined` where it can't: another version, an absolute URL, a batch. */
  route: string | undefined
  result: PromiseSettledResult<T> | undefined
}

/** The facts that the requests of one batch share. */
interface Run {
  client: BatchClient
  signal: AbortSignal | null | undefined
  /** Failures of the server since its last usable answer. */
  failures: number
  /** The error after which nothing more is asked for. */
  stop: ApiError | undefined
}

/** Settles a group of paths by one request. Paths stay unsettled where that fails as a whole. */
async function settleTogether<T>(run: Run, group: Item<T>[]): Promise<void> {
  if (run.stop) return
  try {
    const urls = group.map(({ route }) => route).join(',')
    const answers = await run.client.api.get(`/1/batch?urls=${encoded(urls)}`, { signal: run.signal })
    // Of anything else than an answer for each, it can't be told which answer belongs to which path.
    if (!Array.isArray(answers) || answers.length !== group.length) return settleOneByOne(run, group)
    const { state } = run.client
    const granted = state?.status === 'authorized' ? state.scopes : undefined
    for (const [place, item] of group.entries())
      item.result = await resultOf<T>(answers[place], item.path, granted)
    run.failures = 0
    run.stop = group.map(({ result }) => errorIn(result)).find(isRateLimited)
  } catch (error) {
    if (!isApiError(error)) throw error
    // Of a limit or a token the single paths would hear the same, ten times over.
    if (isRateLimited(error) || error.status === 401) run.stop = error
    // Perhaps one path spoils it for all.
    else await settleOneByOne(run, group)
  }
}

/** Settles those that are left, each by a request of its own. */
async function settleOneByOne<T>(run: Run, items: Item<T>[]): Promise<void> {
  for (const item of items.filter(({ result }) => result === undefined)) {
    if (run.stop) return
    item.result = await settleAlone<T>(run, item.path)
    const error = errorIn(item.result)
    run.failures = error && error.status >= 500 ? run.failures + 1 : 0
    if (isRateLimited(error) || run.failures === FAILURES_MAX) run.stop = error
  }
}

/** The client may be of another build of the library, with error classes of its own. */
function isApiError(error: unknown): error is ApiError {
  return isPowerUpOAuthError(error) && error.name === 'ApiError'
}

async function settleAlone<T>(run: Run, path: string | URL): Promise<PromiseSettledResult<T>> {
  try {
    return { status: 'fulfilled', value: await run.client.api.get<T>(path, { signal: run.signal }) }
  } catch (reason) {
    const isWrongPath = isPowerUpOAuthError(reason) && reason.name === 'ConfigurationError'
    if (!isWrongPath && !isApiError(reason)) throw reason
    return { status: 'rejected', reason }
  }
}

/** Reads one answer of a batch: `{ "200": value }` for a success, an object with `statusCode` for most failures. */
async function resultOf<T>(
  answer: unknown,
  path: string | URL,
  granted: readonly string[] | undefined,
): Promise<PromiseSettledResult<T>> {
  const fields: Record<string, unknown> = typeof answer === 'object' && answer !== null ? { ...answer } : {}
  const [key = '', ...others] = Object.keys(fields)
  const isByStatus = others.length === 0 && /^\d{3}$/.test(key)
  if (isByStatus && key.startsWith('2')) return { status: 'fulfilled', value: fields[key] as T }
  const named = Number(fields.statusCode ?? key)
  const status = named >= 300 ? named : UNKNOWN_FAILURE
  const body = isByStatus ? fields[key] : answer
  const failed = { method: 'GET', path: shownPath(addressOf(path, undefined)), status, body }
  return { status: 'rejected', reason: await apiErrorOf(failed, granted) }
}

/** Trello's status for "a part of the batch failed". */
const UNKNOWN_FAILURE = 449

/**
 * Writes a path as it goes into a batch: without its version and left-over parameters, and with its commas escaped, which
 * tells them from those between paths. `undefined` for a path that can't go into a batch.
 */
function batchRoute(path: unknown): string | undefined {
  const url = urlOf(path)
  const [, route] = /^\/1(\/(?!\/|batch(?:\/|$)).+)$/.exec(url?.pathname ?? '') ?? []
  if (!url || route === undefined) return undefined
  return `${route}${withoutLegacyParameters(url.search)}`.replace(/,/g, '%2C')
}

/** Resolves a path. An absolute URL gives `undefined`: the client knows which hosts it may name. */
function urlOf(path: unknown): URL | undefined {
  try {
    const address = addressOf(path, undefined)
    return isAbsolute(address) ? undefined : new URL(address, API_ORIGIN)
  } catch {
    return undefined // the client says why
  }
}

function errorIn(result: PromiseSettledResult<unknown> | undefined): ApiError | undefined {
  return result?.status === 'rejected' && isApiError(result.reason) ? result.reason : undefined
}

/** Tells whether an error lasts for the next path too. It doesn't where a batch asked for too much at once. */
function isRateLimited(error: ApiError | undefined): boolean {
  return error?.code === 'rateLimited' && error.retryable
}
