import {
  createElement,
  type ForwardRefExoticComponent,
  forwardRef,
  type HTMLAttributes,
  type RefAttributes,
  useEffect,
  useImperativeHandle,
  useRef,
  useSyncExternalStore,
} from 'react'
import type { AuthState } from '../grant/auth-state'
import { definePrompt } from './define-prompt'
import type { PromptClient, PromptElement } from './element'
import type { PromptFrame } from './frame-height'
import type { PartialPromptTexts } from './texts'

const RESTORING: AuthState = Object.freeze({ status: 'restoring' })

/**
 * Returns the client's state, and renders again when it changes. `restoring` on a server.
 * @param client made outside of the component, or kept with `useMemo`
 */
export function useAuthState(client: Pick<PromptClient, 'state' | 'subscribe'>): AuthState {
  return useSyncExternalStore(
    client.subscribe,
    () => client.state,
    () => RESTORING,
  )
}

/** The properties of `<Prompt>`. Attributes of HTML go to the element. */
export interface PromptProps extends HTMLAttributes<HTMLElement> {
  /** The client to show the state of. */
  client: PromptClient
  /** Trello's `t`. When it is given, the frame is kept as high as its page. */
  t?: PromptFrame | undefined
  /** Words of one's own, for some or all situations. @default English */
  texts?: PartialPromptTexts | undefined
  /** An error of a call, to have the prompt speak about it. */
  error?: unknown
  /** Called when a sign-in that began at this prompt is done. */
  onAuthorized?: ((state: AuthState) => void) | undefined
  /** Called when a sign-in that began at this prompt has ended without a grant. */
  onAuthorizeError?: ((error: unknown) => void) | undefined
}

/**
 * Renders the custom element of `powerup-oauth/prompt`. The first one that is mounted defines it. Its `ref` is the element, with
 * React 18 as with 19.
 */
export const Prompt: ForwardRefExoticComponent<PromptProps & RefAttributes<PromptElement>> =
  // Without these notes a bundler keeps the component for those who only take the hook.
  /* @__PURE__ */ Object.assign(
    /* @__PURE__ */ forwardRef<PromptElement, PromptProps>((props, given) => {
      const { client, t, texts, error, onAuthorized, onAuthorizeError, className, hidden, ...attributes } =
        props
      const ref = useRef<PromptElement>(null)
      useImperativeHandle<PromptElement | null, PromptElement | null>(given, () => ref.current, [])
      // React 18 sets no properties on custom elements, and a server has none.
      useEffect(() => {
        definePrompt()
        Object.assign(ref.current ?? {}, { client, t, texts })
      }, [client, t, texts])
      useEffect(() => {
        Object.assign(ref.current ?? {}, { error })
      }, [error])
      useEffect(() => listen(ref.current, 'authorized', onAuthorized), [onAuthorized])
      useEffect(() => listen(ref.current, 'authorizeerror', onAuthorizeError), [onAuthorizeError])
      // React 18 writes hidden="false" to a custom element, which hides it.
      return createElement('powerup-oauth-prompt', {
        ref,
        class: className,
        hidden: hidden || undefined,
        ...attributes,
      })
    }),
    { displayName: 'Prompt' },
  )

function listen<Detail>(
  target: EventTarget | null,
  type: string,
  handle: ((detail: Detail) => void) | undefined,
) {
  if (!handle) return
  const listener = (event: Event) => handle((event as CustomEvent<Detail>).detail)
  target?.addEventListener(type, listener)
  return () => target?.removeEventListener(type, listener)
}
