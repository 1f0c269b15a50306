import { closePopup, showPopup } from './popup.js'
import { startPowerUp } from './power-up-frames.js'
import { control, showSwitches } from './switches-panel.js'

const response = await fetch('/board-data')
const data = await response.json()
const query = new URLSearchParams(location.search)
const board = data.boards.find(({ id }) => id === query.get('board')) ?? data.boards[0]
const workspace = data.workspaces.find(({ id }) => id === board.idOrganization)
const member = query.get('member') === 'notLoggedIn' ? undefined : chosenMember()
let openCard
let theme = query.get('theme') ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')

applyTheme()
showStage()
showBoard()

const powerUp = startPowerUp({
  connectorUrl: data.powerUp.connectorUrl,
  context,
  model: (name, ofCall) => models[name](ofCall),
  showAlert,
})
// For tests and for the curious: the page as the Power-Up sees it.
window.localTrello = { powerUp, context }

connectButtons()
showButtons('board-buttons', byId('board-buttons'), {})
const cardAtStart = data.cards.find(({ id }) => id === query.get('card'))
if (cardAtStart !== undefined) showCard(cardAtStart)

function context() {
  const permission = member === undefined ? 'read' : 'write'
  return {
    board: board.id,
    ...(openCard === undefined ? {} : { card: openCard.id, list: openCard.idList }),
    member: member?.id ?? 'notLoggedIn',
    ...(workspace === undefined ? {} : { organization: workspace.id }),
    permissions: {
      board: permission,
      ...(openCard === undefined ? {} : { card: permission }),
      ...(workspace === undefined ? {} : { organization: permission }),
    },
    version: 'build-local',
    locale: 'en-GB',
    theme,
    initialTheme: theme,
    plugin: data.powerUp.id,
  }
}

const models = {
  board: () => ({ id: board.id, name: board.name, shortLink: board.shortLink }),
  organization: () => workspace ?? {},
  member: () => member ?? {},
  card: (ofCall) => data.cards.find(({ id }) => id === ofCall.card) ?? {},
  list: (ofCall) => data.lists.find(({ id }) => id === ofCall.list) ?? {},
}

function showStage() {
  const people = [...data.members.map((each) => [each.id, each.fullName]), ['notLoggedIn', 'Nobody']]
  for (const [index, [id, name]] of people.entries()) {
    const button = document.createElement('button')
    button.id = id === 'notLoggedIn' ? 'member-none' : `member-${index + 1}`
    button.textContent = name
    button.setAttribute('aria-pressed', String(id === (member?.id ?? 'notLoggedIn')))
    button.addEventListener('click', () => goTo({ member: id }))
    byId('members').append(button)
  }
  for (const { id, name, idOrganization } of data.boards) {
    const owner = data.workspaces.find((each) => each.id === idOrganization)?.displayName ?? 'no workspace'
    byId('boards').append(new Option(`${name} (${owner})`, id, false, id === board.id))
  }
  byId('boards').addEventListener('change', () => goTo({ board: byId('boards').value }))
  byId('theme').value = theme
  byId('theme').addEventListener('change', () => {
    theme = byId('theme').value
    applyTheme()
    powerUp.renderAll()
  })
}

function showBoard() {
  document.title = `${board.name} | Local Trello`
  byId('board-name').textContent = board.name
  byId('workspace-name').textContent = workspace?.displayName ?? 'No workspace'
  byId('avatar').textContent = member?.initials ?? '–'
  byId('avatar').title = member?.fullName ?? 'Not logged in'
  for (const list of data.lists.filter(({ idBoard }) => idBoard === board.id)) {
    const column = document.createElement('section')
    column.className = 'list'
    const heading = document.createElement('h2')
    heading.textContent = list.name
    const cards = data.cards.filter(({ idList }) => idList === list.id).map(cardButton)
    column.append(heading, ...cards)
    byId('lists').append(column)
  }
}

function cardButton(card) {
  const button = document.createElement('button')
  button.className = 'card'
  button.dataset.card = card.id
  button.textContent = card.name
  button.addEventListener('click', () => showCard(card))
  return button
}

function connectButtons() {
  byId('close-card').addEventListener('click', closeCard)
  byId('card').addEventListener('click', (event) => {
    if (event.target === byId('card')) closeCard()
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
  byId('show-switches').addEventListener('click', async () => {
    const panel = byId('switches-panel')
    panel.hidden = !panel.hidden
    byId('show-switches').setAttribute('aria-expanded', String(!panel.hidden))
    if (!panel.hidden) await showSwitches(panel)
  })
}

async function showCard(card) {
  openCard = card
  byId('card-name').textContent = card.name
  byId('card-list').textContent = data.lists.find(({ id }) => id === card.idList)?.name ?? ''
  byId('card').hidden = false
  showButtons('card-buttons', byId('card-buttons'), {})
  const section = await powerUp.ask('card-back-section', {})
  const isWanted = section?.content?.type === 'iframe' && openCard === card
  byId('card-back-section').hidden = !isWanted
  if (!isWanted) return
  byId('section-title').textContent = section.title
  byId('section-icon').hidden = section.icon === undefined
  if (section.icon !== undefined) byId('section-icon').src = section.icon
  powerUp.openSection(section.content, byId('section-frame'))
}

function closeCard() {
  closePopup()
  byId('card').hidden = true
  powerUp.closeSection()
  byId('card-back-section').hidden = true
  byId('card-buttons').replaceChildren()
  openCard = undefined
}

async function showButtons(capability, parent, options) {
  const found = (await powerUp.ask(capability, options)) ?? []
  const buttons = found.map(({ text, callback }, index) => {
    const button = document.createElement('button')
    button.className = 'button'
    button.dataset.test = `${capability.replace(/s$/, '')}-${index}`
    button.textContent = text
    button.addEventListener('click', () => powerUp.run(callback, button))
    return button
  })
  parent.replaceChildren(...buttons)
}

/** What Trello offers on its Power-Ups page and in a Power-Up's menu. */
async function showPowerUpMenu() {
  const anchor = byId('power-ups')
  powerUp.setAnchor(anchor)
  const body = showPopup(data.powerUp.name, anchor.getBoundingClientRect(), () => {})
  const status = document.createElement('p')
  status.id = 'power-up-status'
  status.textContent = 'Asking the Power-Up…'
  body.replaceChildren(
    status,
    menuItem('authorize-power-up', 'Authorize account', () => powerUp.ask('show-authorization', {})),
    menuItem('settings-power-up', 'Edit settings', () => powerUp.ask('show-settings', {})),
    menuItem('remove-power-up', 'Remove personal data', async () => {
      await powerUp.ask('remove-data', {})
      closePopup()
      showAlert({ message: `${data.powerUp.name} was told to forget you.` })
    }),
  )
  const answer = await powerUp.ask('authorization-status', {}).catch(() => undefined)
  status.textContent = statusWords(answer)
  body.querySelector('#authorize-power-up')?.toggleAttribute('hidden', answer?.authorized !== false)
}

function statusWords(answer) {
  if (answer === undefined) return 'This Power-Up does not say whether it is authorized.'
  return answer.authorized ? 'Account authorized' : 'Account not authorized yet'
}

function menuItem(id, text, onClick) {
  const button = document.createElement('button')
  button.id = id
  button.className = 'menu-item'
  button.textContent = text
  button.addEventListener('click', onClick)
  return button
}

let alertTimer
function showAlert({ message, duration = 5 }) {
  const box = byId('alert')
  box.textContent = message
  box.hidden = false
  clearTimeout(alertTimer)
  alertTimer = setTimeout(() => {
    box.hidden = true
  }, duration * 1000)
}

function chosenMember() {
  return data.members.find(({ id }) => id === query.get('member')) ?? data.members[0]
}

function goTo(changes) {
  const target = new URL(location.href)
  target.search = ''
  const view = { board: board.id, member: member?.id ?? 'notLoggedIn', theme, ...changes }
  for (const [name, value] of Object.entries(view)) target.searchParams.set(name, value)
  location.assign(target)
}

function applyTheme() {
  document.documentElement.dataset.colorMode = theme
}

function byId(id) {
  return document.getElementById(id)
}
