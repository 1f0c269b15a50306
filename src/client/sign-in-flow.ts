import { isBegunWith, type PendingAttempt } from '../grant/attempt'
import { createAttempts, type NextRequest } from '../sign-in/attempts'
import { prepareAttempt } from '../sign-in/authorization-request'
import { readResponse } from '../sign-in/authorization-response'
import { type Authorize, createAuthorize } from '../sign-in/authorize'
import { exchangeCode } from '../sign-in/code-exchange'
import { createSignIns } from '../sign-in/in-progress'
import { type ClientInUse, locksOf, serversOf } from './flow-parts'
import type { SharedGrant } from './shared-grant'
import { signInSettings } from './sign-in-settings'

// Loaded on demand: when people see a frame that is not connected, and at the latest with the first click.

/** Makes the sign-in of one client. All clients of the page with the same grant share one sign-in at a time. */
export function signInFlowOf(client: ClientInUse): Authorize {
  const { frame, configuration, shared, view, emit } = client
  const { redirectUri, workspace, member, scopes } = configuration
  const { ways, readAccount, revokeLater: revoke } = serversOf(client)
  const settings = signInSettings(configuration)
  const maker = {
    prepareAttempt: (wanted: readonly string[]) =>
      prepareAttempt({ ...settings, workspace, scopes: wanted }, frame.platform.now()),
    isOurs: (attempt: PendingAttempt) => isBegunWith(attempt, settings),
  }
  const attempts = createAttempts(frame, maker, nextRequest(shared, { settings, workspace, scopes }))
  const exchanging = { workspace, member, ways, readResponse, readAccount, revoke }
  shared.signIns ??= createSignIns(frame.platform, locksOf(frame.platform, shared), shared.changes.tell)
  const { signIns } = shared
  const exchange = (attempt: PendingAttempt, parameters: string) =>
    signIns.exchange(attempt.state, (isCalledOff) =>
      exchangeCode(frame, exchanging, attempt, parameters, isCalledOff),
    )
  const flow = createAuthorize(frame, { redirectUri, scopes, view, attempts, exchange, emit }, signIns)
  return {
    authorize: (asked, opened) => {
      const ending = flow.authorize(asked, opened)
      // Behind the window: it opens first in the click.
      ways.prepare?.()
      return ending
    },
    prepare: () => {
      ways.prepare?.()
      return flow.prepare()
    },
  }
}

/** Finds the request that clients of the page share if they ask alike: a page makes a client for each `t`. */
function nextRequest(shared: SharedGrant, parameters: object): NextRequest {
  shared.nextRequests ??= new Map()
  const key = JSON.stringify(parameters)
  const next = shared.nextRequests.get(key) ?? {}
  shared.nextRequests.set(key, next)
  return next
}
