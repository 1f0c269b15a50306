import { SCOPES, type TrelloScope } from '../base/scopes'

/** The scopes that an operation needs. Where both lists are empty, any grant may ask, and sees what its scopes allow. */
export interface RequiredScopes {
  /** The scopes that are all needed. */
  allOf: readonly TrelloScope[]
  /** The scopes of which one is needed. Empty where that makes no difference. */
  anyOf: readonly TrelloScope[]
}

/**
 * Looks an operation up in Trello's table. Takes templates (`/boards/{id}`) and real paths, with or without the version and
 * a query.
 * @returns `'closedToOAuth2'` for operations that no OAuth 2.0 token may call, `'unknown'` for what the table doesn't hold
 * @see https://developer.atlassian.com/cloud/trello/swagger.v3.json
 */
export function requiredScopes(
  method: string,
  path: string | URL,
): RequiredScopes | 'unknown' | 'closedToOAuth2' {
  const letter = METHODS[method.toUpperCase()]
  const segments = segmentsOf(path)
  const rules = OPERATIONS.split('\n')
    .map((row) => row.split(' '))
    .filter(([template = '']) => fits(template.split('/'), segments))
    // `/cards/{id}/board` is told from `/cards/{id}/{field}` by the segment that is spelled out first.
    .sort(([a = ''], [b = '']) => literalsOf(b).localeCompare(literalsOf(a)))
    .map(([, methods = '']) => methods.split(',').find((rule) => rule[0] === letter))
  const rule = rules.find((found) => found !== undefined)?.slice(1)
  if (letter === undefined || rule === undefined) return 'unknown'
  if (rule === '-') return 'closedToOAuth2'
  return rule.startsWith('|')
    ? { allOf: [], anyOf: scopesOf(rule.slice(1)) }
    : { allOf: scopesOf(rule), anyOf: [] }
}

function segmentsOf(path: string | URL): readonly string[] {
  const [pathname = ''] = String(path)
    .replace(/^[a-z]+:\/\/[^/]*/i, '')
    .split(/[?#]/)
  const segments = pathname.split('/').filter(Boolean)
  return /^\d$/.test(segments[0] ?? '') ? segments.slice(1) : segments
}

function fits(template: readonly string[], segments: readonly string[]): boolean {
  return (
    template.length === segments.length && template.every((part, i) => part === '*' || part === segments[i])
  )
}

function literalsOf(template: string): string {
  return template
    .split('/')
    .map((part) => (part === '*' ? '0' : '1'))
    .join('')
}

function scopesOf(letters: string): readonly TrelloScope[] {
  return [...letters].flatMap((letter) => SCOPES['abcdefghij'.indexOf(letter)] ?? [])
}

const METHODS: Record<string, string> = { GET: 'G', POST: 'P', PUT: 'U', DELETE: 'D' }

/**
 * A path a row, `*` for a parameter, then its methods: each its letter with the letters of its scopes
 * (a for the first of `SCOPES`); `|` before them where
 * one of them is enough, `-` where the operation is closed to OAuth 2.0. 261 operations, taken from the document of 2026-10-04.
 */
const OPERATIONS = `actions/* G|ad,Uab,Dab
actions/*/* G|ad
actions/*/board Ga
actions/*/card Ga
actions/*/list Ga
actions/*/member G|ad
actions/*/memberCreator G|ad
actions/*/organization Gd
actions/*/reactions Ga,Pab
actions/*/reactions/* Ga,Dab
actions/*/reactionsSummary Ga
actions/*/text Uab
applications/*/compliance G-
batch G
boards Pb
boards/* Ga,Uab,Ddb
boards/*/* Ga
boards/*/actions Ga
boards/*/boardPlugins Ga,Pb
boards/*/boardPlugins/* Db
boards/*/boardStars Ga
boards/*/calendarKey/generate Pb
boards/*/cards Ga
boards/*/cards/* Ga
boards/*/checklists Ga
boards/*/customFields Ga
boards/*/emailKey/generate Pb
boards/*/exports Pb
boards/*/exports/* Gb,Db
boards/*/exports/*/download Gb
boards/*/exports/mostRecent Gb
boards/*/idTags Pb
boards/*/labels Ga,Pb
boards/*/lists Ga,Pb
boards/*/lists/* Ga
boards/*/markAsViewed Pa
boards/*/members Ga,Uc
boards/*/members/* Uc,Dc
boards/*/memberships Ga
boards/*/memberships/* Uc
boards/*/myPrefs/emailPosition Ub
boards/*/myPrefs/idEmailList Ub
boards/*/myPrefs/showSidebar Ua
boards/*/myPrefs/showSidebarActivity Ua
boards/*/myPrefs/showSidebarBoardActions Ua
boards/*/myPrefs/showSidebarMembers Ua
boards/*/plugins Ga
cards Pb
cards/* Ga,Uab,Db
cards/*/* Ga
cards/*/actions Ga
cards/*/actions/*/comments Uab,Db
cards/*/actions/comments Pb
cards/*/attachments Ga,Pb
cards/*/attachments/* Ga,Db
cards/*/board Ga
cards/*/checkItem/* Ga,Ub,Db
cards/*/checkItemStates Ga
cards/*/checklist/*/checkItem/* Ub
cards/*/checklists Ga,Pb
cards/*/checklists/* Db
cards/*/customField/*/item Ub
cards/*/customFieldItems Ga
cards/*/customFields Ub
cards/*/idLabels Pb
cards/*/idLabels/* Db
cards/*/idMembers Pb
cards/*/idMembers/* Db
cards/*/labels Pb
cards/*/list Ga
cards/*/markAssociatedNotificationsRead Pab
cards/*/members Ga
cards/*/membersVoted Ga,Pb
cards/*/membersVoted/* Db
cards/*/pluginData Ga
cards/*/stickers Ga,Pb
cards/*/stickers/* Ga,Db,Ub
checklists Pb
checklists/* Ga,Uab,Db
checklists/*/* Ga,Uab
checklists/*/board Ga
checklists/*/cards Ga
checklists/*/checkItems Ga,Pb
checklists/*/checkItems/* Ga,Db
customFields Pb
customFields/* Ga,Uab,Db
customFields/*/options Pb,Ga
customFields/*/options/* Ga,Db
emoji G
enterprises/* Gi
enterprises/*/admins Gi
enterprises/*/admins/* U-,D-
enterprises/*/auditlog Gj
enterprises/*/claimableOrganizations Gj
enterprises/*/enterpriseJoinRequest/bulk Uj
enterprises/*/members Gi
enterprises/*/members/* Gi
enterprises/*/members/*/deactivated Uj
enterprises/*/members/*/licensed Uj
enterprises/*/members/query G
enterprises/*/organizations Gi,Uj
enterprises/*/organizations/* D-
enterprises/*/organizations/bulk/* G-
enterprises/*/pendingOrganizations Gi
enterprises/*/signupUrl G
enterprises/*/tokens P-
enterprises/*/transferrable/bulk/* Gj
enterprises/*/transferrable/organization/* Gj
labels Pb
labels/* Ga,Uab,Db
labels/*/* Uab
lists Pb
lists/* Ga,Uab
lists/*/* Uab
lists/*/actions Ga
lists/*/archiveAllCards Pb
lists/*/board Ga
lists/*/cards Ga
lists/*/closed Ub
lists/*/idBoard Ub
lists/*/moveAllCards Pb
members/* G,Uh
members/*/* G
members/*/actions G
members/*/avatar Ph
members/*/boardBackgrounds Gg,Ph
members/*/boardBackgrounds/* Gg,Uh,Dh
members/*/boardStars Gg,Ph
members/*/boardStars/* Gg,Uh,Dh
members/*/boards Ga
members/*/boardsInvited Ga
members/*/cards Ga
members/*/customBoardBackgrounds Gg,P
members/*/customBoardBackgrounds/* G,U,D
members/*/customEmoji Gg,Ph
members/*/customEmoji/* Gg
members/*/customStickers Gg,Ph
members/*/customStickers/* Gg,Dh
members/*/notificationChannelSettings Gg,Uh
members/*/notificationChannelSettings/* Gg,Uh
members/*/notificationChannelSettings/*/* Uh
members/*/notifications Gg
members/*/oneTimeMessagesDismissed P-
members/*/organizations Gd
members/*/organizationsInvited Gd
members/*/savedSearches Gg,Ph
members/*/savedSearches/* Gg,Uh,Dh
members/*/tokens Ggh
notifications/* G,Uh
notifications/*/* G
notifications/*/board G
notifications/*/card G
notifications/*/list G
notifications/*/member G
notifications/*/memberCreator G
notifications/*/organization G
notifications/*/unread Uh
notifications/all/read Ph
organizations Pe
organizations/* Gd,Ude,Dde
organizations/*/* Gd
organizations/*/actions Gd
organizations/*/boards Ga
organizations/*/exports Pde,Gd
organizations/*/logo Pde,Dde
organizations/*/members Gd,Uf
organizations/*/members/* Udf,Df
organizations/*/members/*/all Ddf
organizations/*/members/*/deactivated Udf
organizations/*/memberships Gd
organizations/*/memberships/* Gd
organizations/*/newBillableGuests/* Gad
organizations/*/pluginData Gd
organizations/*/prefs/associatedDomain D-
organizations/*/prefs/orgInviteRestrict Dde
organizations/*/tags Gd,Pe
organizations/*/tags/* De
plugins/* Gd,Ude
plugins/*/compliance/memberPrivacy G
plugins/*/listings Pe
plugins/*/listings/* Ue
search G
search/members G
tokens/* G,D
tokens/*/member G
tokens/*/webhooks G,P
tokens/*/webhooks/* G,D,U
webhooks P
webhooks/* G,U,D
webhooks/*/* G`
