/**
 * The view that a page has of its XMLHttpRequest. It differs from the browser's in two cases: an answer that may not be the
 * last one is kept back, and the end of a request that was never sent is told without the browser.
 */
export interface RequestView {
  /** Tells whether the page sees another `readyState` than the browser's. */
  isApart(): boolean
  /** Shows the browser's `readyState` again. Withheld events are dropped, and an end that is being told stops here. */
  follow(): void
  /** Tells whether an event that reaches the page now is one of ours, and not the browser's. */
  isTelling(): boolean
  /** Keeps an event of an answer from the page, which goes on seeing a request without one. */
  withhold(event: Event): void
  /** Tells whether an event of this type was withheld. */
  hasWithheld(type: string): boolean
  /** Dispatches the withheld events. `false` where a listener of the page opened the request again meanwhile. */
  tellWithheld(): boolean
  /**
   * Dispatches the events of an end, until a listener of the page opens the request again or aborts it.
   * @param unheard the targets on which not even the start was dispatched: the request, and its upload
   */
  tellEnd(type: RequestEnd, unheard: readonly EventTarget[]): void
}

/** The events that a request without an answer can end in. */
export type RequestEnd = 'abort' | 'error' | 'timeout'

const OPENED = 1
const DONE = 4

/** Makes the view. The page's listeners must be added after those that withhold events, or they would hear them first. */
export function requestView(xhr: XMLHttpRequest): RequestView {
  const before = descriptorOf(xhr, 'readyState')
  let plain: number = before?.value
  let shown: number | undefined
  let withheld: { event: Event; readyState: number }[] = []
  let isTelling = false
  /** Counts up when the page opens the request again: events of an older turn are no longer dispatched. */
  let turn = 0

  // A facade (ajax-hook) may not let it be defined again. Its page sees the browser's.
  Reflect.defineProperty(xhr, 'readyState', {
    configurable: true,
    enumerable: true,
    get: () => shown ?? readyState(),
    // That of a fake in a test may be a plain property, which the fake writes.
    ...(!before?.get && {
      set: (next: number) => {
        plain = next
      },
    }),
  })

  function readyState(): number {
    return before?.get ? Reflect.apply(before.get, xhr, []) : plain
  }

  function withhold(event: Event): void {
    event.stopImmediatePropagation()
    shown = OPENED
    if (readyState() === OPENED) return // the browser's answer to our own open() for the next attempt
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

/** Finds a property of an object, its own or an inherited one. */
function descriptorOf(object: object | null, name: string): PropertyDescriptor | undefined {
  if (!object) return undefined
  const own = Object.getOwnPropertyDescriptor(object, name)
  return own ?? descriptorOf(Object.getPrototypeOf(object), name)
}

/** Copies an event: one that was dispatched can't be dispatched again. */
function copyOf(event: Event): Event {
  if (!(event instanceof ProgressEvent)) return new Event(event.type)
  const { lengthComputable, loaded, total } = event
  return new ProgressEvent(event.type, { lengthComputable, loaded, total })
}
