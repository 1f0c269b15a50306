/** A store of grants in a Postgres database. See [the stores](server.md#stores). */
export type { GrantStore, GrantVersion, StoredGrant } from './server/grant-store'
export type { GrantTable, GrantTableOptions } from './server/grant-table'
export { type PostgresPool, type PostgresSql, postgresGrants } from './server/postgres-grants'
