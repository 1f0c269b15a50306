/**
 * What a page sees and hears of its XMLHttpRequest where that is not what the browser shows: nothing of an answer that
 * may not be the last one, and the end of a request that is held back, which the browser knows nothing of.
 */
export interface RequestView {
  /** Whether the page sees another `readyState` than the browser's. */
  isApart(): boolean
  /** From now on the page sees the browser's again. What was withheld stays so, and what is being told ends here. */
  follow(): void
  /** Whether the page is just being told of something that is not happening in the browser now. */
  isTelling(): boolean
  /** Keeps an event of an answer from the page, which goes on seeing a request without one. */
  withhold(event: Event): void
  /** Whether an event of this type was withheld. */
  hasWithheld(type: string): boolean
  /** Tells what was withheld. Says whether the page let it: in a listener it may open the request anew. */
  tellWithheld(): boolean
  /**
   * Tells of an end, unless the page opens the request anew meanwhile, or calls it off.
   * @param unheard - what the page has not even heard the start of: the request, and its upload
   */
  tellEnd(type: RequestEnd, unheard: readonly EventTarget[]): void
}

export type RequestEnd = 'abort' | 'error' | 'timeout'

const OPENED = 1
const DONE = 4

/** The page's own listeners have to come after those of whoever withholds. */
export function requestView(xhr: XMLHttpRequest): RequestView {
  const prototype: object = Object.getPrototypeOf(xhr)
  const before = Object.getOwnPropertyDescriptor(xhr, 'readyState')
  let shown: number | undefined
  let withheld: { event: Event; readyState: number }[] = []
  let isTelling = false
  /** What is told, is told in its own turn only. */
  let turn = 0

  Object.defineProperty(xhr, 'readyState', { configurable: true, get: () => shown ?? readyState() })

  function readyState(): number {
    return before?.get ? Reflect.apply(before.get, xhr, []) : Reflect.get(prototype, 'readyState', xhr)
  }

  function withhold(event: Event): void {
    event.stopImmediatePropagation()
    shown = OPENED
    if (readyState() === OPENED) return // opened for the next attempt
    withheld.push({ event, readyState: readyState() })
  }

  function tellWithheld(): boolean {
    const ours = ++turn
    for (const each of withheld.splice(0)) {
      if (turn !== ours) return false
      shown = each.readyState
      tell(xhr, copyOf(each.event))
    }
    shown = undefined
    return true
  }

  function tellEnd(type: RequestEnd, unheard: readonly EventTarget[]): void {
    const ours = ++turn
    const tellNext = (target: EventTarget, event: Event) => {
      if (turn === ours) tell(target, event)
    }
    shown = OPENED
    for (const target of unheard) tellNext(target, new ProgressEvent('loadstart'))
    if (turn !== ours) return
    shown = DONE
    tellNext(xhr, new Event('readystatechange'))
    for (const target of unheard.includes(xhr.upload) ? [xhr.upload, xhr] : [xhr]) {
      for (const name of [type, 'loadend']) tellNext(target, new ProgressEvent(name))
    }
    if (turn === ours && type === 'abort') shown = 0
  }

  function tell(target: EventTarget, event: Event): void {
    isTelling = true
    target.dispatchEvent(event)
    isTelling = false
  }

  return {
    isApart: () => shown !== undefined,
    follow: () => {
      turn++
      shown = undefined
      withheld = []
    },
    isTelling: () => isTelling,
    withhold,
    hasWithheld: (type) => withheld.some(({ event }) => event.type === type),
    tellWithheld,
    tellEnd,
  }
}

/** An event that was dispatched once is not dispatched again. */
function copyOf(event: Event): Event {
  if (!(event instanceof ProgressEvent)) return new Event(event.type)
  const { lengthComputable, loaded, total } = event
  return new ProgressEvent(event.type, { lengthComputable, loaded, total })
}
