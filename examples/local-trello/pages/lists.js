// The lists of the board with their cards, their menus, and the field for one more card.

import { showAlert } from './alert.js'
import { forgetBadges, showBadges } from './badges.js'
import { byId, el } from './dom.js'
import { closePopup, focusPopup, showPopup } from './popup.js'
import { askCapability, runCallback, setAnchor } from './power-up.js'
import { edit } from './server.js'
import { view } from './view.js'

/** Shows all lists anew. @param {(card: object) => void} openCard */
export function showLists(openCard) {
  const parent = byId('lists')
  for (const badges of parent.querySelectorAll('.power-up-badges')) forgetBadges(badges)
  const scrolled = parent.scrollLeft
  parent.replaceChildren(...view.data.lists.map((list) => listElement(list, openCard)))
  parent.scrollLeft = scrolled
}

function listElement(list, openCard) {
  const cards = view.data.cards.filter(({ idList }) => idList === list.id)
  const menu = el(
    'button',
    { type: 'button', class: 'menu', 'aria-label': `Menu of the list ${list.name}` },
    '⋯',
  )
  menu.addEventListener('click', () => showListMenu(list, cards, menu))
  return el(
    'section',
    { class: 'list', 'data-list': list.id, 'aria-label': list.name },
    el('header', {}, el('h2', {}, list.name), menu),
    ...cards.map((card) => cardButton(card, openCard)),
    addCardForm(list),
  )
}

function cardButton(card, openCard) {
  const labels = view.data.labels.filter(({ id }) => card.idLabels.includes(id))
  const badges = el('span', { class: 'power-up-badges' })
  const button = el(
    'button',
    { type: 'button', class: 'card', 'data-card': card.id, onclick: () => openCard(card) },
    el(
      'span',
      { class: 'labels' },
      ...labels.map((label) => el('span', { class: 'label', 'data-color': label.color, title: label.name })),
    ),
    el('span', { class: 'name' }, card.name),
    el('span', { class: 'badges' }, ...ownBadges(card), badges, ...initialsOf(card)),
  )
  // The badges are asked for once the card is on the page.
  queueMicrotask(() => showBadges('card-badges', badges, card))
  return button
}

function ownBadges({ due, dueComplete, desc, badges }) {
  const shown = []
  const badge = (text, title, properties = {}) =>
    shown.push(el('span', { class: 'badge', title, ...properties }, text))
  if (due !== null)
    badge(`◷ ${shortDate(due)}`, 'Due', {
      'data-color': dueComplete ? 'green' : Date.parse(due) < Date.now() ? 'red' : undefined,
    })
  if (desc !== '') badge('≡', 'It has a description')
  if (badges.comments > 0) badge(badges.comments, 'Comments', { 'data-mark': 'comments' })
  if (badges.attachments > 0) badge(badges.attachments, 'Attachments', { 'data-mark': 'attachments' })
  if (badges.checkItems > 0)
    badge(`☑ ${badges.checkItemsChecked}/${badges.checkItems}`, 'Items of checklists')
  return shown
}

function initialsOf({ idMembers }) {
  const members = view.data.members.filter(({ id }) => idMembers.includes(id))
  return members.map(({ initials, fullName }) => el('span', { class: 'initials', title: fullName }, initials))
}

function addCardForm(list) {
  const input = el('input', {
    placeholder: 'Add a card, or paste a link',
    'aria-label': `Add a card to ${list.name}`,
  })
  return el('form', { class: 'add-card', onsubmit: (event) => addCard(event, list, input) }, input)
}

/** A Power-Up may make a card of a link. */
async function addCard(event, list, input) {
  event.preventDefault()
  const text = input.value.trim()
  if (text === '') return
  input.value = ''
  const isLink = /^https?:\/\/\S+$/.test(text)
  const made = isLink ? await askCapability('card-from-url', { url: text }) : undefined
  const parameters = {
    idList: list.id,
    name: made?.name ?? text,
    desc: made?.desc ?? '',
    ...(isLink && { urlSource: text }),
  }
  await edit(view.member, 'POST', '/cards', parameters)
}

async function showListMenu(list, cards, menu) {
  setAnchor(menu)
  const place = menu.getBoundingClientRect()
  const body = showPopup(list.name, place)
  body.append(el('p', { class: 'hint' }, 'Asking the Power-Up…'))
  const [actions = [], sorters = []] = await Promise.all([
    askCapability('list-actions', { list: list.id }, { idList: list.id }),
    askCapability('list-sorters', { list: list.id }, { idList: list.id }),
  ])
  const item = (text, onclick) => el('button', { type: 'button', class: 'menu-item', onclick }, text)
  const entries = [
    ...actions.map(({ text, callback }) =>
      item(text, () => runCallback(callback, { card: { idList: list.id } })),
    ),
    ...sorters.map(({ text, callback }) => item(`Sort by ${text}`, () => sort(list, cards, callback))),
  ]
  body.replaceChildren(
    ...(entries.length > 0 ? entries : [el('p', { class: 'hint' }, 'The Power-Up has nothing for lists.')]),
  )
  focusPopup()
}

async function sort(list, cards, callback) {
  closePopup()
  const { sortedIds = [] } =
    (await runCallback(callback, { card: { idList: list.id }, options: { cards } })) ?? {}
  for (const [index, id] of sortedIds.entries()) {
    const parameters = { pos: (index + 1) * 1024 }
    await edit(view.member, 'PUT', `/cards/${id}`, parameters)
  }
  showAlert({ message: `${list.name} is sorted.` })
}

function shortDate(time) {
  return new Date(time).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
}
