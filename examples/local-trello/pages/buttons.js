// The buttons of a Power-Up on the board and on the card.

import { el, iconOf } from './dom.js'
import { askCapability, runCallback } from './power-up.js'
import { contextOf, view } from './view.js'

/** @param {'board-buttons' | 'card-buttons'} capability */
export async function showButtons(capability, parent) {
  const found = (await askCapability(capability)) ?? []
  const shown = found.filter(({ condition }) => isMet(condition))
  parent.replaceChildren(
    ...shown.map((button, index) => buttonOf(button, `${capability.replace(/s$/, '')}-${index}`)),
  )
}

function buttonOf({ text, icon, callback, url, target }, test) {
  const properties = { class: 'button', 'data-test': test }
  if (url !== undefined) {
    return el(
      'a',
      { ...properties, href: url, target: target ?? '_blank', rel: 'noopener' },
      iconOf(icon, view.theme),
      text,
    )
  }
  const button = el('button', { ...properties, type: 'button' }, iconOf(icon, view.theme), text)
  button.addEventListener('click', () => callback && runCallback(callback, { element: button }))
  return button
}

function isMet(condition = 'edit') {
  const isSignedIn = view.member !== undefined
  const mayWrite = contextOf().permissions.board === 'write'
  const conditions = {
    always: true,
    admin: mayWrite,
    edit: mayWrite,
    readonly: !mayWrite,
    signedIn: isSignedIn,
    signedOut: !isSignedIn,
  }
  return conditions[condition] ?? true
}
