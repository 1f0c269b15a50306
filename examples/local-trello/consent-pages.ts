import type { Provider } from 'oidc-provider'
import { offlineAccess, trelloScopes } from './scopes'
import { escapeHtml, signInDocument } from './sign-in-document'
import type { Context, Middleware } from './token-endpoint'
import type { Member, TrelloData } from './trello-data'

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>

/** The two pages a person sees: which account, then whether to allow what the Power-Up asks for. */
export function createConsentPages(provider: Provider, data: TrelloData): Middleware {
  return async (ctx, next) => {
    const [, uid, step = 'account'] = /^\/interaction\/([\w-]+)(?:\/(\w+))?$/.exec(ctx.path) ?? []
    if (uid === undefined) return next()
    const interaction = await provider.interactionDetails(ctx.req, ctx.res).catch(() => undefined)
    ctx.set('cache-control', 'no-store')
    if (interaction === undefined) return showTimedOut(ctx)
    if (ctx.method === 'GET' && step === 'account') return show(ctx, ...accountPage(uid, data))
    const member = data.members.find((each) => each.id === ctx.query.account)
    if (ctx.method === 'GET' && step === 'consent' && member !== undefined) {
      return show(ctx, ...consentPage(uid, await consentOf(interaction), member))
    }
    if (ctx.method === 'POST' && step === 'accept' && member !== undefined) {
      return accept(ctx, interaction, member)
    }
    if (ctx.method === 'POST' && step === 'deny') return deny(ctx)
    return showTimedOut(ctx)
  }

  async function consentOf({ params }: Interaction): Promise<Consent> {
    const workspace = data.workspaces.find((each) => String(params.resource).endsWith(each.id))
    const client = await provider.Client.find(String(params.client_id))
    return {
      powerUp: client?.clientName ?? String(params.client_id),
      workspace: workspace?.displayName ?? '',
      scopes: askedScopes(params.scope),
      isOffline: String(params.scope).split(' ').includes(offlineAccess.scope),
    }
  }

  async function accept(ctx: Context, { params }: Interaction, member: Member): Promise<void> {
    const grant = new provider.Grant({ accountId: member.id, clientId: String(params.client_id) })
    grant.addOIDCScope(offlineAccess.scope)
    grant.addResourceScope(String(params.resource), askedScopes(params.scope).join(' '))
    const grantId = await grant.save()
    await finish(ctx, { login: { accountId: member.id }, consent: { grantId } })
  }

  function deny(ctx: Context): Promise<void> {
    return finish(ctx, { error: 'access_denied', error_description: 'The person did not allow it.' })
  }

  async function finish(ctx: Context, result: Parameters<Provider['interactionFinished']>[2]): Promise<void> {
    ctx.status = 303
    ctx.redirect(
      await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: false }),
    )
  }
}

interface Consent {
  powerUp: string
  workspace: string
  scopes: string[]
  isOffline: boolean
}

type Page = [title: string, body: string]

function accountPage(uid: string, data: TrelloData): Page {
  const buttons = data.members.map(
    ({ id, fullName, email, initials }, index) => `
<button class="account" id="account-${index + 1}" data-test="account-${index + 1}" name="account" value="${id}">
<span class="initials">${escapeHtml(initials)}</span>
<span>${escapeHtml(fullName)}<small>${escapeHtml(email)}</small></span></button>`,
  )
  return [
    'Choose an account',
    `<form method="get" action="/interaction/${uid}/consent">${buttons.join('')}</form>`,
  ]
}

function consentPage(uid: string, { powerUp, workspace, scopes, isOffline }: Consent, member: Member): Page {
  const inWords = scopes.map((scope) => trelloScopes[scope] ?? scope)
  if (isOffline) inWords.push(offlineAccess.inWords)
  const items = inWords.map((words) => `<li>${escapeHtml(words)}</li>`)
  return [
    `${powerUp} asks for access to Trello`,
    `<p>You are signed in as <strong>${escapeHtml(member.fullName)}</strong> (${escapeHtml(member.email)}).</p>
<p>In the workspace <strong id="workspace">${escapeHtml(workspace)}</strong>, ${escapeHtml(powerUp)} wants to:</p>
<ul id="scopes" data-scopes="${escapeHtml(scopes.join(' '))}">${items.join('')}</ul>
<div class="actions">
<form method="post" action="/interaction/${uid}/accept?account=${member.id}">
<button class="primary" id="accept" data-test="accept">Accept</button></form>
<form method="post" action="/interaction/${uid}/deny"><button id="deny" data-test="deny">Deny</button></form>
</div>
<p class="note">You can take this access back at any time in your account's settings.
Nothing in other workspaces is shared.</p>`,
  ]
}

function show(ctx: Context, title: string, body: string): void {
  ctx.type = 'html'
  ctx.body = signInDocument(title, body)
}

function showTimedOut(ctx: Context): void {
  ctx.status = 400
  show(ctx, 'This sign-in is over', '<p>Close this window and press Connect in Trello again.</p>')
}

function askedScopes(scope: unknown): string[] {
  return String(scope ?? '')
    .split(' ')
    .filter((name) => name in trelloScopes)
}
