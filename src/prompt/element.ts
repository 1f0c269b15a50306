import type { Client } from '../client/client'
import type { AuthState } from '../grant/auth-state'
import { createFrameHeight, type PromptFrame } from './frame-height'
import { promptParts, promptSheet } from './parts'
import { isForConsent, nameOf, scopesToAskFor, situationOf } from './situation'
import { ENGLISH, type PartialPromptTexts, type PromptSituation, type PromptWords } from './texts'

/** The part of a client that the prompt uses. */
export type PromptClient = Pick<Client, 'state' | 'subscribe' | 'authorize'>

/** The events of the prompt, and those of any element. */
export interface PromptEvents extends HTMLElementEventMap {
  /** A sign-in that began here is done. `detail` is the state. */
  authorized: CustomEvent<AuthState>
  /** A sign-in that began here has ended without a grant. `detail` is the error. */
  authorizeerror: CustomEvent<unknown>
}

/**
 * Tells a person what to do, in a title, a text and one button. Shows nothing while there is nothing to do.
 *
 * Parts to style: `prompt`, `title`, `text`, `button`. The button is also the part `cancel` while a sign-in goes on.
 * Events, which do not bubble: `authorized`, with the state as its `detail`, when a sign-in that began here is done;
 * `authorizeerror`, with the error, when it ended without a grant.
 */
export interface PromptElement extends HTMLElement {
  /** Calls `listener` at each event of this type. Those of the prompt come with their `detail`. */
  addEventListener<Type extends keyof PromptEvents>(
    type: Type,
    listener: (this: PromptElement, event: PromptEvents[Type]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void
  /** Calls `listener` at each event of a type that the page has made up. */
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void
  /** Calls `listener` no more. */
  removeEventListener<Type extends keyof PromptEvents>(
    type: Type,
    listener: (this: PromptElement, event: PromptEvents[Type]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void
  /** Calls `listener` no more, for a type that the page has made up. */
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void
  /** The client to show the state of. Another one calls off the sign-in that goes on here. */
  client: PromptClient | undefined
  /** Trello's `t`. When it is set, the frame is kept as high as its page. */
  t: PromptFrame | undefined
  /** Words of one's own, for some or all situations. @default English */
  texts: PartialPromptTexts
  /** The error of the last `authorize()`. Set it to the error of a call, and the prompt speaks about that. */
  error: unknown
  /** The situation that is shown. `undefined`: the prompt shows nothing. */
  readonly situation: PromptSituation | undefined
}

/** Makes the class of the element. A server has no HTMLElement to extend, so this happens on demand. */
export function promptClass(): new () => PromptElement {
  const sheet = promptSheet()

  return class extends HTMLElement implements PromptElement {
    #client: PromptClient | undefined
    #t: PromptFrame | undefined
    #texts: PartialPromptTexts = {}
    #error: unknown
    /** The error that the page handed over for a sign-in to answer. It stays when that sign-in ends without a grant. */
    #callError: unknown
    #situation: PromptSituation | undefined
    #status: AuthState['status'] | undefined
    /** The sign-in that goes on. Cancel calls it off. */
    #signIn: AbortController | undefined
    #unsubscribe: (() => void) | undefined

    readonly #parts = promptParts(this, sheet, (event) => this.#press(event))
    readonly #theme = new MutationObserver(() => this.#show())
    readonly #height = createFrameHeight(() => this.#t)

    get client() {
      return this.#client
    }
    set client(client) {
      if (client === this.#client) return
      this.#signIn?.abort()
      // What was set before the first client is about that one: Vue and others set properties in the order of a template.
      if (this.#client) this.#status = this.#error = this.#callError = this.#signIn = undefined
      this.#client = client
      this.#follow()
    }

    get t() {
      return this.#t
    }
    set t(t) {
      if (t === this.#t) return
      this.#t = t
      if (this.isConnected) this.#height.fit()
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
      // What a call lacked, it still lacks when another one fails or is called off, and after a sign-in without a grant.
      if (!error || isForConsent(error)) this.#callError = error
      this.#show()
    }

    get situation() {
      return this.#situation
    }

    connectedCallback() {
      for (const name of ['client', 't', 'texts', 'error'] as const) {
        if (!Object.keys(this).includes(name)) continue
        // It was set before the element was defined, and hides the accessor of the same name.
        const value = this[name]
        delete (this as Partial<PromptElement>)[name]
        Object.assign(this, { [name]: value })
      }
      this.#theme.observe(document.documentElement, { attributeFilter: ['data-color-mode'] })
      this.#height.watch()
      addEventListener('online', this)
      addEventListener('offline', this)
      this.#follow()
    }

    disconnectedCallback() {
      this.#theme.disconnect()
      this.#height.stop()
      removeEventListener('online', this)
      removeEventListener('offline', this)
      this.#parts.show(undefined, false)
      this.#unsubscribe?.()
    }

    /** Looks again when the network came or went. */
    handleEvent() {
      if (this.#situation === 'offline') this.#error = undefined
      this.#show()
    }

    #follow() {
      this.#unsubscribe?.()
      this.#unsubscribe = this.isConnected
        ? this.#client?.subscribe(({ status }) => {
            // What went wrong before says nothing about what is now.
            if ((this.#status ?? status) !== status) this.#error = this.#callError = undefined
            this.#status = status
            this.#show()
          })
        : undefined
      this.#show()
    }

    #press({ detail }: MouseEvent) {
      // The second half of a double click is not meant for what the first half has put there.
      if (detail > 1 || !this.#client) return
      if (this.#signIn) return this.#signIn.abort()
      const signIn = new AbortController()
      // Before the client tells of a sign-in: it is this prompt's own, and the button keeps the focus.
      this.#signIn = signIn
      // First of all, and nothing awaited: the window has to open in the click itself.
      const asked = this.#authorize(this.#client, signIn.signal)
      this.#error = undefined
      this.#show()
      asked.then(
        (state) => this.#end(signIn, 'authorized', state),
        (error) => this.#end(signIn, 'authorizeerror', error),
      )
    }

    /** Rejects where a client of somebody's own throws at once, which would leave the button at Cancel for good. */
    async #authorize(client: PromptClient, signal: AbortSignal): Promise<AuthState> {
      return client.authorize({ signal, scopes: scopesToAskFor(client.state, this.#callError) })
    }

    #end(signIn: AbortController, type: 'authorized' | 'authorizeerror', detail: unknown) {
      // Another client was set meanwhile.
      if (this.#signIn !== signIn) return
      this.#signIn = undefined
      if (type === 'authorized') this.error = undefined
      else this.#error = detail
      this.#show()
      this.dispatchEvent(new CustomEvent(type, { detail }))
      if (this.#error) this.#parts.nudge()
    }

    #show() {
      const situation =
        this.#client &&
        situationOf(this.#client.state, {
          error: this.#error,
          callError: this.#callError,
          isInProgress: this.#signIn !== undefined,
          isOffline: navigator.onLine === false,
        })
      this.#situation = situation
      if (
        this.isConnected &&
        this.#parts.show(situation && this.#wordsFor(situation), situation === 'inProgress')
      )
        this.#height.fit()
    }

    #wordsFor(situation: PromptSituation): PromptWords {
      const word = (name: keyof PromptWords) => this.#texts[situation]?.[name] ?? ENGLISH[situation][name]
      return {
        title: word('title'),
        text: word('text').split('{code}').join(nameOf(this.#error)),
        button: word('button'),
      }
    }
  }
}
