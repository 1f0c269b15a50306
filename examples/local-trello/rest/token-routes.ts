import type { LegacyTokens } from '../sign-in/legacy-tokens'
import { type Caller, notFound, Refusal } from './route'

/**
 * `/tokens/{token}` and `/tokens/{token}/member`: the old tokens, which are named in the path. Undefined for other paths.
 * @param caller - who asks; undefined where the token that came with the request is not good
 */
export function answerTokenRoute(
  tokens: LegacyTokens,
  method: string,
  path: string,
  caller: Caller | undefined,
): { member: string } | { body: object } | undefined {
  const [, token = '', rest] = /^\/tokens\/([^/]+)(\/member)?\/?$/.exec(path) ?? []
  if (token === '') return undefined
  if (caller === undefined) throw new Refusal(401, 'invalid token')
  const found = tokens.find(token)
  if (found === undefined) throw method === 'DELETE' ? new Refusal(401, 'invalid token') : notFound
  if (method === 'DELETE' && rest === undefined) {
    tokens.revoke(token)
    return { body: {} }
  }
  if (method !== 'GET') return undefined
  if (rest !== undefined) return { member: found.memberId }
  return {
    body: {
      id: found.id,
      identifier: found.name,
      idMember: found.memberId,
      dateCreated: found.dateCreated,
      dateExpires: found.dateExpires,
      permissions: ['Board', 'Organization', 'Member'].map((modelType) => ({
        idModel: modelType === 'Member' ? found.memberId : '*',
        modelType,
        read: true,
        write: found.scopes.has('write'),
      })),
    },
  }
}
