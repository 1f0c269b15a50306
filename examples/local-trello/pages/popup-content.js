// What a popup may hold besides a page: a list, a list with a search field, a question, a date.

import { el } from './dom.js'

/** `items` is a list, or a function that is asked for one with what was typed. */
export function fillItems(body, { items, search }, run) {
  const list = el('div', { class: 'items' })
  if (search === undefined && Array.isArray(items)) {
    list.append(...items.map((item) => itemButton(item, run)))
    body.append(list)
    return
  }
  const {
    count = 10,
    placeholder = 'Search',
    empty = 'No results',
    searching = 'Searching…',
    debounce = 300,
  } = search ?? {}
  let timer
  let asked = 0
  const find = async (text) => {
    const mine = ++asked
    if (!Array.isArray(items)) list.replaceChildren(el('p', { class: 'hint' }, searching))
    const found = Array.isArray(items)
      ? items.filter((item) => fits(item, text))
      : await run(items, { search: text })
    if (mine !== asked) return
    const shown = (found ?? []).slice(0, count).map((item) => itemButton(item, run))
    list.replaceChildren(...(shown.length > 0 ? shown : [el('p', { class: 'hint' }, empty)]))
  }
  const input = el('input', {
    type: 'search',
    placeholder,
    'aria-label': placeholder,
    oninput() {
      clearTimeout(timer)
      timer = setTimeout(find, Array.isArray(items) ? 0 : debounce, input.value)
    },
  })
  body.append(input, list)
  find('')
}

function itemButton({ text, callback, url, target }, run) {
  if (callback === undefined && url !== undefined) {
    return el('a', { class: 'menu-item', href: url, target: target ?? '_blank', rel: 'noopener' }, text)
  }
  return el(
    'button',
    {
      type: 'button',
      class: 'menu-item',
      disabled: callback === undefined,
      onclick: () => callback && run(callback),
    },
    text,
  )
}

export function fillConfirm(body, given, run, close) {
  const { message, confirmText, confirmStyle = 'primary', cancelText, onConfirm, onCancel } = given
  const answer = (callback) => {
    if (callback === undefined) close()
    else run(callback)
  }
  body.append(
    el('p', { class: 'message' }, message),
    el(
      'button',
      { type: 'button', class: `wide ${confirmStyle}`, onclick: () => answer(onConfirm) },
      confirmText,
    ),
  )
  if (cancelText !== undefined) {
    body.append(el('button', { type: 'button', class: 'wide', onclick: () => answer(onCancel) }, cancelText))
  }
}

export function fillDate(body, { type, date, minDate, maxDate, callback }, run) {
  const isDay = type === 'date'
  const local = (value) => value && (isDay ? value.slice(0, 10) : new Date(value).toISOString().slice(0, 16))
  const input = el('input', { type: isDay ? 'date' : 'datetime-local', 'aria-label': 'Date' })
  for (const [name, value] of Object.entries({ value: date, min: minDate, max: maxDate })) {
    if (value !== undefined) input[name] = local(value)
  }
  const save = () => {
    if (input.value !== '') run(callback, { date: new Date(input.value).toISOString() })
  }
  body.append(input, el('button', { type: 'button', class: 'wide primary', onclick: save }, 'Save'))
}

function fits({ text, keywords = [], alwaysVisible }, typed) {
  return alwaysVisible || `${text} ${keywords.join(' ')}`.toLowerCase().includes(typed.toLowerCase())
}
