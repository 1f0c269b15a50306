import { leadToLocalHosts } from './endpoints'
import { settings } from './settings'

// `https://trello.com/1/client.js` of the local Trello: key, token and calls of the time before OAuth 2.0. As Trello's it
// needs jQuery on the page.

type Callback = (value: unknown) => void
interface AuthorizeOptions {
  type?: 'redirect' | 'popup'
  name?: string
  persist?: boolean
  interactive?: boolean
  scope?: Record<string, boolean>
  expiration?: string
  return_url?: string
  success?: () => void
  error?: () => void
}

leadToLocalHosts(settings.endpoints)

const storageKey = 'trello_token'
const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : ''
const { searchParams } = new URL(script || location.href)
let key = searchParams.get('key') ?? ''
/** `null` and `undefined` are none, as in Trello's script. */
let token: string | null | undefined = (script && searchParams.get('token')) || undefined

const Trello: Record<string, unknown> = {
  version: () => 1,
  key: () => key,
  setKey(given: string) {
    key = given
  },
  token: () => token,
  setToken(given: string | null | undefined) {
    token = given
  },
  authorized: () => token != null,
  deauthorize() {
    token = null
    localStorage.removeItem(storageKey)
  },
  authorize,
  rest,
  get: (path: string, ...more: unknown[]) => rest('GET', path, ...more),
  post: (path: string, ...more: unknown[]) => rest('POST', path, ...more),
  put: (path: string, ...more: unknown[]) => rest('PUT', path, ...more),
  delete: (path: string, ...more: unknown[]) => rest('DELETE', path, ...more),
  del: (path: string, ...more: unknown[]) => rest('DELETE', path, ...more),
}
for (const collection of ['actions', 'cards', 'checklists', 'boards', 'lists', 'members', 'organizations']) {
  Trello[collection] = {
    get: (id: string, ...more: unknown[]) => rest('GET', `${collection}/${id}`, ...more),
  }
}
takeTokenFromHash()
Object.assign(window, { Trello })

/** `params`, `success` and `error` may each be left out. A function in the place of `params` is `success`. */
function rest(type: string, path: string, ...more: unknown[]): unknown {
  const { jQuery } = Object(window)
  if (jQuery === undefined) throw new Error('client.js needs jQuery on the page, here as at Trello.')
  const params = typeof more[0] === 'function' ? {} : more.shift()
  const [success, error] = more as [Callback?, Callback?]
  const data = { ...(key && { key }), ...(token && { token }), ...Object(params) }
  return jQuery.ajax({
    url: `https://api.trello.com/1/${path.replace(/^\//, '')}`,
    type,
    data,
    dataType: 'json',
    success,
    error,
  })
}

function authorize(options: AuthorizeOptions = {}): void {
  const { type = 'redirect', persist = true, interactive = true, success, error } = options
  if (persist) token ??= localStorage.getItem(storageKey)
  const keep = () => {
    if (persist && token != null) localStorage.setItem(storageKey, token)
  }
  if (token != null) {
    keep()
    success?.()
    return
  }
  if (!interactive) {
    error?.()
    return
  }
  const { scope = { read: true }, expiration = '30days', name = document.title } = options
  const query = new URLSearchParams({
    key,
    name,
    expiration,
    scope: Object.keys(scope)
      .filter((each) => scope[each])
      .join(','),
    response_type: 'token',
    return_url: options.return_url ?? location.href,
    callback_method: type === 'popup' ? 'postMessage' : 'fragment',
  })
  const url = `https://trello.com/1/authorize?${query}`
  if (type === 'redirect') {
    location.assign(settings.endpoints['https://trello.com'] + url.slice('https://trello.com'.length))
    return
  }
  const opened = window.open(url, 'trello', 'width=420,height=470')
  window.addEventListener('message', function onMessage({ source, data }) {
    if (source !== opened) return
    window.removeEventListener('message', onMessage)
    opened?.close()
    token = typeof data === 'string' && data !== '' ? data : null
    if (token === null) error?.()
    else {
      keep()
      success?.()
    }
  })
}

/** The redirect comes back with the token behind the hash. */
function takeTokenFromHash(): void {
  const [, found] = /[&#]?token=([0-9A-Za-z]{64,})/.exec(location.hash) ?? []
  if (found === undefined) return
  token = found
  localStorage.setItem(storageKey, token)
  location.hash = location.hash.replace(/[&#]?token=[^&]*/, '')
}
