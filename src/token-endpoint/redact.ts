/** Cuts the secrets that a server repeats out of its words. The longest goes first: one may hold another. */
export function cleaned(words: string, secrets: readonly (string | undefined)[]): string {
  return secrets
    .flatMap((secret) => secret || [])
    .sort((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replace(echoOf(secret), '…'), words)
}

/** Finds a secret as it is, and with any of its characters percent-encoded, as servers repeat what they were sent. */
function echoOf(secret: string): RegExp {
  const pattern = secret.replace(/./gsu, (character) => {
    const hex = character.codePointAt(0)?.toString(16)
    return `(?:%${hex}|\\u{${hex}}${character === ' ' ? '|\\+' : ''})`
  })
  return new RegExp(pattern, 'giu')
}
