import { type Call, invalidValue } from './route'

/** Parameters that tell which of them a route has not read. */
export function watched(parameters: Record<string, unknown>) {
  // Those of a caller go with every request.
  const read = new Set<PropertyKey>(['key', 'token'])
  const noted = new Proxy(parameters, {
    get(all, name) {
      read.add(name)
      return Reflect.get(all, name)
    },
    has(all, name) {
      read.add(name)
      return Reflect.has(all, name)
    },
  })
  return { parameters: noted, unread: () => Object.keys(parameters).filter((name) => !read.has(name)) }
}

/** A parameter as text; undefined where it wasn't sent. */
export function textOf({ parameters }: Call, name: string): string | undefined {
  const value = parameters[name]
  return value === undefined || value === null ? undefined : String(value)
}

/** A parameter that has to be there and not empty. */
export function neededText(call: Call, name: string): string {
  const value = textOf(call, name)
  if (value === undefined || value === '') throw invalidValue(name)
  return value
}

/** `true` or `false`, or undefined where it wasn't sent. */
export function flagOf(call: Call, name: string): boolean | undefined {
  const value = textOf(call, name)
  if (value === undefined) return undefined
  if (value !== 'true' && value !== 'false') throw invalidValue(name)
  return value === 'true'
}

/** A time in ISO 8601; null for an empty one or `null`; undefined where it wasn't sent. */
export function timeOf(call: Call, name: string): string | null | undefined {
  const { [name]: value } = call.parameters
  if (value === undefined) return undefined
  if (value === null || value === '' || value === 'null') return null
  const time = new Date(/^\d+$/.test(String(value)) ? Number(value) : String(value))
  if (Number.isNaN(time.getTime())) throw invalidValue(name)
  return time.toISOString()
}

/** Ids that are separated by commas, or a list in JSON; undefined where they weren't sent. */
export function idsOf(call: Call, name: string): string[] | undefined {
  const { [name]: value } = call.parameters
  if (value === undefined) return undefined
  const ids = Array.isArray(value) ? value.map(String) : String(value).split(',')
  return ids.map((id) => id.trim()).filter((id) => id !== '')
}

/** A place among the others: `top`, `bottom` or a number; the bottom where it wasn't sent. */
export function posOf(call: Call, others: readonly { pos: number }[], name = 'pos'): number {
  const value = textOf(call, name) ?? 'bottom'
  const places = others.map(({ pos }) => pos)
  if (value === 'top') return Math.min(65_536, ...places) / 2
  if (value === 'bottom') return Math.max(0, ...places) + 65_536
  const pos = Number(value)
  if (!(pos > 0)) throw invalidValue(name)
  return pos
}

/** A number from 1 to `most`. */
export function limitOf(call: Call, usual: number, most: number, name = 'limit'): number {
  const value = textOf(call, name)
  if (value === undefined) return usual
  const limit = Number(value)
  if (!Number.isInteger(limit) || limit < 0 || limit > most) throw invalidValue(name)
  return limit
}

/** The fields that were asked for, and `id`; all of them where none were named. Says which of them aren't here. */
export function pick(call: Call, shape: object, fields: string | undefined): object {
  if (fields === undefined || fields === 'all') return shape
  const wanted = new Set(['id', ...fields.split(',').map((name) => name.trim())])
  for (const name of wanted) {
    if (name !== '' && name !== 'none' && !(name in shape)) call.missing(`field "${name}"`)
  }
  return Object.fromEntries(Object.entries(shape).filter(([name]) => wanted.has(name)))
}
