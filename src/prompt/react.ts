import {
  createElement,
  type HTMLAttributes,
  type ReactElement,
  useEffect,
  useRef,
  useSyncExternalStore,
} from 'react'
import type { AuthState } from '../grant/auth-state'
import { definePrompt } from './define-prompt'
import type { PromptClient, PromptElement, PromptFrame } from './element'
import type { PartialPromptTexts } from './texts'

const RESTORING: AuthState = Object.freeze({ status: 'restoring' })

/** The client's state, rendered anew at each change; `restoring` on a server. */
export function useAuthState(client: Pick<PromptClient, 'state' | 'subscribe'>): AuthState {
  return useSyncExternalStore(
    client.subscribe,
    () => client.state,
    () => RESTORING,
  )
}

export interface PromptProps extends HTMLAttributes<HTMLElement> {
  client: PromptClient
  t?: PromptFrame | undefined
  texts?: PartialPromptTexts | undefined
  /** An error of a call, to have the prompt speak about it. */
  error?: unknown
  /** A sign-in that began at this prompt is done. */
  onAuthorized?: ((state: AuthState) => void) | undefined
  /** It ended without a grant. */
  onAuthorizeError?: ((error: unknown) => void) | undefined
}

/** The custom element of `powerup-oauth/prompt`, which is defined when the first one is mounted. */
export function Prompt({
  client,
  t,
  texts,
  error,
  onAuthorized,
  onAuthorizeError,
  className,
  ...attributes
}: PromptProps): ReactElement {
  const ref = useRef<PromptElement>(null)
  // React 18 sets no properties on custom elements, and a server has none.
  useEffect(() => {
    definePrompt()
    Object.assign(ref.current ?? {}, { client, t, texts })
  }, [client, t, texts])
  useEffect(() => void Object.assign(ref.current ?? {}, { error }), [error])
  useEffect(() => listen(ref.current, 'authorized', onAuthorized), [onAuthorized])
  useEffect(() => listen(ref.current, 'authorizeerror', onAuthorizeError), [onAuthorizeError])
  return createElement('powerup-oauth-prompt', { ref, class: className, ...attributes })
}

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
