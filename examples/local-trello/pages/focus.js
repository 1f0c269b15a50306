// Focus and Escape: a window takes the focus, gives it back when it closes, and Escape closes the topmost.

const open = []

/**
 * Moves the focus into a window that opens.
 * @param {HTMLElement} element
 * @param {() => void} close - what Escape does
 * @param {boolean} isTrap - Tab stays inside; the window itself takes the focus
 */
export function openWindow(element, close, isTrap = false) {
  closedWindow(element)
  const before = document.activeElement
  open.push({ element, close, isTrap, before })
  const first = isTrap ? element : firstIn(element)
  first?.focus({ preventScroll: true })
}

/** Moves the focus to the first thing of a window whose content came late; not where somebody has gone on already. */
export function focusContent(element) {
  const { activeElement } = document
  const isWaiting = activeElement === document.body || activeElement?.classList.contains('close')
  if (isWaiting) firstIn(element)?.focus({ preventScroll: true })
}

/** Gives the focus back to what had it. */
export function closedWindow(element) {
  const index = open.findIndex((each) => each.element === element)
  if (index < 0) return
  const [{ before }] = open.splice(index, 1)
  const hadFocus = element.contains(document.activeElement) || document.activeElement === document.body
  if (hadFocus && before?.isConnected) before.focus({ preventScroll: true })
}

/** Closes the topmost window; false where there is none. */
export function closeTopmost() {
  const top = open.at(-1)
  top?.close()
  return top !== undefined
}

/** The stand-in's own parts, beside what Trello has: what is pressed there is meant for them. */
export function isOfStandIn(target) {
  return target instanceof Element && target.closest('#stage, #dock') !== null
}

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && closeTopmost()) event.preventDefault()
  if (event.key === 'Tab') keepInside(event)
})

function keepInside(event) {
  const top = open.at(-1)
  const { activeElement } = document
  if (top === undefined || !top.isTrap || isOfStandIn(activeElement)) return
  const all = focusableIn(top.element)
  const edges = event.shiftKey ? [all[0], top.element] : [all.at(-1)]
  if (!edges.includes(activeElement) && top.element.contains(activeElement)) return
  event.preventDefault()
  const next = event.shiftKey ? all.at(-1) : all[0]
  next?.focus()
}

function firstIn(element) {
  return focusableIn(element).find((each) => !each.classList.contains('close')) ?? focusableIn(element)[0]
}

function focusableIn(element) {
  const selector = 'button:not(:disabled), [href], input, select, textarea, iframe, [tabindex="0"]'
  return [...element.querySelectorAll(selector)].filter((each) => each.getClientRects().length > 0)
}
