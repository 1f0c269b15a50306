/** Hosts of Trello and Atlassian, and what stands for them on this machine. */
export type Endpoints = Record<string, string>

/**
 * Sends what this page asks of Trello's hosts to the local ones. The code of the page sees only Trello's addresses, and
 * needs no edit. Workers of the page are not reached.
 */
export function leadToLocalHosts(endpoints: Endpoints): void {
  const page = Object(window)
  if (page.localTrelloEndpoints !== undefined) return
  page.localTrelloEndpoints = endpoints
  const local = (url: string) => localAddress(endpoints, url)

  const { fetch } = window
  window.fetch = async (input, init) =>
    fetch(input instanceof Request ? await localRequest(input, local) : local(String(input)), init)

  const { open } = XMLHttpRequest.prototype
  XMLHttpRequest.prototype.open = function (
    this: XMLHttpRequest,
    method: string,
    url: string | URL,
    ...more: unknown[]
  ) {
    return Reflect.apply(open, this, [method, local(String(url)), ...more])
  }

  const openWindow = window.open
  window.open = (url, ...more) =>
    openWindow.call(window, url === undefined ? url : local(String(url)), ...more)

  const { sendBeacon } = navigator
  navigator.sendBeacon = (url, data) => sendBeacon.call(navigator, local(String(url)), data)

  // A script that a loader adds, and a link that a person follows.
  mapProperty(HTMLScriptElement.prototype, 'src', local)
  document.addEventListener('click', (event) => followLocally(event, local), true)
}

/** The local address for one of Trello's; any other as it is. */
export function localAddress(endpoints: Endpoints, url: string): string {
  const [, origin] = /^(https:\/\/[^/?#]+)/.exec(url) ?? []
  const replacement = origin === undefined ? undefined : endpoints[origin]
  return origin === undefined || replacement === undefined ? url : replacement + url.slice(origin.length)
}

/** A body is read first: engines send one that is a stream over HTTP/2 only. */
async function localRequest(request: Request, local: (url: string) => string): Promise<Request> {
  const url = local(request.url)
  if (url === request.url) return request
  const { method, headers, signal, credentials, redirect } = request
  const body = request.body === null ? null : await request.blob()
  return new Request(url, { method, headers, signal, credentials, redirect, body })
}

function mapProperty(prototype: object, name: string, map: (value: string) => string): void {
  const property = Object.getOwnPropertyDescriptor(prototype, name)
  const { set } = property ?? {}
  if (property === undefined || set === undefined) return
  Object.defineProperty(prototype, name, {
    ...property,
    set(value) {
      set.call(this, map(String(value)))
    },
  })
}

function followLocally(event: Event, local: (url: string) => string): void {
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (link !== null && link.href !== local(link.href)) link.href = local(link.href)
}
