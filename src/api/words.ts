import { promised, within } from '../base/async'
import { WORDS_MS } from '../base/durations'
import type { Platform } from '../base/platform'

/**
 * Reads the words of an answer from a copy. Empty where it was cut off, for then the status is all there is. A body that never
 * ends must not hold the call up.
 */
export function wordsOf(platform: Platform, response: Response): Promise<string> {
  const words = promised(() => response.clone().text()).catch(() => '')
  return within(platform, WORDS_MS, words, () => '')
}
