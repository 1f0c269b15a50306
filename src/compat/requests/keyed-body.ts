import { ConfigurationError } from '../../base/errors'
import { isInstance } from '../../base/instance'

/** A part of a request without its credentials. */
export interface Unkeyed<T> {
  /** True where the part named the app key. */
  hadKey: boolean
  /** The part itself where it had no credentials. */
  rest: T
}

/**
 * Takes the app key and the token out of a body where they are members of a form or of a JSON object. The Content-Type
 * says which of the two a text is. Everything else keeps its bytes.
 * @throws ConfigurationError for a form of another frame whose files can't be copied
 * @param contentType the header's value, `null` where the page sets no such header
 */
export function bodyWithoutKey<Body>(
  body: Body,
  contentType: string | null,
  appKey: string,
): Unkeyed<Body | string | URLSearchParams | FormData> {
  if (isInstance(body, 'URLSearchParams')) return entriesWithoutKey(body, () => new URLSearchParams(), appKey)
  if (isInstance(body, 'FormData')) return entriesWithoutKey(body, () => new FormData(), appKey)
  const text = writtenText(body)
  const { hadKey, rest } = textWithoutKey(text, contentType, appKey)
  return { hadKey, rest: rest === text ? body : rest }
}

/** Gives the text that a page sends by an object which is no body of another kind: a wrapped text, an address. */
function writtenText(body: unknown): string {
  try {
    return ArrayBuffer.isView(body) ? '' : String(body)
  } catch {
    return ''
  }
}

/** Tells from the Content-Type whether a body may have members to look for. */
export function hasMembers(contentType: string | null): boolean {
  const format = formatOf(contentType)
  return format !== 'other'
}

/** Takes out the pairs for which `isCredential` says so. The other pairs stay as they are written. */
export function formWithoutKey(
  text: string,
  appKey: string,
  isCredential: (name: string, value: string) => boolean,
): Unkeyed<string> {
  let hadKey = false
  const rest = text.split('&').filter((pair) => {
    // The ampersand keeps the parser from dropping a question mark at the start.
    const [[name, value] = ['', '']] = new URLSearchParams(`&${pair}`)
    hadKey ||= name === 'key' && value === appKey
    return !isCredential(name, value)
  })
  return { hadKey, rest: rest.join('&') }
}

type Format = 'json' | 'form' | 'multipart' | 'unnamed' | 'other'

/** The header that browsers write for a string, where the page sets no such header. */
const DEFAULT_TYPE = 'text/plain;charset=UTF-8'

function formatOf(contentType: string | null): Format {
  if (contentType === null || contentType === DEFAULT_TYPE) return 'unnamed'
  const essence = (contentType.split(';')[0] ?? '').trim().toLowerCase()
  if (/^(?:application|text)\/json$|\+json$/.test(essence)) return 'json'
  if (essence === 'application/x-www-form-urlencoded') return 'form'
  return essence === 'multipart/form-data' ? 'multipart' : 'other'
}

function textWithoutKey(text: string, contentType: string | null, appKey: string): Unkeyed<string> {
  const asGiven = { hadKey: false, rest: text }
  switch (formatOf(contentType)) {
    case 'json':
      return jsonWithoutKey(text, appKey)
    case 'form':
      return formWithoutKey(text, appKey, (name, value) => isCredential(name, value, appKey))
    case 'unnamed': {
      // Old code forgets the header. Only an object with the app key in it is taken for JSON.
      const unkeyed = jsonWithoutKey(text, appKey)
      return unkeyed.hadKey ? unkeyed : asGiven
    }
    default:
      return asGiven
  }
}

function jsonWithoutKey(json: string, appKey: string): Unkeyed<string> {
  const members = membersOf(json)
  let hadKey = false
  const kept = members.filter((member) => {
    const [[name, value] = ['', undefined]] = Object.entries<unknown>(JSON.parse(`{${member}}`))
    hadKey ||= name === 'key' && value === appKey
    return !isCredential(name, value, appKey)
  })
  if (kept.length === members.length) return { hadKey: false, rest: json }
  const [start, end] = [json.indexOf('{') + 1, json.lastIndexOf('}')]
  return { hadKey, rest: json.slice(0, start) + kept.join(',') + json.slice(end) }
}

/** Splits a JSON object at the commas between its members. Any other text has no members. */
function membersOf(json: string): string[] {
  if (!isJsonObject(json)) return []
  const members: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < json.length; at++) {
    const character = json[at]
    if (character === '"') at = endOfString(json, at)
    if (character === '{' || character === '[') depth++
    if (character === '}' || character === ']') depth--
    if (depth === 1 && start === 0) start = at + 1
    if ((depth === 1 && character === ',') || (depth === 0 && character === '}')) {
      members.push(json.slice(start, at))
      start = at + 1
    }
  }
  return members
}

function isJsonObject(text: string): boolean {
  try {
    return /^\s*\{/.test(text) && Boolean(JSON.parse(text))
  } catch {
    return false
  }
}

/** The place of the quotation mark that ends the string which begins at `start`. */
function endOfString(json: string, start: number): number {
  let at = start + 1
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1
  return at
}

function entriesWithoutKey<Entries extends URLSearchParams | FormData>(
  entries: Entries,
  empty: () => Entries,
  appKey: string,
): Unkeyed<Entries> {
  const all: [string, FormDataEntryValue][] = [...entries]
  const kept = all.filter(([name, value]) => !isCredential(name, value, appKey))
  if (kept.length === all.length) return { hadKey: false, rest: entries }
  const rest = empty()
  for (const [name, value] of kept) {
    Reflect.apply(rest.append, rest, [name, value])
    // It may have become `[object File]`.
    if (typeof value !== 'string' && rest.getAll(name).every((each) => typeof each === 'string'))
      throw new ConfigurationError(
        'invalidRequest',
        `The file \`${name}\` is of another frame or a polyfill.`,
      )
  }
  return { hadKey: all.some(([name, value]) => name === 'key' && value === appKey), rest }
}

/** A `token` with a file or an object in it is not the old token, and a `key` may be another one's. */
function isCredential(name: string, value: unknown, appKey: string): boolean {
  if (name === 'key') return value === appKey
  return name === 'token' && (typeof value !== 'object' || value === null)
}
