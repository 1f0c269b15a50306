/** A store of grants in files. Node only. See [the stores](server.md#stores). */
export { fileGrants } from './server/file-grants'
export type { GrantStore, GrantVersion, StoredGrant } from './server/grant-store'
