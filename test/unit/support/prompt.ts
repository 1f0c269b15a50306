import { vi } from 'vitest'
import type { AuthState } from '../../../src/grant/auth-state'
import type { PromptElement } from '../../../src/prompt/element'
import { createFakeClient, type FakeClient, type FakeClientOptions } from '../../../src/testing'

/** A prompt in the page, with a client in this state. */
export function show(
  state: AuthState = { status: 'notAuthorized', persistent: true },
  options: FakeClientOptions = {},
) {
  const client = createFakeClient(state, options)
  const authorize = vi.fn(client.authorize)
  const element = document.createElement('powerup-oauth-prompt')
  element.client = Object.create(client, { authorize: { value: authorize } }) as FakeClient
  document.body.append(element)
  return { client, element, authorize }
}

function part(element: HTMLElement, name: string): HTMLElement {
  const found = element.shadowRoot?.querySelector<HTMLElement>(`[part~=${name}]`)
  if (!found) throw new Error(`There is no ${name}.`)
  return found
}

export function buttonOf(element: PromptElement): HTMLElement {
  return part(element, 'button')
}

export function words(element: HTMLElement) {
  const [title, text, button] = ['title', 'text', 'button'].map((name) => part(element, name).textContent)
  return { title, text, button }
}

export function isShown(element: HTMLElement): boolean {
  return !part(element, 'prompt').hidden
}

export function heard(element: HTMLElement, type: string): unknown[] {
  const details: unknown[] = []
  element.addEventListener(type, (event) => details.push((event as CustomEvent).detail))
  return details
}
