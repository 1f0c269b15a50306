// The switches of the server as a form, in groups; each change is sent at once.

import { el } from './dom.js'
import { getJson, post } from './server.js'

/** Sends a command to the server's control and gives its state back. */
export function control(command) {
  return post('/control', command)
}

/**
 * @param {Element} panel
 * @param {(state: { switches: object, log: { tokenRequests: any[] } }) => void} [onState]
 */
export async function showFaults(panel, onState = () => {}) {
  show(await getJson('/control/state'))

  function show(state) {
    const changed = state.groups
      .flatMap(({ switches }) => switches)
      .filter(({ name }) => isChanged(state, name))
    const opened = new Set([...panel.querySelectorAll('details[open]')].map(({ dataset }) => dataset.group))
    panel.replaceChildren(
      el(
        'p',
        { class: 'hint' },
        changed.length === 0 ? 'Everything is as usual.' : `${changed.length} switches are turned.`,
      ),
      el(
        'button',
        { type: 'button', class: 'wide', onclick: () => change({ reset: true }) },
        'Everything as usual',
      ),
      el('div', { class: 'presets' }, ...state.presets.map(presetButton)),
      ...state.groups.map((group) => groupOf(group, state, opened)),
    )
    onState(state)
  }

  function presetButton({ title, words, switches, does }) {
    const command = { switches, ...(does && { [does]: true }) }
    return el(
      'button',
      { type: 'button', class: 'preset', onclick: () => change(command) },
      el('strong', {}, title),
      el('small', {}, words),
    )
  }

  function groupOf({ title, switches }, state, opened) {
    const count = switches.filter(({ name }) => isChanged(state, name)).length
    return el(
      'details',
      { 'data-group': title, open: opened.has(title) },
      el('summary', {}, count === 0 ? title : `${title} (${count} turned)`),
      ...switches.map(({ name, label }) => field(name, label, state)),
    )
  }

  function field(name, label, state) {
    const position = state.switches[name]
    const positions = state.choices[name]
    const input = el(positions === undefined ? 'input' : 'select', {
      id: `switch-${name}`,
      class: isChanged(state, name) ? 'changed' : undefined,
      onchange() {
        const value = typeof position === 'number' ? Number(input.value) : input.value
        change({ switches: { [name]: value } })
      },
    })
    for (const each of positions ?? []) input.append(new Option(each, each))
    if (typeof position === 'number') input.type = 'number'
    input.value = String(position)
    return el('label', { title: name }, label, input)
  }

  async function change(command) {
    show(await control(command))
  }
}

function isChanged({ switches, usual }, name) {
  return switches[name] !== usual[name]
}
