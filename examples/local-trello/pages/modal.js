// Trello's modal: one window over the board, with the Power-Up's page in it.

import { byId, el, iconOf } from './dom.js'
import { closedWindow, openWindow } from './focus.js'
import { colorOf } from './named-colors.js'
import { view } from './view.js'

const box = byId('modal')
const header = byId('modal-header')
let current

byId('modal-close').addEventListener('click', () => closeModal())
byId('modal').addEventListener('click', ({ target }) => {
  if (target === box) closeModal()
})

/** @param {any} given - what `t.modal()` was given */
export function openModal(given, { open, frame, context }) {
  closeModal()
  box.hidden = false
  const pageFrame = open({
    kind: 'modal',
    url: given.url,
    args: given.args,
    parent: byId('modal-body'),
    context,
    title: given.title,
  })
  current = { given, pageFrame, opener: frame, context }
  pageFrame.element.style.height = given.fullscreen ? '' : `${given.height ?? 300}px`
  showHeader()
  openWindow(box, closeModal, true)
}

/** Changes the title, the colour, the actions or the size of the open modal. */
export function updateModal(changes) {
  if (current === undefined) throw new Error('There is no modal.')
  Object.assign(current.given, changes)
  showHeader()
}

export function closeModal() {
  if (current === undefined) return
  const { given, pageFrame, opener, context } = current
  current = undefined
  pageFrame.close()
  closedWindow(box)
  box.hidden = true
  if (given.callback !== undefined) opener.callback(given.callback.callbackId, context).catch(() => {})
}

function showHeader() {
  const { given, opener, context } = current
  byId('modal-title').textContent = given.title ?? ''
  box.classList.toggle('fullscreen', given.fullscreen === true)
  header.style.background = given.accentColor === undefined ? '' : colorOf(given.accentColor)
  header.classList.toggle('accented', given.accentColor !== undefined)
  showActions(byId('modal-actions'), given.actions, opener, context)
}

/** The pictures in the title of a modal or a board bar. */
export function showActions(parent, actions = [], opener, context) {
  const buttons = actions.map(({ icon, alt, callback, url }) =>
    url === undefined
      ? el(
          'button',
          {
            type: 'button',
            title: alt,
            'aria-label': alt,
            onclick: () => opener.callback(callback.callbackId, context),
          },
          iconOf(icon, view.theme) ?? alt,
        )
      : el(
          'a',
          { href: url, title: alt, 'aria-label': alt, target: '_blank', rel: 'noopener' },
          iconOf(icon, view.theme) ?? alt,
        ),
  )
  parent.replaceChildren(...buttons)
}
