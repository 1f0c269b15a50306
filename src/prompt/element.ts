import type { Client } from '../client'
import type { AuthState } from '../grant/grant'
import { codeOf, scopesToAskFor, situationOf } from './situation'
import { STYLE } from './style'
import { ENGLISH, type PartialPromptTexts, type PromptSituation } from './texts'

/** The part of a client that the prompt uses. */
export type PromptClient = Pick<Client, 'state' | 'subscribe' | 'authorize'>

/** The part of Trello's `t` that the prompt uses. */
export interface PromptFrame {
  sizeTo(target: Element): unknown
}

/**
 * Says what a person has to know and do, in a title, a text and one button; shows nothing while there is nothing to do.
 *
 * Parts to style: `prompt`, `title`, `text`, `button`, and `cancel`, which the button is too while a sign-in goes on.
 * Events, neither of which bubbles: `authorized` with the state as its `detail`, once a sign-in that began here is
 * done; `authorizeerror` with the error, when it ended without a grant.
 */
export interface PromptElement extends HTMLElement {
  client: PromptClient | undefined
  /** When it is set, the frame is sized to the page after each change of the prompt. */
  t: PromptFrame | undefined
  /** Words of one's own, for some or all situations. */
  texts: PartialPromptTexts
  /** What the last `authorize()` rejected with. Set it to an error of a call, to have the prompt speak about that. */
  error: unknown
  /** What the prompt is about at the moment. */
  readonly situation: PromptSituation | undefined
}

const NUDGE_MS = 400

/** Made on demand: a server has no HTMLElement to extend. */
export function promptClass(): new () => PromptElement {
  // Unlike a style element, a strict Content-Security-Policy has nothing against it.
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(STYLE)

  return class extends HTMLElement implements PromptElement {
    #client: PromptClient | undefined
    #t: PromptFrame | undefined
    #texts: PartialPromptTexts = {}
    #error: unknown
    #situation: PromptSituation | undefined
    #status: AuthState['status'] | undefined
    /** The sign-in that goes on, to be called off by Cancel. */
    #signIn: AbortController | undefined
    #unsubscribe: (() => void) | undefined

    readonly #box = part('div', 'prompt')
    readonly #title = part('p', 'title')
    readonly #text = part('p', 'text')
    // The same button for as long as the element lives, so that it keeps the focus.
    readonly #button = part('button', 'button')
    readonly #page = new MutationObserver(() => this.#show())

    constructor() {
      super()
      const words = document.createElement('div')
      words.setAttribute('role', 'status')
      words.setAttribute('aria-live', 'polite')
      words.append(this.#title, this.#text)
      this.#text.id = 'text'
      this.#button.type = 'button'
      this.#button.setAttribute('aria-describedby', 'text')
      this.#button.onclick = (event) => this.#press(event)
      this.#box.hidden = true
      this.#box.append(words, this.#button)
      const root = this.attachShadow({ mode: 'open' })
      root.adoptedStyleSheets = [sheet]
      root.append(this.#box)
    }

    get client() {
      return this.#client
    }
    set client(client) {
      if (client === this.#client) return
      this.#client = client
      this.#status = this.#error = this.#signIn = undefined
      this.#follow()
    }

    get t() {
      return this.#t
    }
    set t(t) {
      if (t === this.#t) return
      this.#t = t
      this.#size()
    }

    get texts() {
      return this.#texts
    }
    set texts(texts) {
      this.#texts = texts ?? {}
      this.#show()
    }

    get error() {
      return this.#error
    }
    set error(error) {
      this.#error = error
      this.#show()
    }

    get situation() {
      return this.#situation
    }

    connectedCallback() {
      for (const name of ['client', 't', 'texts', 'error'] as const) this.#adopt(name)
      this.#page.observe(document.documentElement, { attributeFilter: ['data-color-mode'] })
      addEventListener('online', this)
      addEventListener('offline', this)
      this.#follow()
    }

    disconnectedCallback() {
      this.#page.disconnect()
      removeEventListener('online', this)
      removeEventListener('offline', this)
      this.#unsubscribe?.()
    }

    /** The network came or went. */
    handleEvent() {
      if (this.#situation === 'offline') this.#error = undefined
      this.#show()
    }

    /** A property that was set before the element was defined hides the accessor of the same name. */
    #adopt<Name extends 'client' | 't' | 'texts' | 'error'>(name: Name) {
      if (!Object.getOwnPropertyDescriptor(this, name)) return
      const value = this[name]
      delete (this as Partial<Record<Name, unknown>>)[name]
      ;(this as PromptElement)[name] = value
    }

    #follow() {
      this.#unsubscribe?.()
      this.#unsubscribe = this.isConnected
        ? this.#client?.subscribe(({ status }) => {
            // What went wrong before says nothing about what is now.
            if (this.#status !== undefined && this.#status !== status) this.#error = undefined
            this.#status = status
            this.#show()
          })
        : undefined
      this.#show()
    }

    #press({ detail }: MouseEvent) {
      if (this.#signIn) {
        // The second half of a double click on Connect is not meant for Cancel.
        if (detail < 2) this.#signIn.abort()
        return
      }
      const scopes = scopesToAskFor(this.#error)
      const signIn = new AbortController()
      // First of all, and nothing awaited: the window has to open in the click itself.
      const asked = this.#client?.authorize({ signal: signIn.signal, ...(scopes.length > 0 && { scopes }) })
      this.#signIn = signIn
      this.#error = undefined
      this.#show()
      asked?.then(
        (state) => this.#end(signIn, undefined, new CustomEvent('authorized', { detail: state })),
        (error) => this.#end(signIn, error, new CustomEvent('authorizeerror', { detail: error })),
      )
    }

    #end(signIn: AbortController, error: unknown, event: Event) {
      // Another client was set meanwhile.
      if (this.#signIn !== signIn) return
      this.#signIn = undefined
      this.error = error
      if (error) this.#nudge()
      this.dispatchEvent(event)
    }

    #show() {
      const box = this.#box
      const situation =
        this.#client &&
        situationOf(this.#client.state, {
          error: this.#error,
          isInProgress: this.#signIn !== undefined,
          isOffline: navigator.onLine === false,
        })
      const words = situation && { ...ENGLISH[situation], ...this.#texts[situation] }
      this.#situation = situation
      const isChanged = [
        set(box, 'className', themeFor(this)),
        set(box, 'hidden', !words),
        set(this.#title, 'textContent', words?.title ?? ''),
        set(this.#text, 'textContent', words?.text.replace('{code}', codeOf(this.#error)) ?? ''),
        set(this.#button, 'textContent', words?.button ?? ''),
      ]
      this.#button.setAttribute('part', situation === 'inProgress' ? 'button cancel' : 'button')
      if (isChanged.includes(true)) this.#size()
    }

    /** The same words as before would look as if the button did nothing. */
    #nudge() {
      if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
      this.#text.animate?.({ opacity: [0, 1] }, NUDGE_MS)
    }

    #size() {
      if (!this.isConnected || !this.#t) return
      // A frame that is just being closed can't be sized any more, which is no fault.
      new Promise((settle) => settle(this.#t?.sizeTo(document.body))).catch(() => undefined)
    }
  }
}

function part<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, name: string): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  element.setAttribute('part', name)
  return element
}

/** The theme that Trello's script names; `apart` where the page around the element has not its colours. */
function themeFor(element: Element): string {
  const theme = document.documentElement.dataset.colorMode
  if (theme === undefined) return ''
  const { colorScheme } = getComputedStyle(element)
  const follows = colorScheme === theme || (colorScheme === 'normal' && theme === 'light')
  return follows ? theme : `${theme} apart`
}

/** Says whether it had to be changed: text that is set again would be read out again. */
function set<Name extends 'className' | 'hidden' | 'textContent'>(
  element: HTMLElement,
  name: Name,
  value: HTMLElement[Name],
): boolean {
  if (element[name] === value) return false
  element[name] = value
  return true
}
