import { beforeEach, describe, expect, it, vi } from 'vitest'
import { browserPlatform } from '../../../../src/base/platform'
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
  it('is sent once that is there, and can be neither changed nor sent meanwhile', async () => {
    xhr.open('POST', url)
    xhr.send('name=A')
    for (const call of [() => xhr.setRequestHeader('x-late', '1'), () => xhr.send()]) {
      expect(thrownBy(call)).toMatchObject({ name: 'InvalidStateError' })
    }
    expect(browser.calls.send).not.toHaveBeenCalled()
    await settle()
    expect(browser.calls.send.mock.calls).toEqual([['name=A']])
  })

  it('is never sent where the page calls it off', async () => {
    xhr.open('POST', url)
    xhr.send('name=A')
    xhr.abort()
    await settle()
    expect(browser.calls.send).not.toHaveBeenCalled()
    expect(xhr.readyState).toBe(0)
  })

  it('is another one where the page opens it anew', async () => {
    xhr.open('POST', url)
    xhr.send('name=A')
    xhr.open('PUT', url)
    xhr.send('name=B')
    await settle()
    expect(browser.calls.send.mock.calls).toEqual([['name=B']])
  })
})

describe('an XMLHttpRequest that an old token may serve', () => {
  const legacy = { status: 'notAuthorized', persistent: true, legacy: true } as const
  const inPath = `https://api.trello.com/1/tokens/secret/webhooks?key=${APP_KEY}&token=secret`

  it('is left alone once it is known that one does, also with a token in its address', async () => {
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

  it('decides by what is kept now, not by what was known', async () => {
    setUp.state = legacy
    setUp.keptState = { status: 'notAuthorized', persistent: true }
    xhr.open('GET', url)
    xhr.send()
    await settle()
    expect(browser.calls.open.mock.lastCall).toEqual(['GET', 'https://api.trello.com/1/cards', true])
  })

  it('ends in an error that is reported where none does, and a token is in its address', async () => {
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

  it('throws for such an address where there was a grant, and goes out at once where it can not wait', () => {
    xhr.open('GET', inPath)
    expect(thrownBy(() => xhr.send())).toMatchObject({ code: 'invalidRequest' })
    setUp.state = legacy
    xhr.open('GET', url, false)
    xhr.send()
    expect(browser.calls.send).toHaveBeenCalledOnce()
  })
})

function OriginalRequest(): XMLHttpRequest {
  return browser.xhr
}
