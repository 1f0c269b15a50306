import type { TokenAnswer } from './token-endpoint'

/** What an endpoint answers, whosever it is: asked in this very task, never a rejection, its words without `secrets`. */
export async function answerOf(
  ask: () => Promise<TokenAnswer>,
  secrets: readonly (string | undefined)[],
): Promise<TokenAnswer> {
  try {
    return withoutSecrets(await ask(), secrets)
  } catch (cause) {
    return withoutSecrets({ kind: 'unreadable', cause }, secrets)
  }
}

/** A server's words without the secrets that they repeat. The longest goes first: one may hold another. */
export function cleaned(words: string, secrets: readonly (string | undefined)[]): string {
  return secrets
    .flatMap((secret) => secret || [])
    .sort((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replace(echoOf(secret), '…'), words)
}

function withoutSecrets(answer: TokenAnswer, secrets: readonly (string | undefined)[]): TokenAnswer {
  if (answer.kind === 'tokens') return answer
  if (answer.kind === 'unreadable') {
    const words = String(answer.cause)
    const rest = cleaned(words, secrets)
    return rest === words ? answer : { ...answer, cause: new Error(rest) }
  }
  const { serverError } = answer
  return serverError ? { ...answer, serverError: cleaned(serverError, secrets) } : answer
}

/** Finds a secret as it is, and with any of its characters percent-encoded: so a server repeats what it was sent. */
function echoOf(secret: string): RegExp {
  const pattern = secret.replace(/./gsu, (character) => {
    const hex = character.codePointAt(0)?.toString(16)
    return `(?:%${hex}|\\u{${hex}}${character === ' ' ? '|\\+' : ''})`
  })
  return new RegExp(pattern, 'giu')
}
