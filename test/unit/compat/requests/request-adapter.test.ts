import { http } from 'msw'
import { afterEach, describe, expect, it } from 'vitest'
import { adaptRequests } from '../../../../src/compat/requests/request-adapter'
import type { Client } from '../../../../src/index'
import { server } from '../../setup'
import { thrownBy } from '../../support/outcome'
import { adapterSetUp } from '../support/adapter'
import { APP_KEY } from '../support/rest-api'

let undo = () => {}
afterEach(() => undo())

const url = `https://api.trello.com/1/members/me?key=${APP_KEY}&token=secret`

describe('adaptRequests', () => {
  it.each([[''], [undefined], [7]])('wants the app key, not %j', (appKey) => {
    const error = thrownBy(() => adaptRequests({} as Client, { appKey: appKey as string }))
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalidRequest' })
  })

  it('adapts fetch and XMLHttpRequest, and gives both back', async () => {
    const { fetch, XMLHttpRequest } = globalThis
    const { adapter, sent } = adapterSetUp()
    undo = adaptRequests(adapter.currentClient, { appKey: APP_KEY })
    const adapted = [globalThis.fetch, globalThis.XMLHttpRequest]
    expect(adapted[0]).not.toBe(fetch)
    expect(adapted[1]).not.toBe(XMLHttpRequest)
    expect(new globalThis.XMLHttpRequest()).toBeInstanceOf(XMLHttpRequest)
    expect(await (await globalThis.fetch(url)).text()).toBe('from the client')
    expect(sent).toHaveLength(1)
    undo()
    expect([globalThis.fetch, globalThis.XMLHttpRequest]).toEqual([fetch, XMLHttpRequest])
  })

  it('leaves requests alone once undone, also those of who kept the adapted ones', async () => {
    const seen: string[] = []
    server.use(
      http.get('https://api.trello.com/1/members/me', ({ request }) => {
        seen.push(request.url)
        return new Response('{}')
      }),
    )
    const { adapter, sent } = adapterSetUp()
    undo = adaptRequests(adapter.currentClient, { appKey: APP_KEY })
    const kept = globalThis.fetch
    undo()
    await kept(url)
    expect([seen, sent]).toEqual([[url], []])
  })

  it('leaves alone what another tool has put over it', () => {
    const { adapter } = adapterSetUp()
    const { fetch } = globalThis
    undo = adaptRequests(adapter.currentClient, { appKey: APP_KEY })
    const adapted = globalThis.fetch
    const over = (...given: Parameters<typeof fetch>) => adapted(...given)
    Object.defineProperty(globalThis, 'fetch', { value: over, configurable: true, writable: true })
    undo()
    expect(globalThis.fetch).toBe(over)
    Object.defineProperty(globalThis, 'fetch', { value: fetch, configurable: true, writable: true })
  })
})
