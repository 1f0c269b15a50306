import { prepareAttempt } from '../authorization/request'
import { readResponse } from '../authorization/response'
import { type Authorize, createAuthorize } from '../authorize'
import type { ClientContext } from '../shared-grant'
import { createSignIns } from '../sign-ins'
import { serversOf } from './servers'

/** The sign-in of a client. Loaded when a state without a grant is read, or by the first click. */
export function authorizeFor({ platform, configuration, shared, emit }: ClientContext): Authorize {
  const { store } = shared
  const { clientId, redirectUri, authorizationEndpoint, issuer } = configuration
  const servers = serversOf(platform, store, configuration)
  const { url: tokenEndpoint } = servers.tokenEndpoint
  shared.signIns ??= createSignIns(platform)
  return createAuthorize({
    ...configuration,
    ...servers,
    platform,
    store,
    signIns: shared.signIns,
    readResponse,
    prepareAttempt: (scopes) => prepareAttempt({ ...configuration, tokenEndpoint, scopes }, platform.now()),
    isOurs: (attempt) =>
      attempt.clientId === clientId &&
      attempt.redirectUri === redirectUri &&
      attempt.authorizationEndpoint === authorizationEndpoint &&
      attempt.issuer === issuer &&
      attempt.tokenEndpoint === tokenEndpoint,
    revoke: servers.revokeLater,
    emit,
  })
}
