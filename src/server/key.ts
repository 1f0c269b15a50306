import { check, isText, isTextIfGiven } from '../base/option-check'

/** The workspace and the member that a grant is for, as far as its key names them. */
export interface GrantPlace {
  /** The id of the workspace. */
  workspace?: string | undefined
  /** The id of the member. */
  member?: string | undefined
}

/**
 * Makes the key of a grant. Its form is stable: `member=` and `workspace=`, in this order and joined by `&`, each with the id
 * as `encodeURIComponent` writes it, and each only where it is given. A grant whose key names a member is that member's: the
 * account of its tokens is checked.
 * @throws ConfigurationError where neither is given, or one is no id
 * @example
 * keeper.client(grantKey({ workspace, member }))
 */
export function grantKey(place: GrantPlace): string {
  const { workspace, member } = place ?? {}
  check(isIdIfGiven(workspace), 'workspace', 'the id of a workspace')
  check(isIdIfGiven(member), 'member', 'the id of a member')
  const isNamed = workspace !== undefined || member !== undefined
  check(isNamed, 'key', 'made of a workspace, a member or both; or take a text of your own for it')
  return keyOf({ workspace, member })
}

/** No id has half of a surrogate pair, and `encodeURIComponent` throws at one. */
function isIdIfGiven(value: unknown): value is string | undefined {
  return isTextIfGiven(value) && !/\p{Cs}/u.test(value ?? '')
}

/** Reads what a key names. Nothing, where `grantKey` did not make it. */
export function placeOf(key: string): GrantPlace {
  const parts = new URLSearchParams(key)
  const place = { member: parts.get('member') ?? undefined, workspace: parts.get('workspace') ?? undefined }
  const isMade = (place.member || place.workspace) && keyOf(place) === key
  return isMade ? place : {}
}

function keyOf({ workspace, member }: GrantPlace): string {
  return [
    ...(member === undefined ? [] : [`member=${encodeURIComponent(member)}`]),
    ...(workspace === undefined ? [] : [`workspace=${encodeURIComponent(workspace)}`]),
  ].join('&')
}

/** Checks a key. @throws ConfigurationError */
export function readKey(key: unknown): string {
  check(isText(key), 'key', 'a text that is not empty, such as one of grantKey()')
  return key
}
