/**
 * Gives the members of any value, such as a thrown error or something stored. A name that the value doesn't have reads as
 * `undefined`, also for `null`.
 */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return Object(value)
}
