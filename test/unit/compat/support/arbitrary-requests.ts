import fc from 'fast-check'
import { APP_KEY } from './rest-api'

type FetchArguments = Parameters<typeof fetch>

/** Words that tell a request's own parts from its credentials. */
const word = fc.stringMatching(/^[a-z]{1,8}$/).map((letters) => `w${letters}`)
const pairs = fc.array(fc.tuple(fc.constantFrom('name', 'idList', 'fields', 'key2', 'tokens', 'Key'), word), {
  maxLength: 4,
})
const strangerPairs = fc.array(
  fc.oneof(
    fc.tuple(fc.constantFrom('name', 'fields', 'token'), fc.string()),
    fc.tuple(
      fc.constant('key'),
      fc.string().filter((value) => value !== APP_KEY),
    ),
  ),
  { maxLength: 4 },
)

/** Requests to other hosts, with or without key; and requests to Trello without this key. */
export function anyFetch(): fc.Arbitrary<FetchArguments> {
  const url = fc.oneof(
    otherAddress().chain((address) => withQuery(address, fc.oneof(strangerPairs, keyedPairs))),
    trelloAddress().chain((address) => withQuery(address, strangerPairs)),
  )
  return fc.tuple(url, url).chain(([text]) => {
    const isTrello = /^https:\/\/(api\.)?trello\.com\/1/.test(text)
    const init = anyInit(isTrello ? strangerPairs : fc.oneof(strangerPairs, keyedPairs))
    return fc.oneof(
      fc.tuple(fc.constantFrom(text, new URL(text))),
      fc.tuple(fc.constantFrom(text, new URL(text)), init),
      init.map((options): [Request] => [new Request(text, options)]),
    ) as fc.Arbitrary<FetchArguments>
  })
}

/** Requests to Trello with this key, in the query or in the body; and what must be left of them. */
export function anyKeyed(): fc.Arbitrary<{ given: FetchArguments; rest: string[] }> {
  const credentials = [
    ['key', APP_KEY],
    ['token', 'secret'],
  ]
  const place = fc.constantFrom('query', 'json', 'form', 'formData', 'urlSearchParams')
  return fc
    .tuple(trelloAddress(), pairs, pairs, place, fc.boolean())
    .map(([address, own, more, where, asRequest]) => {
      const url = new URL(address)
      for (const [name, value] of where === 'query' ? [...own, ...credentials] : own)
        url.searchParams.append(name ?? '', value ?? '')
      const inBody = where === 'query' ? more : [...credentials, ...more]
      const init = { method: 'POST', ...bodyOf(where, inBody as [string, string][]) }
      const given: FetchArguments = asRequest ? [new Request(url, init)] : [url.href, init]
      const last = new Map(inBody as [string, string][])
      const kept = where === 'json' || where === 'query' ? [...last] : inBody
      return {
        given,
        rest: [...own, ...kept].map(([, value]) => value ?? '').filter((value) => /^w/.test(value)),
      }
    })
}

const keyedPairs = fc.constant<[string, string][]>([
  ['key', APP_KEY],
  ['token', 'secret'],
])

function trelloAddress(): fc.Arbitrary<string> {
  const host = fc.constantFrom('https://api.trello.com', 'https://trello.com')
  return fc
    .tuple(host, fc.array(word, { maxLength: 3 }))
    .map(([origin, path]) => `${origin}/1/${path.join('/')}`)
}

function otherAddress(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.webUrl({ withQueryParameters: true }),
    fc.constantFrom(
      'https://api.trello.com/2/boards',
      'https://api.trello.com/',
      'https://trello.com/b/abc',
      'http://api.trello.com/1/boards',
      'https://api.trello.com.evil.example/1/boards',
      'https://auth.atlassian.com/oauth/token',
      'https://api.trello.com:8443/1/boards',
    ),
  )
}

function withQuery(address: string, of: fc.Arbitrary<[string, string][]>): fc.Arbitrary<string> {
  return of.map((all) => {
    const url = new URL(address)
    for (const [name, value] of all) url.searchParams.append(name, value)
    return url.href
  })
}

function anyInit(of: fc.Arbitrary<[string, string][]>): fc.Arbitrary<RequestInit> {
  const method = fc.constantFrom('POST', 'PUT', 'DELETE')
  const kind = fc.constantFrom('json', 'form', 'formData', 'urlSearchParams', 'text', 'blob', 'bytes', 'none')
  return fc.tuple(method, kind, of, fc.string()).map(([name, where, all, text]) => ({
    method: name,
    ...bodyOf(where, all, text),
  }))
}

function bodyOf(kind: string, all: [string, string][], text = ''): RequestInit {
  const json = { 'content-type': 'application/json' }
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const fields = new FormData()
  for (const [name, value] of all) fields.append(name, value)
  const bodies: Record<string, RequestInit> = {
    query: { body: JSON.stringify(Object.fromEntries(all)), headers: json },
    json: { body: JSON.stringify(Object.fromEntries(all)), headers: json },
    form: { body: String(new URLSearchParams(all)), headers: form },
    formData: { body: fields },
    urlSearchParams: { body: new URLSearchParams(all) },
    text: { body: text },
    blob: { body: new Blob([text]) },
    bytes: { body: new TextEncoder().encode(text) },
  }
  return bodies[kind] ?? {}
}
