// Makes elements in one line.

/**
 * @param {string} tag
 * @param {Record<string, any>} [properties] - `class`, `data-…`, `aria-…` and `on…` too
 * @param {...(Node | string | undefined)} children
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (name in element && !name.includes('-')) element[name] = value
    else element.setAttribute(name === 'className' ? 'class' : name, String(value))
  }
  element.append(...children.filter((child) => child !== undefined))
  return element
}

export function byId(id) {
  return document.getElementById(id)
}

/** A picture of a Power-Up: an address, or one for each theme. */
export function iconOf(icon, theme) {
  if (icon === undefined || icon === null) return undefined
  const src = typeof icon === 'string' ? icon : icon[theme === 'dark' ? 'light' : 'dark']
  return src === undefined ? undefined : el('img', { src, alt: '', class: 'icon' })
}
