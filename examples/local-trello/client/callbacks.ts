/** Functions can't be sent to another window: each gets a number, and the other side asks for it by that number. */
export interface Callbacks {
  serialize(value: unknown): unknown
  find(id: number): ((...args: unknown[]) => unknown) | undefined
}

export function createCallbacks(): Callbacks {
  const kept = new Map<number, (...args: unknown[]) => unknown>()
  let lastId = 0

  function serialize(value: unknown): unknown {
    if (typeof value === 'function') {
      const id = ++lastId
      kept.set(id, (...args) => value(...args))
      return { callbackId: id }
    }
    if (Array.isArray(value)) return value.map(serialize)
    if (value instanceof Date) return value.toISOString()
    if (value instanceof MouseEvent) return { clientX: value.clientX, clientY: value.clientY }
    if (value instanceof Event) return placeOf(value.target)
    if (value instanceof Element) return placeOf(value)
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, serialize(each)]))
  }

  return { serialize, find: (id) => kept.get(id) }
}

/** Where an element is, for popups that open beside it. */
function placeOf(target: unknown): object {
  const { left = 0, bottom = 0 } = target instanceof Element ? target.getBoundingClientRect() : {}
  return { clientX: left, clientY: bottom }
}
