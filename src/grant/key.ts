/** Makes the key of a grant. Grants are kept apart by authorization server, client, workspace and member. */
export function grantKey(parts: {
  authorizationEndpoint: string
  clientId: string
  workspace?: string | undefined
  member?: string | undefined
}): string {
  return JSON.stringify([
    parts.authorizationEndpoint,
    parts.clientId,
    parts.member ?? null,
    parts.workspace ?? null,
  ])
}

/** Tells whether `key` is of the same server, client and member as `like`, in any workspace. */
export function isSameExceptWorkspace(key: string, like: string): boolean {
  const parts: readonly unknown[] = JSON.parse(like)
  // The workspace comes last: up to it the keys are the same text.
  return key.startsWith(`${JSON.stringify(parts.slice(0, -1)).slice(0, -1)},`)
}
