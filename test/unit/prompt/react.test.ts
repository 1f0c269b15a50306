import type { ReactNode } from 'react'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AuthState } from '../../../src/grant/auth-state'
import type { PromptElement } from '../../../src/prompt/element'
import type { PromptProps } from '../../../src/prompt/react'
import { createFakeClient, createFakeTrello, type FakeClient } from '../../../src/testing'
import { loadReact, type ReactKit } from '../support/react'

const authorized: AuthState = { status: 'authorized', scopes: [], missingScopes: [], persistent: true }

describe.each([18, 19] as const)('with React %i', (version) => {
  let kit: ReactKit
  const complaints = vi.spyOn(console, 'error')

  beforeAll(async () => {
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
    kit = await loadReact(version)
    expect(kit.react.version).toMatch(new RegExp(`^${version}\\.`))
  })

  afterEach(() => {
    expect(complaints.mock.calls).toEqual([])
    complaints.mockClear()
    document.body.replaceChildren()
  })

  describe('useAuthState', () => {
    it('renders each state, also under StrictMode', async () => {
      const client = createFakeClient()
      const { page, act } = await mount(status(client))
      expect(page.textContent).toBe('notAuthorized')
      await act(() => client.setState(authorized))
      expect(page.textContent).toBe('authorized')
    })

    it('is restoring on a server, and the client’s state after hydration', async () => {
      const client = createFakeClient(authorized)
      const html = kit.server.renderToString(status(client))
      expect(html).toBe('restoring')
      const page = document.createElement('main')
      page.innerHTML = html
      await kit.react.act(async () => void kit.dom.hydrateRoot(page, status(client)))
      expect(page.textContent).toBe('authorized')
    })

    it('listens once, and no longer than it is shown', async () => {
      const client = createFakeClient()
      let listeners = 0
      const counting = {
        get state() {
          return client.state
        },
        subscribe: (listener: (state: AuthState) => void) => {
          const undo = client.subscribe(listener)
          listeners++
          return () => {
            listeners--
            undo()
          }
        },
      }
      const { act, root } = await mount(status(counting))
      expect(listeners).toBe(1)
      await act(() => client.setState(authorized))
      expect(listeners).toBe(1)
      await act(() => root.unmount())
      expect(listeners).toBe(0)
    })
  })

  describe('Prompt', () => {
    it('shows the prompt, and gives it what it gets', async () => {
      const client = createFakeClient()
      const t = createFakeTrello()
      const { page, act, render } = await mount(prompt({ client, t, className: 'mine', id: 'prompt' }))
      const element = elementIn(page)
      expect(element.situation).toBe('connect')
      expect([element.className, element.id]).toEqual(['mine', 'prompt'])
      expect(t.calls).toHaveLength(1)
      await render(prompt({ client, t, texts: { connect: { button: 'Verbinden' } } }))
      expect(elementIn(page)).toBe(element)
      expect(buttonOf(element).textContent).toBe('Verbinden')
      await act(() => client.setState(authorized))
      expect(element.situation).toBeUndefined()
    })

    it('tells how a sign-in ended', async () => {
      const client = createFakeClient()
      const onAuthorized = vi.fn()
      const onAuthorizeError = vi.fn()
      const { page, act } = await mount(prompt({ client, onAuthorized, onAuthorizeError }))
      client.authorizeOutcome('accessDenied')
      await act(() => buttonOf(elementIn(page)).click())
      expect(onAuthorizeError).toHaveBeenCalledExactlyOnceWith(
        expect.objectContaining({ code: 'accessDenied' }),
      )
      client.authorizeOutcome('granted')
      await act(() => buttonOf(elementIn(page)).click())
      expect(onAuthorized).toHaveBeenCalledExactlyOnceWith(client.state)
      expect(onAuthorizeError).toHaveBeenCalledOnce()
    })

    it('keeps its own error while it is rendered anew, until it is given another', async () => {
      const client = createFakeClient()
      client.authorizeOutcome('popupBlocked')
      const { page, act, render } = await mount(prompt({ client }))
      await act(() => buttonOf(elementIn(page)).click())
      await render(prompt({ client, id: 'again' }))
      expect(elementIn(page).situation).toBe('popupBlocked')
      await render(prompt({ client, error: Object.assign(new Error('no'), { code: 'network' }) }))
      expect(elementIn(page).situation).toBe('offline')
    })

    it('gives its element to a ref, and takes it back', async () => {
      const { createElement, createRef } = kit.react
      const ref = createRef<PromptElement>()
      const seen: (PromptElement | null)[] = []
      const client = createFakeClient()
      const { Prompt } = kit.entry
      const { page, root, act } = await mount([
        createElement(Prompt, { key: 1, client, ref }),
        createElement(Prompt, { key: 2, client, ref: (element) => void seen.push(element) }),
      ])
      expect(ref.current).toBe(elementIn(page))
      expect(ref.current?.situation).toBe('connect')
      expect(seen.at(-1)).toBe(page.querySelectorAll('powerup-oauth-prompt')[1])
      await act(() => root.unmount())
      expect([ref.current, seen.at(-1)]).toEqual([null, null])
    })

    it('is hidden where the page says so, and only there', async () => {
      const client = createFakeClient()
      const { page, render } = await mount(prompt({ client, hidden: false }))
      expect(elementIn(page).hasAttribute('hidden')).toBe(false)
      await render(prompt({ client, hidden: true }))
      expect(elementIn(page).hasAttribute('hidden')).toBe(true)
    })

    it('has a name for the developer tools', () => {
      expect(kit.entry.Prompt.displayName).toBe('Prompt')
    })

    it('is an empty element on a server', () => {
      const html = kit.server.renderToString(prompt({ client: createFakeClient(), id: 'prompt' }))
      expect(html).toBe('<powerup-oauth-prompt id="prompt"></powerup-oauth-prompt>')
    })
  })

  function status(client: Pick<FakeClient, 'state' | 'subscribe'>) {
    const { createElement, StrictMode } = kit.react
    const Status = () => kit.entry.useAuthState(client).status
    return createElement(StrictMode, null, createElement(Status))
  }

  function prompt(props: PromptProps) {
    const { createElement, StrictMode } = kit.react
    return createElement(StrictMode, null, createElement(kit.entry.Prompt, props))
  }

  async function mount(node: ReactNode) {
    const page = document.createElement('main')
    document.body.append(page)
    const root = kit.dom.createRoot(page)
    const act = (change: () => unknown) => kit.react.act(async () => void (await change()))
    const render = (next: ReactNode) => act(() => root.render(next))
    await render(node)
    return { page, root, act, render }
  }
})

function elementIn(page: HTMLElement) {
  const element = page.querySelector('powerup-oauth-prompt')
  if (!element) throw new Error('There is no prompt.')
  return element
}

function buttonOf(element: HTMLElement): HTMLElement {
  const button = element.shadowRoot?.querySelector('button')
  if (!button) throw new Error('The prompt has no button.')
  return button
}
