/** The globals of a page that the adapter replaces. */
export type AdaptedGlobals = Pick<typeof globalThis, 'fetch' | 'XMLHttpRequest'>

/** One replacement of a global. Several may lie on top of each other. */
interface Layer {
  before: PropertyDescriptor | undefined
  isOn(): boolean
}

const layers = /* @__PURE__ */ new WeakMap<object, Layer>()

/**
 * Replaces a global of the page by what `adapt` makes of it. Where the page doesn't let it be replaced, the console says so.
 * Returns the undo. It also removes replacements below that are off by then, and leaves alone what another tool has put on
 * top.
 */
export function replaceGlobal<Name extends keyof AdaptedGlobals>(
  page: AdaptedGlobals,
  name: Name,
  adapt: (original: AdaptedGlobals[Name]) => AdaptedGlobals[Name],
  isOn: () => boolean,
): () => void {
  const original = page[name]
  if (typeof original !== 'function') return () => undefined
  const before = Object.getOwnPropertyDescriptor(page, name)
  const adapted = adapt(original)
  if (!put(page, name, adapted)) {
    warn(name)
    return () => undefined
  }
  layers.set(adapted, { before, isOn })
  return () => removeLayers(page, name)
}

function put(page: AdaptedGlobals, name: keyof AdaptedGlobals, value: unknown): boolean {
  const property = { configurable: true, writable: true, enumerable: true, value }
  try {
    // Not by assignment first: a tool that wraps it may have left it read-only.
    if (!Reflect.defineProperty(page, name, property)) Reflect.set(page, name, value)
  } catch {
    // A setter of the page's own may throw.
  }
  return page[name] === value
}

function removeLayers(page: AdaptedGlobals, name: keyof AdaptedGlobals): void {
  let current: object = page[name]
  let layer = layers.get(current)
  while (layer && !layer.isOn()) {
    Reflect.deleteProperty(page, name)
    if (layer.before) Reflect.defineProperty(page, name, layer.before)
    if (page[name] === current) return // frozen since
    current = page[name]
    layer = layers.get(current)
  }
}

function warn(name: string): void {
  // biome-ignore lint/suspicious/noConsole: nothing fails, so there is no error that could say it
  console.warn(
    `powerup-oauth: this page keeps its ${name} from being replaced, so requests that are made with it carry the old key and token. Send them with client.fetch().`,
  )
}
