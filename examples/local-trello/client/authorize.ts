import { TrelloPromise } from './promise'

export interface AuthorizeOptions {
  height?: number
  width?: number
  validToken?(value: string): boolean
  windowCallback?(opened: Window | null): void
}

/**
 * Opens a window that calls `window.opener.authorize(token)`, or writes the token to the local storage under `token`. As
 * Trello's does, it never rejects: not for a denial, a closed window or a blocked one.
 */
export function authorizeByWindow(
  url: string | ((id: string) => string),
  { height = 600, width = 800, validToken = Boolean, windowCallback }: AuthorizeOptions = {},
): Promise<string> {
  return new TrelloPromise((resolve) => {
    const accept = (token: unknown) => {
      if (typeof token !== 'string' || token === '' || !validToken(token)) return
      window.removeEventListener('storage', onStorage)
      resolve(token)
    }
    const onStorage = ({ key, newValue }: StorageEvent) => {
      if (key !== 'token' || newValue === null) return
      accept(newValue)
    }
    window.addEventListener('storage', onStorage)
    Object.assign(window, { authorize: accept })
    const address = typeof url === 'function' ? url(crypto.randomUUID()) : url
    const opened = window.open(address, 'authorize', `width=${width},height=${height}`)
    windowCallback?.(opened)
  })
}
