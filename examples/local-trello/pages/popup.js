// Trello's popup: a small box beside what was pressed, gone as soon as one clicks elsewhere.

const box = document.querySelector('#popup')
const title = document.querySelector('#popup-title')
const body = document.querySelector('#popup-body')
const width = 304
let whenClosed = () => {}

document.querySelector('#popup-close').addEventListener('click', closePopup)
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') closePopup()
})
document.addEventListener('pointerdown', (event) => {
  if (!box.contains(event.target)) closePopup()
})

/**
 * Shows an empty popup and gives its body to fill. A popup that is open goes first.
 * @param {string} heading
 * @param {{ left: number, bottom: number }} anchor
 * @param {() => void} onClose
 */
export function showPopup(heading, anchor, onClose) {
  closePopup()
  whenClosed = onClose
  title.textContent = heading
  box.hidden = false
  box.style.left = `${Math.max(8, Math.min(anchor.left, window.innerWidth - width - 8))}px`
  box.style.top = `${Math.max(8, Math.min(anchor.bottom + 6, window.innerHeight - 360))}px`
  return body
}

export function closePopup() {
  if (box.hidden) return
  box.hidden = true
  const closed = whenClosed
  whenClosed = () => {}
  closed()
  body.replaceChildren()
}
