import type { AdapterPayload } from 'oidc-provider'

export const clientId = 'local-trello-client'
export const otherClientId = 'local-trello-other-client'
export const confidentialClient = {
  id: 'local-trello-confidential-client',
  secret: 'local-trello-client-secret',
}

export interface ClientSettings {
  /** The name of the Power-Up, as its consent page shows it. */
  name: string
  redirectUris: readonly string[]
  /** Takes any other id for a client of this Power-Up, too. */
  takesAny: boolean
}

/** A client by its id, as it is registered; undefined for one that isn't. */
export function findClient(
  id: string,
  { name, redirectUris, takesAny }: ClientSettings,
): AdapterPayload | undefined {
  const client = {
    client_id: id,
    client_name: id === otherClientId ? 'Another Power-Up' : name,
    redirect_uris: [...redirectUris],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code' as const],
    token_endpoint_auth_method: 'none' as const,
    id_token_signed_response_alg: 'ES256' as const,
  }
  if (id === confidentialClient.id) {
    return {
      ...client,
      client_secret: confidentialClient.secret,
      token_endpoint_auth_method: 'client_secret_post' as const,
    }
  }
  return takesAny || id === clientId || id === otherClientId ? client : undefined
}
