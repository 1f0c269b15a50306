// The attachments of a card: some the Power-Up shows in sections of its own, some it only gives a better name.

import { el } from './dom.js'
import { emptyOf } from './frames.js'
import { askCapability, open, runCallback } from './power-up.js'
import { contextOf, view } from './view.js'

const frames = new Set()

export async function showAttachments(parent, attachments, card) {
  for (const frame of frames) frame.close()
  frames.clear()
  if (attachments.length === 0) {
    emptyOf(parent)
    parent.hidden = true
    return
  }
  const sections = (await askCapability('attachment-sections', { entries: attachments })) ?? []
  if (view.openCard !== card) return
  const claimed = new Set(sections.flatMap((section) => section.claimed.map(({ id }) => id)))
  const others = attachments.filter(({ id }) => !claimed.has(id))
  const rows = await Promise.all(others.map(rowOf))
  emptyOf(parent)
  parent.hidden = false
  for (const section of sections) await addSection(parent, section)
  if (rows.length > 0) parent.append(el('h3', {}, 'Attachments'), ...rows)
}

async function addSection(parent, { title, icon, content }) {
  // A title may be a function, for one that takes its time.
  const words = typeof title === 'string' ? title : await runCallback(title).catch(() => '')
  const place = el('div', {})
  parent.append(
    el('h3', {}, icon === undefined ? undefined : el('img', { src: icon, alt: '', class: 'icon' }), words),
    place,
  )
  const frame = open({
    kind: 'attachment-section',
    url: content.url,
    args: content.args,
    parent: place,
    context: contextOf(),
    title: words,
  })
  frame.element.style.height = `${content.height ?? 150}px`
  frames.add(frame)
}

async function rowOf(attachment) {
  const { name, url, date } = attachment
  const thumbnail = await askCapability('attachment-thumbnail', attachment)
  const { title = name, image, openText = 'Open' } = thumbnail ?? {}
  return el(
    'div',
    { class: 'attachment' },
    image?.url === undefined
      ? undefined
      : el('img', { src: image.url, alt: '', class: image.logo ? 'logo' : undefined }),
    el('div', {}, el('strong', {}, title), el('small', {}, new Date(date).toLocaleDateString('en-GB'))),
    el('a', { href: url, target: '_blank', rel: 'noopener' }, openText),
  )
}
