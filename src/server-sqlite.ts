/** A store of grants in a SQLite database. See [the stores](server.md#stores). */
export type { GrantStore, GrantVersion, StoredGrant } from './server/grant-store'
export type { GrantTable, GrantTableOptions } from './server/grant-table'
export { type SqliteDatabase, sqliteGrants } from './server/sqlite-grants'
