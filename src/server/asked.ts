/** The question of a frame. */
export type Asked =
  /** A code is to be exchanged. */
  | {
      kind: 'exchange'
      /** The authorization code. */
      code: string
      /** The PKCE verifier. */
      codeVerifier: string
      /** The id of the workspace, by the frame's own word. */
      workspace: string | undefined
    }
  /** A new access token is wanted. */
  | {
      kind: 'refresh'
      /** The access token that the frame has. */
      accessToken: string | undefined
      /** The id of the workspace, by the frame's own word. */
      workspace: string | undefined
    }

/**
 * Reads what a frame asks for. The client and the callback URL are the keeper's: where a frame names others, it could not
 * work.
 * @returns the question, or the words for developers that say what is wrong with it
 */
export function readAsked(
  fields: URLSearchParams,
  { clientId, redirectUri }: { clientId: string; redirectUri: string },
): Asked | string {
  const twice = NAMES.find((name) => fields.getAll(name).length > 1)
  if (twice) return `Send ${twice} once.`
  const [grantType, workspace, code, codeVerifier, accessToken] = NAMES.map(
    (name) => fields.get(name) ?? undefined,
  )
  if ((fields.get('client_id') ?? clientId) !== clientId) return "This client_id is not the keeper's."
  if ((fields.get('redirect_uri') ?? redirectUri) !== redirectUri) {
    return "This redirect_uri is not the keeper's redirectUri, character for character."
  }
  if (workspace !== undefined && !/^[\w-]{1,64}$/.test(workspace)) return 'This workspace is no id.'
  if (grantType === 'refresh_token') return { kind: 'refresh', accessToken, workspace }
  if (grantType !== 'authorization_code') return 'Send grant_type authorization_code or refresh_token.'
  if (!code?.trim() || !codeVerifier?.trim()) return 'Send code and code_verifier.'
  return { kind: 'exchange', code, codeVerifier, workspace }
}

const NAMES = ['grant_type', 'workspace', 'code', 'code_verifier', 'access_token'] as const
