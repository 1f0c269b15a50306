import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { Configuration, Provider } from 'oidc-provider'
import type { TrelloData } from '../data/trello-data'
import { tokenId, type WritableLog } from '../log'
import type { SwitchBoard } from '../switch-board'
import { checkAskedScopes } from './asked-scopes'
import { createConsentPages } from './consent-pages'
import { createGrantRules } from './grant-rules'
import type { RedirectUris } from './redirect-uris'
import { offlineAccess, trelloScopes } from './scopes'
import { escapeHtml, signInDocument } from './sign-in-document'
import { createTokenEndpoint, type Middleware, tokenEndpointPath } from './token-endpoint'
import type { TokenMemory } from './token-memory'
import { checkRedirectUri } from './unregistered-page'

export interface AuthorizationServerOptions {
  issuer: string
  data: TrelloData
  memory: TokenMemory
  switches: SwitchBoard
  log: WritableLog
  redirectUris: RedirectUris
  /** Where a callback page may be that isn't registered yet. */
  powerUpOrigin: string
}

const revocationPath = '/oauth/revoke'

/** oidc-provider, a certified server, dressed as Atlassian's. */
export async function createAuthorizationServer(
  options: AuthorizationServerOptions,
): Promise<ReturnType<Provider['callback']>> {
  const provider = await makeProvider(options)
  const { switches, log, memory, data, redirectUris, powerUpOrigin } = options
  provider.Client.prototype.redirectUriAllowed = redirectUris.isRegistered
  provider.use(forgetSession)
  provider.use(openerPolicyAndConnection(switches))
  provider.use(noteRevocation(log))
  provider.use(authorizationRequestAndResponse(options))
  const rules = createGrantRules(switches, memory)
  provider.use(checkRedirectUri(redirectUris, powerUpOrigin, log))
  provider.use(checkAskedScopes(options))
  provider.use(createTokenEndpoint({ switches, log, memory, rules }))
  provider.use(createConsentPages({ provider, data, rules, log }))
  return provider.callback()
}

async function makeProvider(options: AuthorizationServerOptions): Promise<Provider> {
  const restoreConsole = silenceWarnings()
  try {
    const { Provider: OidcProvider, errors } = await import('oidc-provider')
    return new OidcProvider(options.issuer, configure(options, errors))
  } finally {
    restoreConsole()
  }
}

function configure(
  { data, memory, switches }: AuthorizationServerOptions,
  errors: typeof import('oidc-provider').errors,
): Configuration {
  const workspaceIndicators = new Set(
    data.workspaces.map((workspace) => `ari:cloud:trello::workspace/${workspace.id}`),
  )
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    adapter: memory.adapterFor,
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }] },
    clockTolerance: 0,
    cookies: { keys: [randomBytes(32).toString('hex')] },
    routes: { authorization: '/authorize', token: tokenEndpointPath, revocation: revocationPath },
    scopes: [offlineAccess.scope],
    claims: {},
    responseTypes: ['code'],
    pkce: { required: () => true },
    ttl: {
      AccessToken: () => switches.get().accessTokenLifetimeS,
      RefreshToken: () => switches.get().refreshTokenLifetimeS,
      AuthorizationCode: () => switches.get().codeLifetimeS,
      // Ends by the switch `grantLifetimeS`, see grant-rules.ts.
      Grant: aCenturyS,
      Interaction: 3600,
      Session: 3600,
    },
    rotateRefreshToken: (ctx) => ctx.state.tokenEndpointFault !== 'noRefreshToken',
    issueRefreshToken: async (_ctx, _client, code) => code.scopes.has(offlineAccess.scope),
    expiresWithSession: async () => false,
    // Each consent makes a grant of its own, also where the person had consented before.
    async loadExistingGrant(ctx) {
      const grantId = ctx.oidc.result?.consent?.grantId
      return grantId === undefined ? undefined : ctx.oidc.provider.Grant.find(grantId)
    },
    findAccount: async (_ctx, id) =>
      data.members.some((member) => member.id === id)
        ? { accountId: id, claims: async () => ({ sub: id }) }
        : undefined,
    clientBasedCORS: () => true,
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false },
      revocation: { enabled: true, allowedPolicy: async () => true },
      resourceIndicators: {
        enabled: true,
        async defaultResource(_ctx, _client, oneOf) {
          if (oneOf !== undefined) return oneOf
          throw new errors.InvalidTarget('the resource parameter has to name a workspace')
        },
        useGrantedResource: async () => true,
        async getResourceServerInfo(_ctx, resource) {
          if (!workspaceIndicators.has(resource)) throw new errors.InvalidTarget('unknown workspace')
          return {
            scope: Object.keys(trelloScopes).join(' '),
            audience: resource,
            accessTokenFormat: 'opaque',
          }
        },
      },
    },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    async renderError(ctx, out) {
      ctx.type = 'html'
      const { error, error_description: description = '' } = out
      ctx.body = signInDocument(
        'This sign-in cannot go on',
        `<p id="error" data-test="error">${escapeHtml(error)}</p><p>${escapeHtml(description)}</p>`,
      )
    },
  }
}

/** Each sign-in asks for the account: a session from an earlier one would answer for the person. */
const forgetSession: Middleware = (ctx, next) => {
  const { cookie } = ctx.req.headers
  if (cookie !== undefined) {
    ctx.req.headers.cookie = cookie
      .split(/;\s*/)
      .filter((pair) => !/^_session(\.sig)?=/.test(pair))
      .join('; ')
  }
  return next()
}

function openerPolicyAndConnection(switches: SwitchBoard): Middleware {
  return (ctx, next) => {
    const { authOpenerPolicy, keepAlive } = switches.get()
    if (authOpenerPolicy !== 'none') ctx.set('cross-origin-opener-policy', authOpenerPolicy)
    if (keepAlive === 'no') ctx.set('connection', 'close')
    return next()
  }
}

function noteRevocation(log: WritableLog): Middleware {
  return async (ctx, next) => {
    await next()
    if (ctx.path !== revocationPath || ctx.method !== 'POST') return
    const body: unknown = ctx.oidc.body
    const token = typeof body === 'object' && body !== null && 'token' in body ? String(body.token) : ''
    log.addRevocation({ at: Date.now(), tokenId: tokenId(token), status: ctx.status })
  }
}

function authorizationRequestAndResponse({
  switches,
  log,
  redirectUris,
}: AuthorizationServerOptions): Middleware {
  return async (ctx, next) => {
    if (ctx.path === '/authorize') log.addAuthorizationRequest(Object.fromEntries(ctx.URL.searchParams))
    await next()
    const location = ctx.response.get('location')
    if (!URL.canParse(location) || !redirectUris.isRegistered(withoutQuery(location))) return
    const response = new URL(location)
    const { iss } = switches.get()
    if (iss === 'absent') response.searchParams.delete('iss')
    if (iss === 'wrong') response.searchParams.set('iss', 'https://auth.example.com')
    ctx.set('location', response.href)
  }
}

function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

/** oidc-provider prints that it prefers a newer Node, which it says on every start and which changes nothing here. */
function silenceWarnings(): () => void {
  const { warn, info } = console
  const isProviders = (message: unknown) => String(message).includes('oidc-provider ')
  console.warn = (...words: unknown[]) => isProviders(words[0]) || warn(...words)
  console.info = (...words: unknown[]) => isProviders(words[0]) || info(...words)
  return () => Object.assign(console, { warn, info })
}

const aCenturyS = 100 * 365 * 24 * 3600
