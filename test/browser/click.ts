import type { Document } from './frame'
import { elementExpression, inPage, outcome } from './in-page'
import { until } from './until'

const attempts = 3
const arrival = 4000

/**
 * Presses until the document has seen a trusted click. Engines lose clicks on a frame that is not painted yet, and none
 * of them says so. A document that went away with the click has seen it.
 */
export async function clickSurely(document: Document, selector: string): Promise<void> {
  const element = elementExpression(selector)
  await document.show()
  const { before } = await until(`${selector} can be clicked`, () =>
    ask<{ before: number } | undefined>(document, `(${isPainted})(${element}).then(${countClicks})`),
  )
  let failure: unknown
  for (let attempt = 1; attempt <= attempts; attempt++) {
    // A press fails, too, when the window goes away under it.
    failure = await document.press(selector).then(
      () => undefined,
      (error: unknown) => error,
    )
    if (await hasArrived(document, before)) return
  }
  throw new Error(`${attempts} clicks on ${selector} were lost`, { cause: failure })
}

async function hasArrived(document: Document, before: number): Promise<boolean> {
  const counted = () => ask<number | undefined>(document, 'window.trustedClicks').catch(() => undefined)
  try {
    return await until('the click arrives', async () => (await counted()) !== before, arrival)
  } catch {
    return false
  }
}

async function ask<T>(document: Document, expression: string): Promise<T> {
  return outcome(await document.evaluate(inPage(expression, [])))
}

/** Runs in the page: counts from now on, and says how many there were; nothing where no click can land. */
function countClicks(canLand: boolean): { before: number } | undefined {
  if (!canLand) return undefined
  const counting = window as Window & { trustedClicks?: number }
  if (counting.trustedClicks === undefined) {
    counting.trustedClicks = 0
    const count = (event: Event) => {
      if (event.isTrusted) counting.trustedClicks = (counting.trustedClicks ?? 0) + 1
    }
    window.addEventListener('click', count, { capture: true })
  }
  return { before: counting.trustedClicks }
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
