// Trello's board bar: a strip at the bottom of the board, with the Power-Up's page in it.

import { byId } from './dom.js'
import { showActions } from './modal.js'

const bar = byId('board-bar')
let current

byId('board-bar-close').addEventListener('click', () => closeBoardBar())
byId('board-bar-header').addEventListener('pointerdown', (event) => {
  if (current?.given.resizable && event.target === event.currentTarget) resizeWith(event)
})

/** @param {any} given - what `t.boardBar()` was given */
export function openBoardBar(given, { open, frame, context }) {
  closeBoardBar()
  bar.hidden = false
  byId('board-bar-title').textContent = given.title ?? ''
  byId('board-bar-header').classList.toggle('resizable', given.resizable === true)
  showActions(byId('board-bar-actions'), given.actions, frame, context)
  const { url, args, title } = given
  const pageFrame = open({ kind: 'board-bar', url, args, parent: byId('board-bar-body'), context, title })
  pageFrame.element.style.height = `${given.height ?? 200}px`
  current = { given, pageFrame, opener: frame, context }
}

export function closeBoardBar() {
  if (current === undefined) return
  const { given, pageFrame, opener, context } = current
  current = undefined
  pageFrame.close()
  bar.hidden = true
  if (given.callback !== undefined) opener.callback(given.callback.callbackId, context).catch(() => {})
}

function resizeWith({ clientY, pointerId, currentTarget }) {
  const { element } = current.pageFrame
  const start = element.offsetHeight
  const onMove = (event) => {
    element.style.height = `${Math.max(60, start + clientY - event.clientY)}px`
  }
  currentTarget.setPointerCapture(pointerId)
  currentTarget.addEventListener('pointermove', onMove)
  currentTarget.addEventListener(
    'pointerup',
    () => currentTarget.removeEventListener('pointermove', onMove),
    { once: true },
  )
}
