import { PageError } from './driver'

export type PageCode = string | ((...args: never[]) => unknown)

/**
 * One expression for every engine. It makes the call at once, so that what the page does is still done in this very task,
 * and gives the outcome as JSON, so that errors and `undefined` arrive alike from all engines.
 */
export function inPage(code: PageCode, args: readonly unknown[]): string {
  const call = typeof code === 'string' ? `(${code})` : `(${code})(...${JSON.stringify(args)})`
  // Bundlers wrap named inner functions in __name(), which the page does not have.
  return `(async () => {
    const __name = (named) => named
    try {
      return JSON.stringify({ value: await ${call} })
    } catch (error) {
      const { name = 'Error', message = String(error), code } = error ?? {}
      return JSON.stringify({ thrown: { name, message, code } })
    }
  })()`
}

export function outcome<T>(json: unknown): T {
  if (typeof json !== 'string') throw new Error(`The page gave no outcome: ${json}`)
  const { value, thrown } = JSON.parse(json)
  if (thrown !== undefined) throw new PageError(thrown)
  return value
}

/** The element that a selector finds; ` >>> ` goes from a host into its open shadow tree. */
export function elementExpression(selector: string): string {
  return `(${findElement})(${JSON.stringify(selector)})`
}

/** Runs in the page. */
function findElement(selector: string): Element | null {
  const [first = '', ...inner] = selector.split(' >>> ')
  let element = document.querySelector(first)
  for (const step of inner) element = element?.shadowRoot?.querySelector(step) ?? null
  return element
}
