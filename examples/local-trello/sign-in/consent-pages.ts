import type { Provider } from 'oidc-provider'
import type { Member } from '../data/models'
import type { TrelloData } from '../data/trello-data'
import type { WritableLog } from '../log'
import type { GrantRules } from './grant-rules'
import { offlineAccess, trelloScopes } from './scopes'
import { escapeHtml, signInDocument } from './sign-in-document'
import type { Context, Middleware } from './token-endpoint'

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>

export interface ConsentPagesOptions {
  provider: Provider
  data: TrelloData
  rules: GrantRules
  log: WritableLog
}

/** The two pages a person sees: which account, then whether to allow what the Power-Up asks for. */
export function createConsentPages({ provider, data, rules, log }: ConsentPagesOptions): Middleware {
  const steps: Record<string, (ctx: Context, visit: Visit) => unknown> = {
    'GET account': (ctx, { uid }) => show(ctx, ...accountPage(uid, data)),
    async 'GET consent'(ctx, { uid, interaction, member }) {
      if (member === undefined) showOver(ctx)
      else show(ctx, ...consentPage(uid, await consentOf(interaction), member))
    },
    'POST accept': (ctx, { interaction, member }) =>
      member === undefined ? showOver(ctx) : accept(ctx, interaction, member),
    'POST deny': deny,
  }

  return async (ctx, next) => {
    const [, uid, name = 'account'] = /^\/interaction\/([\w-]+)(?:\/(\w+))?$/.exec(ctx.path) ?? []
    if (uid === undefined) return next()
    ctx.set('cache-control', 'no-store')
    const step = steps[`${ctx.method} ${name}`]
    const interaction = await provider.interactionDetails(ctx.req, ctx.res).catch(() => undefined)
    if (step === undefined || interaction === undefined) return showOver(ctx)
    const member = data.members.find((each) => each.id === ctx.query.account)
    await step(ctx, { uid, interaction, member })
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
    const clientId = String(params.client_id)
    const workspaceId = data.workspaces.find((each) => String(params.resource).endsWith(each.id))?.id ?? ''
    rules.beforeConsent({ memberId: member.id, clientId, workspaceId })
    const grant = new provider.Grant({ accountId: member.id, clientId })
    grant.addOIDCScope(offlineAccess.scope)
    grant.addResourceScope(String(params.resource), askedScopes(params.scope).join(' '))
    const grantId = await grant.save()
    log.say('sign-in', `${member.fullName} allowed it`)
    await finish(ctx, { login: { accountId: member.id }, consent: { grantId } })
  }

  function deny(ctx: Context): Promise<void> {
    log.say('sign-in', 'The person did not allow it')
    return finish(ctx, { error: 'access_denied', error_description: 'The person did not allow it.' })
  }

  async function finish(ctx: Context, result: Parameters<Provider['interactionFinished']>[2]): Promise<void> {
    ctx.status = 303
    ctx.redirect(
      await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: false }),
    )
  }
}

interface Visit {
  uid: string
  interaction: Interaction
  member: Member | undefined
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

function showOver(ctx: Context): void {
  ctx.status = 400
  show(ctx, 'This sign-in is over', '<p>Close this window and press Connect in Trello again.</p>')
}

function askedScopes(scope: unknown): string[] {
  return String(scope ?? '')
    .split(' ')
    .filter((name) => name in trelloScopes)
}
