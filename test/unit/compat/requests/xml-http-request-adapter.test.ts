import { beforeEach, describe, expect, it, vi } from 'vitest'
import { browserPlatform } from '../../../../src/base/platform'
import { keyedApi } from '../../../../src/compat/requests/keyed-request'
import { adaptedXmlHttpRequest } from '../../../../src/compat/requests/xml-http-request-adapter'
import { settle } from '../../support/clock'
import { thrownBy } from '../../support/outcome'
import { type AdapterSetUp, adapterSetUp } from '../support/adapter'
import { type BrowserRequest, browserRequest } from '../support/browser-request'
import { APP_KEY } from '../support/rest-api'

// What a page hears of its requests is in test/browser/request-adapter.test.ts, beside what a browser says.
const url = `https://api.trello.com/1/cards?key=${APP_KEY}&token=secret`

let browser: BrowserRequest
let setUp: AdapterSetUp
let xhr: XMLHttpRequest

beforeEach(() => {
  browser = browserRequest()
  setUp = adapterSetUp()
  xhr = new (adaptedXmlHttpRequest(OriginalRequest as never, setUp.adapter))()
})

describe('an XMLHttpRequest that waits for its token', () => {
  it('is sent when the token is there, and can be neither changed nor sent meanwhile', async () => {
    xhr.open('POST', url)
    xhr.send('name=A')
    for (const call of [() => xhr.setRequestHeader('x-late', '1'), () => xhr.send()]) {
      expect(thrownBy(call)).toMatchObject({ name: 'InvalidStateError' })
    }
    expect(browser.calls.send).not.toHaveBeenCalled()
    await settle()
    expect(browser.calls.send.mock.calls).toEqual([['name=A']])
  })

  it.each([true, false])('is sent as it was when send() was called (with a grant: %s)', async (hasGrant) => {
    if (!hasGrant) setUp.state = { status: 'notAuthorized', persistent: true, legacy: true }
    const pairs = new URLSearchParams('name=A')
    xhr.open('POST', url)
    xhr.send(pairs)
    pairs.set('name', 'B')
    await settle()
    expect(browser.calls.send.mock.calls.map(([body]) => String(body))).toEqual(['name=A'])
  })

  it('is never sent if the page aborts it', async () => {
    xhr.open('POST', url)
    xhr.send('name=A')
    xhr.abort()
    await settle()
    expect(browser.calls.send).not.toHaveBeenCalled()
    expect(xhr.readyState).toBe(0)
  })

  it('is replaced by the next one if the page opens it again', async () => {
    xhr.open('POST', url)
    xhr.send('name=A')
    xhr.open('PUT', url)
    xhr.send('name=B')
    await settle()
    expect(browser.calls.send.mock.calls).toEqual([['name=B']])
  })
})

describe('an XMLHttpRequest whose token was refused', () => {
  it('has the headers once that a tool adds to each send', async () => {
    const tokens = ['access-1', 'access-2']
    const client = setUp.adapter.currentClient()
    setUp.adapter.currentClient = () =>
      client && { ...client, getAccessToken: async () => tokens.shift() ?? '' }
    xhr = new (adaptedXmlHttpRequest(OriginalRequest as never, setUp.adapter))()
    browser.calls.send.mockImplementation(() => xhr.setRequestHeader('traceparent', '00-1'))
    xhr.open('POST', url)
    xhr.setRequestHeader('x-mine', '1')
    xhr.send('name=A')
    await settle()
    Object.assign(xhr, { status: 401 })
    browser.readyState = 2
    for (const type of ['readystatechange', 'load', 'loadend']) xhr.dispatchEvent(new Event(type))
    await settle()
    const headers = browser.calls.setRequestHeader.mock.calls.map(([name, value]) => `${name}: ${value}`)
    const [mine, traced] = ['x-mine: 1', 'traceparent: 00-1']
    const attempts = [1, 2].flatMap((which) => [mine, `Authorization: Bearer access-${which}`, traced])
    expect(headers).toEqual([mine, ...attempts])
  })
})

describe('an XMLHttpRequest that an old token may serve', () => {
  const legacy = { status: 'notAuthorized', persistent: true, legacy: true } as const
  const inPath = `https://api.trello.com/1/tokens/secret/webhooks?key=${APP_KEY}&token=secret`

  it('goes out as it is once the old token was found, also with a token in its address', async () => {
    setUp.state = { status: 'restoring' }
    const removed = vi.spyOn(xhr.upload, 'removeEventListener')
    xhr.open('POST', inPath)
    xhr.send('name=A')
    setUp.state = legacy
    await settle()
    expect(browser.calls.open.mock.calls).toEqual([['POST', inPath]])
    expect(browser.calls.send.mock.calls).toEqual([['name=A']])
    // Or else the browser would ask the server first.
    expect(removed).toHaveBeenCalledTimes(7)
  })

  it('goes by the stored state, not by the last known one', async () => {
    setUp.state = legacy
    setUp.keptState = { status: 'notAuthorized', persistent: true }
    xhr.open('GET', url)
    xhr.send()
    await settle()
    expect(browser.calls.open.mock.lastCall).toEqual(['GET', 'https://api.trello.com/1/cards', true])
  })

  it('ends in a reported error if there is no old token, and a token in its address', async () => {
    const reported = vi.spyOn(browserPlatform, 'reportError').mockReturnValue()
    const ended = vi.fn()
    setUp.state = { status: 'notAuthorized', persistent: true }
    xhr.addEventListener('error', ended)
    xhr.open('GET', inPath)
    xhr.send()
    await settle()
    expect(browser.calls.send).not.toHaveBeenCalled()
    expect(ended).toHaveBeenCalledOnce()
    expect(reported.mock.calls).toMatchObject([[{ name: 'ConfigurationError', code: 'invalidRequest' }]])
    reported.mockRestore()
  })

  it('throws for a token in its address where there was a grant, and goes out at once if it is synchronous', () => {
    xhr.open('GET', inPath)
    expect(thrownBy(() => xhr.send())).toMatchObject({ code: 'invalidRequest' })
    setUp.state = legacy
    xhr.open('GET', url, false)
    xhr.send()
    expect(browser.calls.send).toHaveBeenCalledOnce()
  })
})

describe('an XMLHttpRequest that is not meant', () => {
  const foreign = 'https://elsewhere.example/1/cards'

  it('does not even ask for the client', () => {
    setUp.adapter.currentClient = () => {
      throw new Error('the t is out of date')
    }
    for (const address of [foreign, url.replace(APP_KEY, 'another'), 'relative', new URL(foreign)]) {
      xhr.open('GET', address)
      xhr.send('body')
      expect(browser.calls.open.mock.lastCall).toEqual(['GET', address])
      expect(browser.calls.send.mock.lastCall).toEqual(['body'])
    }
  })

  it.each([
    ['has credentials of its own in open()', [true, 'me', 'secret'], []],
    ['has an Authorization header of its own', [], [['authorization', 'Bearer mine']]],
  ])('%s', (_what, more, headers) => {
    xhr.open('GET', url, ...(more as [boolean, string, string]))
    for (const [name, value] of headers) xhr.setRequestHeader(name ?? '', value ?? '')
    xhr.send()
    expect(browser.calls.open.mock.calls).toEqual([['GET', url, ...more]])
    expect(browser.calls.setRequestHeader.mock.calls).toEqual(headers)
    expect(browser.calls.send.mock.calls).toEqual([[]])
  })

  it('has an address that only the browser understands', () => {
    xhr.open('GET', 'https://')
    xhr.send()
    expect(browser.calls.send).toHaveBeenCalledOnce()
  })

  it('has its body read in the way that its Content-Type says', async () => {
    const body = '[{"name":"https://x/?a=1&token=abc&b=2"}]'
    xhr.open('POST', url)
    xhr.setRequestHeader('content-type', 'application/json')
    xhr.send(body)
    await settle()
    expect(browser.calls.send.mock.calls).toEqual([[body]])
    xhr.open('POST', url)
    xhr.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded')
    xhr.send('a=1&token=abc&b=2')
    await settle()
    expect(browser.calls.send.mock.lastCall).toEqual(['a=1&b=2'])
  })
})

describe('an XMLHttpRequest to an origin that the client does not trust', () => {
  it('ends in an error that is reported, and is never sent', async () => {
    const reported = vi.spyOn(browserPlatform, 'reportError').mockReturnValue()
    setUp.adapter.api = keyedApi(APP_KEY, ['https://elsewhere.example'])
    xhr = new (adaptedXmlHttpRequest(OriginalRequest as never, setUp.adapter))()
    const ended = vi.fn()
    xhr.addEventListener('error', ended)
    xhr.open('POST', `https://elsewhere.example/1/cards?key=${APP_KEY}`)
    xhr.send('name=A')
    await settle()
    expect(ended).toHaveBeenCalledOnce()
    expect(browser.calls.send).not.toHaveBeenCalled()
    expect(reported.mock.calls).toMatchObject([[{ code: 'untrustedUrl' }]])
    reported.mockRestore()
  })
})

describe('two adapters on one XMLHttpRequest', () => {
  it('take the requests with their own key each', async () => {
    const inner = adaptedXmlHttpRequest(OriginalRequest as never, setUp.adapter)
    const others = adapterSetUp()
    others.adapter.api = keyedApi('another', ['https://api.trello.com'])
    xhr = new (adaptedXmlHttpRequest(inner, others.adapter))()
    for (const key of [APP_KEY, 'another', 'a third']) {
      xhr.open('GET', `https://api.trello.com/1/cards?key=${key}`)
      xhr.send()
      await settle()
    }
    const opened = browser.calls.open.mock.calls.map(([, address]) => address)
    expect(opened.filter((address) => !String(address).includes('key='))).toHaveLength(2)
    expect(opened.at(-1)).toContain('a third')
    expect(browser.calls.send).toHaveBeenCalledTimes(3)
    const bearer = ['Authorization', 'Bearer access-1']
    expect(browser.calls.setRequestHeader.mock.calls).toEqual([bearer, bearer])
  })
})

function OriginalRequest(): XMLHttpRequest {
  return browser.xhr
}
