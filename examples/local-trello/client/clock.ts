/** Lets the clock of this page go before, or behind, as that of a computer that was set wrong. */
export function setClock(offsetS: number): void {
  if (offsetS === 0) return
  const realNow = Date.now
  const now = () => realNow() + offsetS * 1000
  window.Date = new Proxy(Date, {
    construct: (target, given) => Reflect.construct(target, given.length === 0 ? [now()] : given),
    apply: () => new Date(now()).toString(),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  })
}
