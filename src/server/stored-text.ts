/**
 * Writes a text so that every database takes it and gives it back as it was. Control characters (Postgres takes no NUL) and
 * halves of a surrogate pair (UTF-8 has no place for them) become an escape. Any other text stays as it is.
 */
export function storedText(text: string): string {
  return text.replace(UNSTORABLE, (character) => MARK + character.charCodeAt(0).toString(16).padStart(4, '0'))
}

/** Reads what {@link storedText} wrote. */
export function textOf(stored: string): string {
  const [start = '', ...escaped] = stored.split(MARK)
  const rest = escaped.map(
    (part) => String.fromCharCode(Number.parseInt(part.slice(0, 4), 16)) + part.slice(4),
  )
  return start + rest.join('')
}

/** A control character too, so no text has it unescaped. */
const MARK = '\u001b'

/** Control characters, and surrogates that are not one of a pair. */
const UNSTORABLE = /[\p{Cc}\p{Cs}]/gu
