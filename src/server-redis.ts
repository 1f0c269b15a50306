/** A store of grants in Redis. See [the stores](server.md#stores). */
export type { GrantStore, GrantVersion, StoredGrant } from './server/grant-store'
export {
  type IoRedisClient,
  type NodeRedisClient,
  type RedisGrantsOptions,
  redisGrants,
} from './server/redis-grants'
