import type { ClientEvent } from '../../../src/base/events'
import type { Platform } from '../../../src/base/platform'
import type { GrantEntry, LiveGrant } from '../../../src/grant/grant'
import { createLocks, type Locks } from '../../../src/grant/lock'
import type { EntryStore } from '../../../src/grant/store'
import { accessToken, type TokenNeed } from '../../../src/token/access-token'
import { createRefresh } from '../../../src/token/refresh'
import type { RefreshClient } from '../../../src/token/rotation'
import type { TokenEndpoint } from '../../../src/token-endpoint/token-endpoint'
import { onlyWay, type TokenWays } from '../../../src/token-endpoint/ways'
import type { FakeFrame } from './browser'
import { storedEntry } from './grants'
import { createPartition, KEY, type Partition } from './store'

/** A frame that refreshes, and what came of it. */
export interface RefreshingFrame {
  frame: FakeFrame
  platform: Platform
  store: EntryStore
  locks: Locks
  client: RefreshClient
  events: ClientEvent[]
  revoked: LiveGrant[]
  token(need?: TokenNeed): Promise<string>
  /** Another client of the same page, with an endpoint of its own. */
  besides(endpoint: TokenEndpoint): Pick<RefreshingFrame, 'token'>
}

export function refreshingFrame(
  partition: Partition,
  endpoint: TokenEndpoint,
  differences: Partial<Platform> = {},
): RefreshingFrame {
  const { frame, platform, store } = partition.open(differences)
  const locks = createLocks(platform)
  const events: ClientEvent[] = []
  const revoked: LiveGrant[] = []
  const refresh = createRefresh({ platform, store }, locks, KEY)

  function clientOf(ways: TokenWays): RefreshClient {
    return {
      clientId: 'client-1',
      ways,
      emit: (event) => void events.push(event),
      revoke: (grant) => void revoked.push(grant),
    }
  }

  function tokenOf(client: RefreshClient, need?: TokenNeed): Promise<string> {
    const loadFlow = async () => ({
      refresh: (asked: TokenNeed) => refresh.accessToken(client, asked),
      checkMember: async () => undefined,
    })
    return accessToken({ platform, store }, { member: undefined, loadFlow, emit: client.emit }, need)
  }

  const client = clientOf(onlyWay(endpoint))
  return {
    frame,
    platform,
    store,
    locks,
    client,
    events,
    revoked,
    token: (need) => tokenOf(client, need),
    besides: (other) => {
      const another = clientOf(onlyWay(other))
      return { token: (need) => tokenOf(another, need) }
    },
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
