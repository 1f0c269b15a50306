// The log on the board, in words, as things happen.

import { el } from './dom.js'

const most = 300

/**
 * @param {Element} list
 * @param {(action: object) => void} onChange - hears of each change of the data
 */
export function startLog(list, onChange) {
  const events = new EventSource('/events')
  let last = 0
  events.addEventListener('line', ({ data }) => {
    const line = JSON.parse(data)
    // After a lost connection the server says the last lines again.
    if (line.number <= last) return
    last = line.number
    addLine(list, line)
  })
  events.addEventListener('action', ({ data }) => onChange(JSON.parse(data)))
  return events
}

function addLine(list, { at, area, words, isBad }) {
  const isAtEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 40
  const time = new Date(at).toLocaleTimeString('en-GB')
  list.append(
    el(
      'li',
      { class: isBad ? 'bad' : undefined, 'data-area': area },
      el('time', {}, time),
      el('b', {}, names[area]),
      el('span', {}, words),
    ),
  )
  if (list.children.length > most) list.firstElementChild.remove()
  if (isAtEnd) list.scrollTop = list.scrollHeight
}

const names = {
  'sign-in': 'sign-in',
  tokens: 'tokens',
  api: 'API',
  board: 'board',
  webhook: 'webhook',
  policy: 'policy',
  missing: 'not here',
  switch: 'switch',
}
