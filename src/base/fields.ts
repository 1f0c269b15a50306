/**
 * Gives the members of any value, such as a thrown error or something stored. A name that the value doesn't have reads as
 * `undefined`, also for `null`.
 */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return Object(value)
}

/** Parses a text that may be a JSON object. `undefined` where it isn't: HTML, or JSON that was cut off. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? fieldsOf(value) : undefined
  } catch {
    return undefined
  }
}
