import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import '../../../src/client/refresh-flow'
import '../../../src/client/sign-in-flow'
import { createClientIn } from '../../../src/client/client'
import type { ClientOptions } from '../../../src/client/options'
import { createPage } from '../../../src/client/page'
import { createBrowser } from '../support/browser'
import { keyOf, options } from '../support/client'
import { settle } from '../support/clock'
import { liveGrant, storedEntry } from '../support/grants'
import { createStorage } from '../support/key-value-store'
import { loadReact, type ReactKit } from '../support/react'
import { scriptedEndpoint } from '../support/token-endpoint'

describe.each([18, 19] as const)(
  'a component of React %i that makes its client while rendering',
  (version) => {
    let kit: ReactKit
    const complaints = vi.spyOn(console, 'error')

    beforeAll(async () => {
      Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
      kit = await loadReact(version)
    })

    afterEach(() => {
      expect(complaints.mock.calls).toEqual([])
      complaints.mockClear()
    })

    it.each<[string, () => Partial<ClientOptions>]>([
      ['with the same options', () => ({})],
      ['with an onEvent of its own', () => ({ onEvent: () => undefined })],
      ['with a token endpoint of its own', () => ({ tokenEndpoint: scriptedEndpoint() })],
      [
        'with a t of its own',
        () => ({ t: { getContext: () => ({ organization: 'workspace-1' }) }, onEvent: () => undefined }),
      ],
    ])('%s settles, and shows each state', async (_case, more) => {
      const { react, dom, entry } = kit
      const storage = createStorage()
      const page = createPage(createBrowser().frame().platform, storage)
      storage.values.set(keyOf(), storedEntry({ record: liveGrant() }))
      let renderings = 0

      function Status() {
        renderings++
        const { workspace, ...others } = options
        const place = more().t || workspace === undefined ? {} : { workspace }
        return entry.useAuthState(createClientIn(page, { ...others, ...place, ...more() })).status
      }

      const element = document.createElement('main')
      const root = dom.createRoot(element)
      await react.act(async () => {
        root.render(react.createElement(react.StrictMode, null, react.createElement(Status)))
        await settle()
      })
      expect(element.textContent).toBe('authorized')
      await react.act(async () => {
        await createClientIn(page, options).signOut()
      })
      expect(element.textContent).toBe('notAuthorized')
      expect(renderings).toBeLessThan(20)
      await react.act(() => root.unmount())
      expect(page.openGrant(keyOf())?.changes.listeners()).toBe(0)
    })
  },
)
