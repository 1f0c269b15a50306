// The dock beside the board: the log, and what may go wrong.

import { byId } from './dom.js'
import { showFaults } from './faults.js'
import { startLog } from './log.js'

const dock = byId('dock')
const tabs = { log: byId('show-log'), faults: byId('show-switches') }
const panels = { log: byId('log-panel'), faults: byId('switches-panel') }

/** @param {(action: object) => void} onChange - hears of each change of the data */
export function startDock(onChange) {
  startLog(byId('log-lines'), onChange)
  for (const [name, tab] of Object.entries(tabs)) tab.addEventListener('click', () => toggle(name))
  byId('close-dock').addEventListener('click', close)
  dock.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    // What lies over the board stays.
    event.stopPropagation()
    close()
  })
  if (window.innerWidth >= 1100 && sessionStorage.getItem('dock') !== 'closed') show('log')
}

/** The focus goes back to the button that opens it. */
function close() {
  const [tab] = Object.values(tabs).filter((each) => each.getAttribute('aria-expanded') === 'true')
  show(undefined)
  tab?.focus()
}

function toggle(name) {
  show(panels[name].hidden || dock.hidden ? name : undefined)
}

function show(name) {
  dock.hidden = name === undefined
  sessionStorage.setItem('dock', name ?? 'closed')
  for (const [each, panel] of Object.entries(panels)) {
    panel.hidden = each !== name
    tabs[each].setAttribute('aria-expanded', String(each === name))
  }
  byId('dock-title').textContent = { log: 'Log', faults: 'What may go wrong' }[name] ?? ''
  if (name === 'faults') showFaults(panels.faults)
}
