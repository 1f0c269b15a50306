/** A text, or a complaint that names its place in the file. */
export function text(value: unknown, place: string): string {
  if (typeof value !== 'string' || value === '') throw new Error(`${place}: a text is needed.`)
  return value
}

/** A text, or this one where the file has none. */
export function field(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise
}

/** A time in ISO 8601, or null where the file has none. */
export function time(value: unknown, place: string): string | null {
  if (value === undefined || value === null) return null
  const date = new Date(String(value))
  if (Number.isNaN(date.getTime())) throw new Error(`${place}: "${value}" is no date.`)
  return date.toISOString()
}

/** A list; empty where the file has none. */
export function list(value: unknown, place: string): readonly unknown[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw new Error(`${place}: a list is needed.`)
  return value
}

/** A list of texts; empty where the file has none. */
export function names(value: unknown, place: string): string[] {
  return list(value, place).map((each) => text(each, place))
}

/** An object. */
export function record(value: unknown, place: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${place}: an object is needed.`)
  }
  return { ...value }
}
