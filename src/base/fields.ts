/**
 * Gives the members of a value that may be anything, as a thrown error or something stored may be. Names that a value
 * doesn't have read as `undefined`, also those of `null`.
 */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return Object(value)
}
