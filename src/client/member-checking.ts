import { createMemberCheck } from '../member-check'
import type { ClientContext } from '../shared-grant'
import { serversOf } from './servers'

/** The member check of a client. Loaded where the first sign-in could not ask whose account it was. */
export function memberCheckFor({ platform, configuration, shared }: ClientContext): () => Promise<void> {
  const { store } = shared
  const { readAccount, revokeLater } = serversOf(platform, store, configuration)
  return createMemberCheck({
    platform,
    store,
    member: configuration.member,
    readAccount,
    revoke: revokeLater,
  })
}
