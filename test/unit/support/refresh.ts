import type { ClientEvent } from '../../../src/base/events'
import type { Platform } from '../../../src/base/platform'
import type { GrantEntry, LiveGrant } from '../../../src/grant/grant'
import { createLocks, type Locks } from '../../../src/grant/lock'
import type { GrantStore } from '../../../src/grant/store'
import { accessToken, type TokenNeed } from '../../../src/token/access-token'
import { createRefresh } from '../../../src/token/refresh'
import type { RefreshClient } from '../../../src/token/rotation'
import { onlyWay } from '../../../src/token-endpoint/ways'
import { storedEntry } from './grants'
import { createPartition, KEY, type Partition } from './store'
import type { ScriptedEndpoint } from './token-endpoint'

/** A frame that refreshes, and what came of it. */
export interface RefreshingFrame {
  platform: Platform
  store: GrantStore
  locks: Locks
  client: RefreshClient
  events: ClientEvent[]
  revoked: LiveGrant[]
  token(need?: TokenNeed): Promise<string>
}

export function refreshingFrame(
  partition: Partition,
  endpoint: ScriptedEndpoint,
  differences: Partial<Platform> = {},
): RefreshingFrame {
  const { platform, store } = partition.open(differences)
  const locks = createLocks(platform)
  const events: ClientEvent[] = []
  const revoked: LiveGrant[] = []
  const client: RefreshClient = {
    clientId: 'client-1',
    ways: onlyWay(endpoint),
    emit: (event) => void events.push(event),
    revoke: (grant) => void revoked.push(grant),
  }
  const refresh = createRefresh({ platform, store }, locks, KEY)
  return {
    platform,
    store,
    locks,
    client,
    events,
    revoked,
    token: (need) =>
      accessToken(
        { platform, store },
        {
          loadFlows: async () => ({ refresh: (asked) => refresh.accessToken(client, asked) }),
          emit: client.emit,
        },
        need,
      ),
  }
}

/** A partition in which this record is stored. */
export function partitionWith(record: GrantEntry['record']): Partition {
  const partition = createPartition()
  if (record) partition.plant(storedEntry({ record }))
  return partition
}

/** The record that is stored now. */
export function storedRecord(partition: Partition): GrantEntry['record'] {
  return (partition.stored() as GrantEntry | undefined)?.record
}
