import type { LocalTrello } from '../../../../../examples/local-trello/local-trello'
import { type Answer, ask } from './http'
import { type SignInOptions, signIn } from './sign-in'

/** Calls the API as somebody who has signed in. */
export type CallApi = (method: string, path: string, body?: Record<string, unknown>) => Promise<Answer>

export const allScopes = [
  'read:board:trello',
  'write:board:trello',
  'write:board:membership:trello',
  'read:organization:trello',
  'read:member:trello',
  'offline_access',
].join(' ')

export async function callerFor(trello: LocalTrello, options: SignInOptions = {}): Promise<CallApi> {
  const { access_token } = await signIn(trello, { scope: allScopes, ...options })
  return callerWith(trello, { authorization: `Bearer ${access_token}` })
}

export function callerWith(trello: LocalTrello, headers: Record<string, string>): CallApi {
  return (method, path, body) =>
    ask(trello, `${trello.origins.api}/1${path}`, {
      method,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
}
