import type { Document } from './frame'
import { elementExpression, inPage, outcome } from './in-page'
import { limited, until } from './until'

const arrivalMs = 4_000
/** Three clicks that are lost, or many that went beside. */
const patienceMs = 3 * arrivalMs

/**
 * Presses until the element has seen a trusted click. Engines lose clicks on a frame that is not painted yet, and none
 * of them says so; a frame that moves just then gets one beside the element. A document that went away with the click
 * has seen it.
 */
export async function clickSurely(document: Document, selector: string): Promise<void> {
  const element = elementExpression(selector)
  await document.show()
  const first = await until(`${selector} can be clicked`, () =>
    ask<Clicks | undefined>(
      document,
      `(${isPainted})(${element}).then((canLand) => (${countClicks})(canLand, () => ${element}))`,
    ),
  )
  const deadline = Date.now() + patienceMs
  let before = first
  let failure: unknown
  do {
    // A press fails, too, when the window goes away under it.
    failure = await document.press(selector).then(
      () => undefined,
      (error: unknown) => error,
    )
    const after = await clicksAfter(document, before)
    if (after === undefined || after.hits > first.hits) return
    before = after
    // What has moved is still moving, or not painted where it is.
    await limited(ask(document, `(${isPainted})(${element})`), arrivalMs, 'painting').catch(() => undefined)
  } while (Date.now() < deadline)
  throw new Error(`All clicks on ${selector} were lost or went beside`, { cause: failure })
}

/** What the document has seen of clicks: on the element, and beside it. */
interface Clicks {
  hits: number
  misses: number
}

/** What is counted once a click has come, or has had its time; nothing where the document has gone. */
async function clicksAfter(document: Document, before: Clicks): Promise<Clicks | undefined> {
  let now: Clicks | undefined = before
  const hasCome = async () => {
    const asked = ask<Clicks | undefined>(document, 'window.trustedClicks')
    now = await limited(asked, arrivalMs, 'clicks').catch(() => undefined)
    return now === undefined || now.hits + now.misses > before.hits + before.misses
  }
  await until('a click comes', hasCome, arrivalMs).catch(() => undefined)
  return now
}

async function ask<T>(document: Document, expression: string): Promise<T> {
  return outcome(await document.evaluate(inPage(expression, [])))
}

/** Runs in the page: counts from now on, and says what was counted before; nothing where no click can land. */
function countClicks(canLand: boolean, target: () => Element | null): Clicks | undefined {
  if (!canLand) return undefined
  const counting = window as Window & { trustedClicks?: Clicks; clickTarget?: typeof target }
  counting.clickTarget = target
  if (counting.trustedClicks === undefined) {
    const clicks = { hits: 0, misses: 0 }
    counting.trustedClicks = clicks
    const count = (event: Event) => {
      const element = counting.clickTarget?.()
      if (!event.isTrusted) return
      if (element && event.composedPath().includes(element)) clicks.hits++
      else clicks.misses++
    }
    window.addEventListener('click', count, { capture: true })
  }
  return counting.trustedClicks
}

/** Runs in the page: the element can be hit in its middle, and two frames were drawn since it got there. */
async function isPainted(element: Element | null): Promise<boolean> {
  if (element === null || element.matches(':disabled')) return false
  element.scrollIntoView({ block: 'center', inline: 'center' })
  const box = element.getBoundingClientRect()
  const root = element.getRootNode() as globalThis.Document | ShadowRoot
  const hit = root.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
  if (hit === null || !(element.contains(hit) || hit.contains(element))) return false
  const drawn = new Promise<boolean>((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)))
  })
  return Promise.race([drawn, new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 500))])
}
