import { fieldsOf } from '../base/fields'
import { WORDS_MAX_LENGTH } from './judge'
import { cleaned } from './redact'
import type { TokenAnswer } from './token-endpoint'

/**
 * Makes the answer where a command of Trello's `t` fails. That is never a verdict: Trello says `null` where tokens are dead.
 * @param secrets texts that are cut out of the error's words
 */
export function hostFailure(error: unknown, secrets: readonly string[]): TokenAnswer {
  try {
    const { name, message = error } = fieldsOf(error)
    const words = [name, message].filter(Boolean).map(String).join(': ')
    return {
      kind: 'retryable',
      serverDescription: withoutLongWords(cleaned(words, secrets)).slice(0, WORDS_MAX_LENGTH),
      // The board of this `t` is shown no more. A frame of the board that is shown may ask all the same.
      ...(/InvalidContext|PluginDisabled/i.test(words) && { onlyHere: true }),
    }
  } catch {
    return { kind: 'retryable' } // anything can be thrown, also what no text can be made of
  }
}

/** Cuts out what could be a secret that the frame doesn't know, or the start of one. */
export function withoutLongWords(words: string): string {
  const rest = words.replace(/[\w.~+/=%-]{24,}/g, '…')
  return words.length < WORDS_MAX_LENGTH ? rest : rest.replace(/[\w.~+/=%-]+$/, '…')
}
