// Focus and Escape: a window takes the focus, gives it back when it closes, and Escape closes the topmost.

const open = []

/**
 * Moves the focus into a window that opens.
 * @param {HTMLElement} element
 * @param {() => void} close - what Escape does
 * @param {boolean} isTrap - Tab stays inside
 */
export function openWindow(element, close, isTrap = false) {
  closedWindow(element)
  const before = document.activeElement
  open.push({ element, close, isTrap, before })
  firstIn(element)?.focus({ preventScroll: true })
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

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && closeTopmost()) event.preventDefault()
  if (event.key === 'Tab') keepInside(event)
})

function keepInside(event) {
  const top = open.at(-1)
  if (top === undefined || !top.isTrap) return
  const all = focusableIn(top.element)
  const edge = event.shiftKey ? all[0] : all.at(-1)
  if (document.activeElement !== edge && top.element.contains(document.activeElement)) return
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
