// What the board page shows at this moment: the board, the member, the open card, the theme.

import { getJson } from './server.js'

const query = new URLSearchParams(location.search)

export const view = {
  data: undefined,
  board: undefined,
  workspace: undefined,
  member: undefined,
  openCard: undefined,
  theme: query.get('theme') ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'),
}

/** Reads the board again; what is open stays so. */
export async function readBoard() {
  view.data = await getJson(`/board-data?board=${query.get('board') ?? ''}`)
  view.board = view.data.board
  view.workspace = view.data.workspaces.find(({ id }) => id === view.board.idOrganization)
  view.member = memberShown(view.data.members)
  const { openCard } = view
  if (openCard !== undefined) view.openCard = view.data.cards.find(({ id }) => id === openCard.id) ?? openCard
}

/** The card that the address of the page opens. */
export function cardAtStart() {
  return view.data.cards.find(({ id, shortLink }) => [id, shortLink].includes(query.get('card')))
}

/**
 * What `t.getContext()` gives.
 * @param {{ id: string, idList: string }} [card] - another one than the open card
 */
export function contextOf(card = view.openCard) {
  const { board, workspace, member, theme, data } = view
  const permission = member !== undefined && board.idMembers.includes(member.id) ? 'write' : 'read'
  return {
    board: board.id,
    ...(card === undefined ? {} : { card: card.id, list: card.idList }),
    member: member?.id ?? 'notLoggedIn',
    ...(workspace === undefined ? {} : { organization: workspace.id }),
    permissions: {
      board: permission,
      ...(card === undefined ? {} : { card: permission }),
      ...(workspace === undefined ? {} : { organization: permission }),
    },
    version: 'build-local',
    locale: navigator.language,
    theme,
    initialTheme: theme,
    plugin: data.powerUp.id,
  }
}

/** Loads the page for another board, member or theme. */
export function goTo(changes) {
  const target = new URL(location.href)
  target.search = ''
  const shown = {
    board: view.board.id,
    member: view.member?.id ?? 'notLoggedIn',
    theme: view.theme,
    ...changes,
  }
  for (const [name, value] of Object.entries(shown)) target.searchParams.set(name, value)
  location.assign(target)
}

export function applyTheme() {
  document.documentElement.dataset.colorMode = view.theme
}

function memberShown(members) {
  const wanted = query.get('member')
  if (wanted === 'notLoggedIn') return undefined
  return members.find(({ id }) => id === wanted) ?? members[0]
}
