import { tokenEndpointBeside } from '../base/trello'
import type { SignInSettings } from '../grant/attempt'
import type { Configuration } from './options'

/** Picks the settings that the client's sign-ins begin with. */
export function signInSettings(configuration: Configuration): SignInSettings {
  const { clientId, redirectUri, authorizationEndpoint, issuer } = configuration
  return { clientId, redirectUri, authorizationEndpoint, tokenEndpoint: addressOf(configuration), issuer }
}

/** Gives the URL of the token endpoint. `undefined` where the endpoint is code. */
function addressOf({ tokenEndpoint, authorizationEndpoint }: Configuration): string | undefined {
  if (tokenEndpoint === undefined) return tokenEndpointBeside(authorizationEndpoint)
  return typeof tokenEndpoint === 'string' ? tokenEndpoint : tokenEndpoint.url
}
