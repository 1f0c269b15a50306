// The board page of the local Trello.

import { showAlert } from './alert.js'
import { showButtons } from './buttons.js'
import { closeCard, openCard, refreshCard } from './card.js'
import { startDock } from './dock.js'
import { byId, el } from './dom.js'
import { control } from './faults.js'
import { showLists } from './lists.js'
import { renderAll, startPowerUp } from './power-up.js'
import { showPowerUpMenu } from './power-up-menu.js'
import { applyTheme, cardAtStart, contextOf, goTo, readBoard, view } from './view.js'

applyTheme()
await readBoard()
showStage()
showBoard()
startPowerUp({ showCard, hideCard: closeCard })
showLists(openCard)
showButtons('board-buttons', byId('board-buttons'))
startDock(onAction)
const first = cardAtStart()
if (first !== undefined) openCard(first)

// For tests and for the curious: the page as the Power-Up sees it.
window.localTrello = { context: contextOf, renderAll }

function showStage() {
  const people = [...view.data.members.map((each) => [each.id, each.fullName]), ['notLoggedIn', 'Nobody']]
  const shown = view.member?.id ?? 'notLoggedIn'
  const buttons = people.map(([id, name], index) =>
    el(
      'button',
      {
        type: 'button',
        id: id === 'notLoggedIn' ? 'member-none' : `member-${index + 1}`,
        'aria-pressed': String(id === shown),
        onclick: () => goTo({ member: id }),
      },
      name,
    ),
  )
  byId('members').append(...buttons)
  for (const { id, name, idOrganization } of view.data.boards) {
    const owner =
      view.data.workspaces.find((each) => each.id === idOrganization)?.displayName ?? 'no workspace'
    byId('boards').append(new Option(`${name} (${owner})`, id, false, id === view.board.id))
  }
  byId('boards').addEventListener('change', () => goTo({ board: byId('boards').value }))
  byId('theme').value = view.theme
  byId('theme').addEventListener('change', () => {
    view.theme = byId('theme').value
    applyTheme()
    renderAll()
  })
  byId('power-ups').addEventListener('click', showPowerUpMenu)
  byId('expire-access-tokens').addEventListener('click', async () => {
    await control({ expireAccessTokens: true })
    showAlert({ message: 'All access tokens are over. The next call should refresh, unseen.' })
  })
  byId('revoke-grants').addEventListener('click', async () => {
    await control({ revokeGrants: true })
    showAlert({ message: 'Access taken back: the next call should lead to “connect again”.' })
  })
}

function showBoard() {
  document.title = `${view.board.name} | Local Trello`
  byId('board-name').textContent = view.board.name
  byId('workspace-name').textContent = view.workspace?.displayName ?? 'No workspace'
  byId('avatar').textContent = view.member?.initials ?? '–'
  byId('avatar').title = view.member?.fullName ?? 'Not logged in'
}

function showCard(id) {
  const card = view.data.cards.find((each) => [each.id, each.shortLink].includes(id))
  if (card === undefined) throw new Error('There is no such card on this board.')
  openCard(card)
}

let isRefreshing = false
/** Something changed on the server: many changes in a row are shown once. */
function onAction({ data }) {
  if (isRefreshing || data.board?.id !== view.board.id) return
  isRefreshing = true
  setTimeout(async () => {
    isRefreshing = false
    await readBoard()
    showLists(openCard)
    await refreshCard()
    renderAll()
  }, 100)
}
