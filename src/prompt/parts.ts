import { STYLE } from './style'
import type { PromptWords } from './texts'

/** The parts that people see of the prompt, and that a page may style. */
export interface PromptParts {
  /** Shows the words in the theme of the board, or nothing. Returns `true` where something had to be changed. */
  show(words: PromptWords | undefined, isCancel: boolean): boolean
  /** Draws attention to the same words as before. Otherwise it would look as if the button did nothing. */
  nudge(): void
}

/**
 * Makes the style sheet of all prompts. A strict Content-Security-Policy allows it, unlike a style element. `undefined` where
 * there are no sheets to construct: Safari before 16.4, and jsdom.
 */
export function promptSheet(): CSSStyleSheet | undefined {
  try {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(STYLE)
    return 'adoptedStyleSheets' in document ? sheet : undefined
  } catch {
    return undefined
  }
}

/** Makes the parts of one element. The button stays the same for as long as that lives, so that it keeps the focus. */
export function promptParts(
  element: HTMLElement,
  sheet: CSSStyleSheet | undefined,
  press: (event: MouseEvent) => void,
): PromptParts {
  const box = part('div', 'prompt')
  const title = part('p', 'title')
  const text = part('p', 'text')
  const button = part('button', 'button')
  // Around the box: a live region that is hidden itself may keep silent about its first words.
  const said = document.createElement('div')
  said.setAttribute('role', 'status')
  said.append(box)
  text.id = 'text'
  button.type = 'button'
  button.setAttribute('aria-describedby', 'text')
  button.onclick = press
  box.hidden = true
  box.append(title, text, button)
  const root = element.attachShadow({ mode: 'open' })
  if (sheet) root.adoptedStyleSheets = [sheet]
  else root.append(styleElement())
  root.append(said)

  return {
    show(words, isCancel) {
      const isChanged = [
        set(box, 'className', themeFor(element)),
        set(box, 'hidden', !words),
        set(title, 'textContent', words?.title ?? ''),
        set(text, 'textContent', words?.text ?? ''),
        set(button, 'textContent', words?.button ?? ''),
        set(button, 'hidden', !words?.button),
      ]
      button.setAttribute('part', isCancel ? 'button cancel' : 'button')
      return isChanged.includes(true)
    },
    nudge() {
      if (globalThis.matchMedia?.('(prefers-reduced-motion: reduce)').matches) return
      text.animate?.({ opacity: [0, 1] }, NUDGE_MS)
    },
  }
}

const NUDGE_MS = 400

function styleElement(): HTMLStyleElement {
  const element = document.createElement('style')
  element.textContent = STYLE
  return element
}

function part<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, name: string): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  element.setAttribute('part', name)
  return element
}

/** Reads the theme that Trello's script names, with `apart` where the page around the element has other colours. */
function themeFor(element: Element): string {
  // Where the whole page is taken away (document.open(), the end of a test), no root is left.
  const theme = document.documentElement?.dataset.colorMode
  if (theme === undefined) return ''
  const { colorScheme } = getComputedStyle(element)
  return (colorScheme === 'normal' ? 'light' : colorScheme) === theme ? theme : `${theme} apart`
}

/** Sets what differs, and returns `true` then. Text that is set again would be read out again. */
function set<Name extends 'className' | 'hidden' | 'textContent'>(
  element: HTMLElement,
  name: Name,
  value: HTMLElement[Name],
): boolean {
  if (element[name] === value) return false
  element[name] = value
  return true
}
