// Trello's popup: a small box beside what was pressed, gone as soon as one clicks elsewhere. Popups lie on each other, and
// `t.back()` goes to the one below.

import { byId, el } from './dom.js'
import { closedWindow, focusContent, isOfStandIn, openWindow } from './focus.js'
import { emptyOf } from './frames.js'
import { fillConfirm, fillDate, fillItems } from './popup-content.js'

const box = byId('popup')
const title = byId('popup-title')
const body = byId('popup-body')
const back = byId('popup-back')
const width = 304
const stack = []

byId('popup-close').addEventListener('click', () => closePopup())
back.addEventListener('click', () => goBack())
document.addEventListener('pointerdown', (event) => {
  if (!box.hidden && !box.contains(event.target) && !isOfStandIn(event.target)) closePopup()
})

/**
 * Shows what `t.popup()` was given: a page, a list, a question or a date.
 * @param {any} given
 * @param {{ open: Function, frame: any, context: object, place: { left: number, bottom: number } }} from
 */
export function openPopup(given, from) {
  const below = stack.at(-1)
  const isOnTop = below !== undefined && !below.isOwn && ['popup', 'connector'].includes(from.frame.kind)
  if (!isOnTop) closePopup()
  const popup = { given, from, place: isOnTop ? below.place : from.place }
  stack.push(popup)
  show(popup)
}

/** Shows a popup of the board itself, empty, and gives its body to fill. */
export function showPopup(heading, place) {
  closePopup()
  stack.push({ given: { title: heading }, from: {}, place, isOwn: true })
  show(stack[0])
  return body
}

/** Moves the focus to the first item of a popup that is filled by now. */
export function focusPopup() {
  focusContent(box)
}

/** The popup below this one; none is below the first. */
export function goBack() {
  stack.pop()?.pageFrame?.close()
  const below = stack.pop()
  if (below === undefined) closePopup()
  else {
    stack.push(below)
    show(below)
  }
}

export function closePopup() {
  for (const { pageFrame } of stack) pageFrame?.close()
  stack.length = 0
  if (box.hidden) return
  closedWindow(box)
  box.hidden = true
  emptyOf(body)
}

function show(popup) {
  const { given, from } = popup
  for (const each of stack) each.pageFrame?.close()
  title.textContent = given.title ?? ''
  back.hidden = stack.length < 2
  emptyOf(body)
  box.hidden = false
  fill(popup, given, from)
  putAt(popup.place, given.width)
  openWindow(box, closePopup)
}

function fill(popup, given, from) {
  const run = (callback, options) =>
    from.frame.callback(callback.callbackId, from.context, { locale: from.context.locale, ...options })
  if (given.items !== undefined) fillItems(body, given, run)
  else if (given.type === 'confirm') fillConfirm(body, given, run, closePopup)
  else if (given.type === 'date' || given.type === 'datetime') fillDate(body, given, run)
  else if (given.url !== undefined) {
    const { url, args, height = 140 } = given
    popup.pageFrame = from.open({
      kind: 'popup',
      url,
      args,
      parent: body,
      context: from.context,
      title: given.title,
    })
    popup.pageFrame.element.style.height = `${height}px`
  } else if (from.frame !== undefined) body.append(el('p', {}, 'This popup has neither a url nor items.'))
}

function putAt(place, wanted = width) {
  const wide = Math.min(wanted, window.innerWidth - 16)
  box.style.width = `${wide}px`
  box.style.left = `${Math.max(8, Math.min(place.left, window.innerWidth - wide - 8))}px`
  const high = Math.min(box.offsetHeight, window.innerHeight - 16)
  box.style.top = `${Math.max(8, Math.min(place.bottom + 6, window.innerHeight - high - 8))}px`
}
