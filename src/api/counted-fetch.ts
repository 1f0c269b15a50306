import type { Platform } from '../base/platform'
import { parseRetryAfter } from '../base/retry-after'
import type { BearerFetch } from './bearer-fetch'
import { readRateLimit } from './rate-limit'
import type { RequestQueue } from './request-queue'

/**
 * Counts the calls of a fetch in the queue, so that the calls of `api` leave room for them. They don't wait themselves:
 * this is the platform's `fetch`, whose answers and timing are its own.
 */
export function countedFetch(
  platform: Pick<Platform, 'now'>,
  fetch: BearerFetch,
  queue: RequestQueue,
): BearerFetch {
  return async (input, init) => {
    const place = queue.take()
    try {
      const response = await fetch(input, init)
      const { status, headers } = response
      const limit = readRateLimit(headers)
      if (status === 429) place.refused(limit, parseRetryAfter(headers.get('retry-after'), platform.now()))
      else place.answered(limit)
      return response
    } catch (error) {
      place.failed(error)
      throw error
    }
  }
}
