// What Trello offers on its Power-Ups page and in a Power-Up's menu.

import { showAlert } from './alert.js'
import { byId, el } from './dom.js'
import { closePopup, focusPopup, showPopup } from './popup.js'
import { askCapability, capabilities, setAnchor } from './power-up.js'
import { view } from './view.js'

export async function showPowerUpMenu() {
  const anchor = byId('power-ups')
  setAnchor(anchor)
  const { name } = view.data.powerUp
  const body = showPopup(name, anchor.getBoundingClientRect())
  const status = el('p', { id: 'power-up-status', class: 'hint' }, 'Asking the Power-Up…')
  const tell = (capability, words) => async () => {
    await askCapability(capability)
    closePopup()
    showAlert({ message: words })
  }
  const authorize = item('authorize-power-up', 'Authorize account', () => askCapability('show-authorization'))
  const items = [
    [authorize, 'show-authorization'],
    [item('settings-power-up', 'Edit settings', () => askCapability('show-settings')), 'show-settings'],
    [
      item('remove-power-up', 'Remove personal data', tell('remove-data', `${name} was told to forget you.`)),
      'remove-data',
    ],
    [
      item('enable-power-up', 'Add it once more', tell('on-enable', `${name} was told that it is new here.`)),
      'on-enable',
    ],
    [
      item('disable-power-up', 'Take it off the board', tell('on-disable', `${name} was told to go.`)),
      'on-disable',
    ],
  ]
  body.replaceChildren(status)
  const names = await capabilities().catch(() => [])
  body.append(...items.filter(([, capability]) => names.includes(capability)).map(([button]) => button))
  const answer =
    names.length === 0 ? undefined : await askCapability('authorization-status').catch(() => undefined)
  status.textContent =
    names.length === 0 ? 'Its connector page did not start: see the log.' : statusWords(answer)
  authorize.hidden = answer?.authorized !== false
  focusPopup()
}

function statusWords(answer) {
  if (answer === undefined) return 'This Power-Up does not say whether it is authorized.'
  return answer.authorized ? 'Account authorized' : 'Account not authorized yet'
}

function item(id, text, onclick) {
  return el('button', { type: 'button', id, class: 'menu-item', onclick }, text)
}
