// The badges of a Power-Up, on the front and on the back of a card: some are asked again and again.

import { el, iconOf } from './dom.js'
import { askCapability, runCallback } from './power-up.js'
import { view } from './view.js'

/** Timers of the badges that are shown, by the element that holds them. */
const timers = new WeakMap()

/**
 * Asks a card's badges of the Power-Up and shows them in `parent`.
 * @param {'card-badges' | 'card-detail-badges'} capability
 */
export async function showBadges(capability, parent, card) {
  forgetBadges(parent)
  const found = (await askCapability(capability, {}, card)) ?? []
  if (!parent.isConnected) return
  parent.replaceChildren(...found.map((badge) => holderOf(badge, capability, parent, card)))
}

export function forgetBadges(parent) {
  for (const timer of timers.get(parent) ?? []) clearTimeout(timer)
  timers.set(parent, [])
}

function holderOf(badge, capability, parent, card) {
  const holder = el('span', { class: 'badge-holder' })
  const show = (shown) => {
    if (shown === undefined || (shown.text === undefined && shown.icon === undefined))
      holder.replaceChildren()
    else holder.replaceChildren(capability === 'card-badges' ? frontBadge(shown) : backBadge(shown, card))
  }
  if (badge?.dynamic === undefined) show(badge)
  else refresh()
  return holder

  async function refresh() {
    const shown = await runCallback(badge.dynamic, { card }).catch(() => undefined)
    show(shown)
    // Trello asks no sooner than after ten seconds.
    if (shown?.refresh > 0) timers.get(parent)?.push(setTimeout(refresh, Math.max(10, shown.refresh) * 1000))
  }
}

function frontBadge({ text, icon, color }) {
  return el('span', { class: 'badge', 'data-color': color }, iconOf(icon, view.theme), text)
}

function backBadge({ title, text, color, callback, url, target }, card) {
  const content =
    url !== undefined
      ? el(
          'a',
          { class: 'badge', 'data-color': color, href: url, target: target ?? '_blank', rel: 'noopener' },
          text,
        )
      : el(callback === undefined ? 'span' : 'button', { class: 'badge', 'data-color': color }, text)
  if (callback !== undefined)
    content.addEventListener('click', () => runCallback(callback, { element: content, card }))
  return el('div', { class: 'detail' }, el('div', { class: 'detail-name' }, title), content)
}
