import { type Adapter, isLegacyNow } from './bearer'
import { withoutKey } from './keyed-request'

/**
 * Warns once in the console where a request with the app key in its address goes past the adapter: its maker kept `fetch`
 * from before the adapter was there, or is no `fetch` at all, such as an image or JSONP. Returns its own undo. Browsers
 * tell of such requests after they have ended, and a body can't be seen.
 */
export function warnOfBypass({ api, currentClient }: Adapter): () => void {
  const startedAt = performance.now()
  const isBypass = ({ name, startTime }: PerformanceEntry): boolean =>
    startTime >= startedAt &&
    !CLIENT_JS.test(name) &&
    withoutKey({ url: name, headers: new Headers(), body: undefined }, api) !== undefined &&
    !isLegacyNow(currentClient())
  try {
    const observer = new PerformanceObserver((list) => {
      if (!list.getEntries().some(isBypass)) return
      observer.disconnect()
      warn()
    })
    observer.observe({ type: 'resource' })
    return () => observer.disconnect()
  } catch {
    return () => undefined // An old engine does not know the type.
  }
}

/** The script of Trello that many pages load with their key. It is no request for data. */
const CLIENT_JS = /\/1\/client\.js\?/

function warn(): void {
  // biome-ignore lint/suspicious/noConsole: the request works, so there is no error that could say it
  console.warn(
    'powerup-oauth: a request with the old key in its address did not go through the request adapter. Load the library that sent it (axios over fetch, ofetch) after adaptRequests() or install(), and use no JSONP.',
  )
}
