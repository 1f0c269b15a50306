import { beforeEach, describe, expect, it, vi } from 'vitest'

interface ClientJs {
  key(): unknown
  token(): unknown
  setKey(key: string): void
  setToken(token: string | null): void
  authorized(): boolean
  deauthorize(): void
  authorize(options: object): void
  get(path: string, ...more: unknown[]): unknown
  del(path: string, ...more: unknown[]): unknown
  cards: { get(id: string, ...more: unknown[]): unknown }
}

const ajax = vi.fn((_request: Record<string, unknown>) => 'a promise of jQuery')
const success = () => undefined
const error = () => undefined

/** Loads the script as a page does whose tag has this address. */
async function loaded(src = 'https://trello.com/1/client.js?key=key-1'): Promise<ClientJs> {
  const script = Object.assign(document.createElement('script'), { type: 'text/plain' })
  Object.defineProperty(script, 'src', { value: src })
  vi.spyOn(document, 'currentScript', 'get').mockReturnValue(script)
  vi.resetModules()
  await import('../../../../examples/local-trello/client/client-js')
  return Object(window).Trello
}

describe('client.js of the local Trello', () => {
  beforeEach(() => {
    localStorage.clear()
    ajax.mockClear()
    vi.stubGlobal('jQuery', { ajax })
    // Other tests go on with the page's own fetch: nothing is led to local hosts.
    vi.stubGlobal('localTrelloEndpoints', {})
    vi.stubGlobal('localTrelloSettings', { tokenCommands: true, endpoints: {}, clockOffsetS: 0 })
    return () => {
      vi.restoreAllMocks()
      vi.unstubAllGlobals()
    }
  })

  it.each([
    ['nothing more', [], {}, undefined, undefined],
    ['callbacks only', [success, error], {}, success, error],
    ['parameters and callbacks', [{ fields: 'id' }, success, error], { fields: 'id' }, success, error],
    ['null for the parameters', [null, success, error], {}, success, error],
    ['undefined for the parameters', [undefined, success, error], {}, success, error],
  ])('a call with %s reaches jQuery as it does at Trello', async (_what, given, params, ok, no) => {
    const trello = await loaded()
    expect(trello.get('/members/me', ...given)).toBe('a promise of jQuery')
    expect(ajax).toHaveBeenCalledWith({
      url: 'https://api.trello.com/1/members/me',
      type: 'GET',
      data: { key: 'key-1', ...params },
      dataType: 'json',
      success: ok,
      error: no,
    })
  })

  it('del is delete under another name, and collections are read by id', async () => {
    const trello = await loaded()
    trello.del('cards/1')
    trello.cards.get('2', success)
    const sent = ajax.mock.calls.map(([{ type, url, success }]) => [type, url, success])
    expect(sent).toEqual([
      ['DELETE', 'https://api.trello.com/1/cards/1', undefined],
      ['GET', 'https://api.trello.com/1/cards/2', success],
    ])
  })

  it('a token in the address of the script serves', async () => {
    const trello = await loaded('https://trello.com/1/client.js?key=key-1&token=token-1')
    expect([trello.authorized(), trello.token()]).toEqual([true, 'token-1'])
    trello.get('members/me')
    expect(ajax.mock.lastCall?.[0].data).toEqual({ key: 'key-1', token: 'token-1' })
  })

  it('is not authorized before a token came, nor with null for one, nor after deauthorize()', async () => {
    const trello = await loaded()
    const authorized = [trello.authorized()]
    trello.setToken('token-1')
    authorized.push(trello.authorized())
    trello.setToken(null)
    authorized.push(trello.authorized())
    trello.get('members/me')
    expect(ajax.mock.lastCall?.[0].data).toEqual({ key: 'key-1' })
    trello.setToken('token-1')
    trello.deauthorize()
    expect([...authorized, trello.authorized()]).toEqual([false, true, false, false])
  })

  it('a token that was kept is read, but not where nothing is to be kept', async () => {
    localStorage.setItem('trello_token', 'token-1')
    const trello = await loaded()
    const ask = (persist: boolean) => {
      const said: string[] = []
      trello.authorize({
        persist,
        interactive: false,
        success: () => said.push('success'),
        error: () => said.push('error'),
      })
      return said
    }
    expect([ask(false), ask(true), trello.token()]).toEqual([['error'], ['success'], 'token-1'])
  })
})
