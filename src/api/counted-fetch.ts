import type { Platform } from '../base/platform'
import { parseRetryAfter } from '../base/retry-after'
import type { BearerFetch } from './bearer-fetch'
import { isForAllCalls, readRateLimit } from './rate-limit'
import type { RequestQueue } from './request-queue'
import { wordsOf } from './words'

/**
 * Counts the calls of a fetch in the queue, so that the calls of `api` leave room for them. They don't wait themselves:
 * this is the platform's `fetch`, whose answers and timing are its own. Only the words of a 429 are read first: some hold
 * for this one call, and no other has to wait.
 */
export function countedFetch(platform: Platform, fetch: BearerFetch, queue: RequestQueue): BearerFetch {
  return async (input, init) => {
    const place = queue.take()
    try {
      const response = await fetch(input, init)
      const { status, headers } = response
      const limit = readRateLimit(headers)
      const isRefused = status === 429 && isForAllCalls(await wordsOf(platform, response))
      if (isRefused) place.refused(limit, parseRetryAfter(headers.get('retry-after'), platform.now()))
      else place.answered(limit)
      return response
    } catch (error) {
      place.failed(error)
      throw error
    }
  }
}
