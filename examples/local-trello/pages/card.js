// The window of a card: what Trello has on it, and what the Power-Up adds.

import { forgetBadges, showBadges } from './badges.js'
import { showButtons } from './buttons.js'
import { showAttachments } from './card-attachments.js'
import { byId, el } from './dom.js'
import { closedWindow, openWindow } from './focus.js'
import { emptyOf } from './frames.js'
import { closePopup } from './popup.js'
import { askCapability, open, runCallback } from './power-up.js'
import { edit, getJson } from './server.js'
import { contextOf, view } from './view.js'

const box = byId('card')
let sectionFrame

byId('close-card').addEventListener('click', closeCard)
box.addEventListener('click', ({ target }) => {
  if (target === box) closeCard()
})
byId('card-comment-form').addEventListener('submit', addComment)

export async function openCard(card) {
  closeCard()
  view.openCard = card
  box.hidden = false
  openWindow(box, closeCard, true)
  await Promise.all([refreshCard(), showSection(card), showButtons('card-buttons', byId('card-buttons'))])
}

export function closeCard() {
  if (view.openCard === undefined) return
  closePopup()
  closeSection()
  forgetBadges(byId('card-detail-badges'))
  closedWindow(box)
  box.hidden = true
  byId('card-buttons').replaceChildren()
  byId('card-detail-badges').replaceChildren()
  view.openCard = undefined
}

/** Shows what the open card holds, again. */
export async function refreshCard() {
  const card = view.openCard
  if (card === undefined) return
  byId('card-name').textContent = card.name
  byId('card-list').textContent = view.data.lists.find(({ id }) => id === card.idList)?.name ?? ''
  byId('card-desc').replaceChildren(...(card.desc === '' ? ['No description yet.'] : await linked(card.desc)))
  const content = await getJson(`/card-data?card=${card.id}`)
  if (view.openCard !== card) return
  byId('card-own').replaceChildren(...ownDetails(card, content))
  byId('card-checklists').replaceChildren(...content.checklists.map(checklistOf))
  byId('card-comments').replaceChildren(...content.comments.map(commentOf))
  await Promise.all([
    showBadges('card-detail-badges', byId('card-detail-badges'), card),
    showAttachments(byId('card-attachments'), content.attachments, card),
  ])
}

async function showSection(card) {
  const section = await askCapability('card-back-section')
  const isWanted = section?.content?.type === 'iframe' && view.openCard === card
  byId('card-back-section').hidden = !isWanted
  if (!isWanted) return
  byId('section-title').textContent = section.title
  byId('section-icon').hidden = section.icon === undefined
  if (section.icon !== undefined) byId('section-icon').src = section.icon
  const action = byId('section-action')
  action.hidden = section.action === undefined
  action.textContent = section.action?.text ?? ''
  action.onclick = () => section.action?.callback && runCallback(section.action.callback, { element: action })
  const { url, args, height } = section.content
  sectionFrame = open({
    kind: 'section',
    url,
    args,
    parent: byId('section-frame'),
    context: contextOf(),
    title: section.title,
  })
  sectionFrame.element.style.height = `${height ?? 150}px`
}

function closeSection() {
  sectionFrame?.close()
  sectionFrame = undefined
  byId('card-back-section').hidden = true
  emptyOf(byId('section-frame'))
}

function ownDetails(card, { members, customFields }) {
  const detail = (title, ...content) =>
    el('div', { class: 'detail' }, el('div', { class: 'detail-name' }, title), ...content)
  const labels = view.data.labels.filter(({ id }) => card.idLabels.includes(id))
  const shown = []
  if (members.length > 0) {
    shown.push(
      detail(
        'Members',
        ...members.map(({ initials, fullName }) =>
          el('span', { class: 'initials', title: fullName }, initials),
        ),
      ),
    )
  }
  if (labels.length > 0) {
    shown.push(
      detail(
        'Labels',
        ...labels.map(({ name, color }) => el('span', { class: 'label named', 'data-color': color }, name)),
      ),
    )
  }
  if (card.due !== null) {
    shown.push(
      detail(
        'Due',
        el(
          'span',
          { class: 'badge' },
          new Date(card.due).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' }),
        ),
      ),
    )
  }
  for (const { name, value } of customFields) shown.push(detail(name, el('span', { class: 'badge' }, value)))
  return shown
}

function checklistOf({ name, checkItems }) {
  const items = checkItems.map((item) => el('li', { class: item.state }, item.name))
  return el('section', {}, el('h3', {}, name), el('ul', { class: 'checklist' }, ...items))
}

function commentOf({ data, date, memberCreator }) {
  return el(
    'li',
    {},
    el('span', { class: 'initials' }, memberCreator?.initials ?? '–'),
    el(
      'div',
      {},
      el(
        'small',
        {},
        `${memberCreator?.fullName ?? 'Somebody'}, ${new Date(date).toLocaleDateString('en-GB')}`,
      ),
      el('p', {}, data.text),
    ),
  )
}

async function addComment(event) {
  event.preventDefault()
  const input = byId('card-comment')
  const { openCard: card } = view
  if (input.value.trim() === '' || card === undefined) return
  const parameters = { text: input.value.trim() }
  input.value = ''
  await edit(view.member, 'POST', `/cards/${card.id}/actions/comments`, parameters)
}

/** The links of a text; a Power-Up may say what they are called. */
async function linked(text) {
  const parts = text.split(/(https?:\/\/[^\s)]+)/)
  return Promise.all(
    parts.map(async (part) => {
      if (!/^https?:\/\//.test(part)) return part
      const formatted = await askCapability('format-url', { url: part })
      const { icon, text: words = part } = formatted ?? {}
      const picture = icon === undefined ? undefined : el('img', { src: icon, alt: '', class: 'icon' })
      return el('a', { href: part, target: '_blank', rel: 'noopener' }, picture, words)
    }),
  )
}
