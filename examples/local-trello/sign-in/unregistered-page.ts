import type { WritableLog } from '../log'
import type { RedirectUris } from './redirect-uris'
import { escapeHtml, signInDocument } from './sign-in-document'
import type { Middleware } from './token-endpoint'

/** Names a callback address that isn't registered, and lets the developer register it here and now. */
export function checkRedirectUri(
  redirectUris: RedirectUris,
  powerUpOrigin: string,
  log: WritableLog,
): Middleware {
  return async (ctx, next) => {
    if (ctx.path !== '/authorize') return next()
    const uri = typeof ctx.query.redirect_uri === 'string' ? ctx.query.redirect_uri : ''
    const mayRegister = URL.canParse(uri) && new URL(uri).origin === powerUpOrigin
    if (ctx.method === 'POST' && mayRegister && ctx.query.register !== undefined) {
      redirectUris.register(uri)
      const query = new URLSearchParams(ctx.querystring)
      query.delete('register')
      ctx.status = 303
      ctx.redirect(`/authorize?${query}`)
      return
    }
    if (redirectUris.isRegistered(uri)) return next()
    log.say('sign-in', `The callback address ${uri || '(none)'} is not registered`, true)
    ctx.status = 400
    ctx.type = 'html'
    ctx.body = signInDocument(
      'This callback address is not registered',
      body(uri, redirectUris.list, mayRegister, ctx.querystring),
    )
  }
}

function body(uri: string, registered: readonly string[], mayRegister: boolean, query: string): string {
  const items = registered.map((each) => `<li>${escapeHtml(each)}</li>`)
  const form = `<form method="post" action="/authorize?${escapeHtml(query)}&amp;register">
<button class="primary" id="register" data-test="register">Register it here and go on</button></form>
<p class="note">The real Trello wants it registered at trello.com/apps/admin, tab OAuth 2.0. Here,
<code>--callback</code> does it from the start.</p>`
  return `<p id="error" data-test="error" hidden>invalid_redirect_uri</p>
<p>The Power-Up asked to come back to <strong>${escapeHtml(uri || 'nowhere')}</strong>.</p>
<p>Registered, character for character:</p><ul>${items.join('')}</ul>${mayRegister ? form : ''}`
}
