import { beforeEach, describe, expect, it } from 'vitest'
import { adaptedXmlHttpRequest } from '../../../src/compat/xml-http-request-adapter'
import { settle } from '../support/clock'
import { thrownBy } from '../support/outcome'
import { adapterSetUp } from './support/adapter'
import { type BrowserRequest, browserRequest } from './support/browser-request'
import { APP_KEY } from './support/rest-api'

// What a page hears of its requests is in test/browser/request-adapter.test.ts, beside what a browser says.
const url = `https://api.trello.com/1/cards?key=${APP_KEY}&token=secret`

let browser: BrowserRequest
let xhr: XMLHttpRequest

beforeEach(() => {
  browser = browserRequest()
  xhr = new (adaptedXmlHttpRequest(OriginalRequest as never, adapterSetUp().adapter))()
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

function OriginalRequest(): XMLHttpRequest {
  return browser.xhr
}
