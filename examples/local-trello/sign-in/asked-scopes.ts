import type { WritableLog } from '../log'
import type { SwitchBoard } from '../switch-board'
import { offlineAccess, trelloScopes } from './scopes'
import { escapeHtml, signInDocument } from './sign-in-document'
import type { Context, Middleware } from './token-endpoint'

export interface AskedScopesOptions {
  issuer: string
  switches: SwitchBoard
  log: WritableLog
}

/** Looks at the scopes of an authorization request before the certified server does, which forgives unknown ones. */
export function checkAskedScopes({ issuer, switches, log }: AskedScopesOptions): Middleware {
  return async (ctx, next) => {
    if (ctx.path !== '/authorize' || ctx.method !== 'GET') return next()
    const asked = scopesOf(ctx)
    const unknown = asked.filter((scope) => !isEnabled(scope))
    if (unknown.length === 0) return next()
    const { unknownScope } = switches.get()
    if (unknownScope === 'ignored') {
      ctx.query = { ...ctx.query, scope: asked.filter(isEnabled).join(' ') }
      return next()
    }
    const redirectUri = String(ctx.query.redirect_uri)
    const words = `The app may not ask for: ${unknown.join(', ')}`
    log.say('sign-in', words, true)
    if (unknownScope === 'errorPage') return showError(ctx, words)
    ctx.redirect(errorResponse(redirectUri, words, ctx.query.state))
  }

  function isEnabled(scope: string): boolean {
    const { enabledScopes } = switches.get()
    const enabled = enabledScopes === '' ? Object.keys(trelloScopes) : enabledScopes.split(' ')
    return scope === offlineAccess.scope || enabled.includes(scope)
  }

  function errorResponse(redirectUri: string, words: string, state: unknown): string {
    const target = new URL(redirectUri)
    target.searchParams.set('error', 'invalid_scope')
    target.searchParams.set('error_description', words)
    if (typeof state === 'string') target.searchParams.set('state', state)
    target.searchParams.set('iss', issuer)
    return target.href
  }
}

function scopesOf(ctx: Context): string[] {
  return String(ctx.query.scope ?? '')
    .split(' ')
    .filter((scope) => scope !== '')
}

function showError(ctx: Context, words: string): void {
  ctx.status = 400
  ctx.type = 'html'
  ctx.body = signInDocument(
    'This sign-in cannot go on',
    `<p id="error" data-test="error">invalid_scope</p><p>${escapeHtml(words)}</p>`,
  )
}
