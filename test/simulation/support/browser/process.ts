import { createHash } from 'node:crypto'
import { AuthorizationError } from '../../../../src/base/errors'
import type { Platform } from '../../../../src/base/platform'
import type { AuthorizedState, AuthState } from '../../../../src/grant/auth-state'
import { createKeeperClient, keeperState } from '../../../../src/server/client'
import { exchangeCode } from '../../../../src/server/exchange'
import { createKeeping } from '../../../../src/server/keeping'
import { grantKey } from '../../../../src/server/key'
import { readKeeperOptions } from '../../../../src/server/options'
import { serverPlatform } from '../../../../src/server/platform'
import { createTick } from '../../../../src/server/tick'
import type { AuthorizationServer } from '../servers/authorization-server'
import { API_ORIGIN, REVOCATION_ENDPOINT, TOKEN_ENDPOINT } from '../servers/network'
import type { Life } from './clock'
import { REDIRECT_URI } from './consent-window'
import { facilitiesOf } from './facilities'
import type { Frame, Place, Surroundings } from './frame'
import { CLIENT_ID, MEMBER, WORKSPACE } from './partition'

export const PROCESS_KEY = grantKey({ member: MEMBER, workspace: WORKSPACE })

/**
 * One process from its start to its death: a real keeper on a simulated server. To the rest of the simulation it looks like a
 * frame whose person brings a code to a route of its own.
 * @param onCode told when the code comes
 */
export function openProcess(
  world: Surroundings,
  server: AuthorizationServer,
  name: string,
  place: Place,
  onCode: (life: Life) => void,
): Frame {
  const life: Life = { name, isDead: false, isFrozen: false, timerGridMs: 0 }
  const reported: unknown[] = []
  let known: AuthState = { status: 'restoring' }

  const platform: Platform = {
    ...serverPlatform,
    ...facilitiesOf(world, life),
    reportError: (error) => void reported.push(error),
  }
  const options = readKeeperOptions({
    clientId: CLIENT_ID,
    redirectUri: REDIRECT_URI,
    store: place.partition.storage.openTexts(life, CLIENT_ID),
    tokenEndpoint: TOKEN_ENDPOINT,
    apiOrigins: [API_ORIGIN],
    ...(world.revokes && { revocationEndpoint: REVOCATION_ENDPOINT }),
  })
  const keeping = createKeeping(platform, options)
  const client = createKeeperClient(keeping, PROCESS_KEY)

  function stateNow(): AuthState {
    try {
      known = keeperState(keeping.open(PROCESS_KEY).store.view(), world.wallClock())
    } catch {
      // Nothing is known without the store.
    }
    return known
  }

  /** The person has consented, and their browser brings the code to a route of the server. */
  async function authorize(): Promise<AuthorizedState> {
    const { does, member, afterMs } = process.person
    process.windowsOpened++
    if (does !== 'allows') throw new AuthorizationError('accessDenied')
    await new Promise<void>((resolve) => platform.setTimeout(resolve, afterMs))
    // What was signed out before the code came stays so, and the code begins something new.
    onCode(life)
    const codeVerifier = `verifier-${platform.randomId()}`
    const challenge = createHash('sha256').update(codeVerifier).digest('base64url')
    const code = server.consent({ member, scope: 'read offline_access', challenge, state: nameOf })
    const state = await exchangeCode(keeping, PROCESS_KEY, { code, codeVerifier, scopes: ['read'] })
    if (state.status !== 'authorized') throw new AuthorizationError('aborted')
    return state
  }

  const process: Frame = Object.assign(life, {
    place,
    client: {
      ...client,
      get state() {
        return stateNow()
      },
      subscribe: () => () => undefined,
      isAuthorized: async () => (await client.readState()).status === 'authorized',
      missingScopes: () => [],
      authorize,
    },
    tick: createTick(keeping),
    person: { does: 'leaves', afterMs: 0, member: MEMBER } as const,
    windowsOpened: 0,
    reported,
    isVisible: () => false,
    show: () => undefined,
  })
  return process
}

/** As the keeper names the attempt of a code. */
function nameOf(code: string): string {
  return createHash('sha256').update(code).digest('hex')
}
