import { beforeEach, describe, expect, it } from 'vitest'
import { type RequestView, requestView } from '../../../../src/compat/requests/request-view'
import { type BrowserRequest, browserRequest } from '../support/browser-request'

const types = ['readystatechange', 'loadstart', 'progress', 'load', 'error', 'abort', 'timeout', 'loadend']

let browser: BrowserRequest
let xhr: XMLHttpRequest
let view: RequestView
/** What the page heard, and the `readyState` that it saw then. */
let heard: string[]
/** What the page does when it hears something. */
let onHeard: (line: string) => void

beforeEach(() => {
  heard = []
  onHeard = () => undefined
  browser = browserRequest()
  browser.readyState = 1
  xhr = browser.xhr
  view = requestView(xhr)
  for (const type of types) {
    xhr.addEventListener(type, (event) => {
      if (!view.isTelling()) view.withhold(event)
    })
  }
  for (const type of types) {
    xhr.addEventListener(type, () => hear(`${type} ${xhr.readyState}`))
    xhr.upload.addEventListener(type, () => hear(`upload ${type} ${xhr.readyState}`))
  }
})

describe('the view of an XMLHttpRequest', () => {
  it("is the browser's", () => {
    browser.readyState = 3
    expect([xhr.readyState, view.isApart()]).toEqual([3, false])
  })

  it('shows a request without an answer while events are withheld', () => {
    refuse()
    expect(heard).toEqual([])
    expect([xhr.readyState, view.isApart()]).toEqual([1, true])
    expect([view.hasWithheld('load'), view.hasWithheld('error')]).toEqual([true, false])
  })

  it('tells of withheld events as they were', () => {
    refuse()
    const events: Event[] = []
    xhr.addEventListener('load', (event) => events.push(event))
    expect(view.tellWithheld()).toBe(true)
    expect(heard).toEqual(['readystatechange 2', 'readystatechange 4', 'load 4', 'loadend 4'])
    expect(events).toEqual([expect.any(ProgressEvent)])
    expect(events[0]).toMatchObject({ lengthComputable: true, loaded: 7, total: 7 })
    expect([view.isApart(), view.isTelling()]).toEqual([false, false])
  })

  it('stops telling once the page has opened the request again', () => {
    refuse()
    onHeard = (line) => {
      if (line === 'readystatechange 4') view.follow()
    }
    expect(view.tellWithheld()).toBe(false)
    expect(heard).toEqual(['readystatechange 2', 'readystatechange 4'])
  })

  it('tells neither of a refused attempt nor of the open() for the second one', () => {
    refuse()
    browser.readyState = 1
    xhr.dispatchEvent(new Event('readystatechange'))
    view.follow()
    expect([view.isApart(), view.hasWithheld('load')]).toEqual([false, false])
    expect(view.tellWithheld()).toBe(true)
    expect(heard).toEqual([])
  })
})

describe('the end of a request that is held back', () => {
  const ending = (type: string) => ['readystatechange 4', `${type} 4`, 'loadend 4']

  it('begins with a loadstart if the page has heard of none', () => {
    view.tellEnd('error', [xhr])
    expect(heard).toEqual(['loadstart 1', ...ending('error')])
    expect([xhr.readyState, view.isApart()]).toEqual([4, true])
  })

  it('is told on its upload, too', () => {
    view.tellEnd('timeout', [xhr, xhr.upload])
    const upload = ['upload timeout 4', 'upload loadend 4']
    const [change = '', ...end] = ending('timeout')
    expect(heard).toEqual(['loadstart 1', 'upload loadstart 1', change, ...upload, ...end])
  })

  it('is not told on the upload of a request that was answered', () => {
    view.tellEnd('timeout', [])
    expect(heard).toEqual(ending('timeout'))
  })

  it('leaves an aborted request like one that was never opened', () => {
    view.tellEnd('abort', [xhr])
    expect(heard).toEqual(['loadstart 1', ...ending('abort')])
    expect([xhr.readyState, view.isApart()]).toEqual([0, true])
    view.follow()
    expect([xhr.readyState, view.isApart()]).toEqual([1, false])
  })

  it.each([
    ['loadstart 1', 1],
    ['readystatechange 4', 2],
  ])('is told no further once the page has opened the request again at %s', (line, count) => {
    onHeard = (told) => {
      if (told === line) view.follow()
    }
    view.tellEnd('abort', [xhr])
    expect(heard).toHaveLength(count)
    expect([xhr.readyState, view.isApart()]).toEqual([1, false])
  })
})

/** The browser brings a whole answer. Whatever it says is withheld here. */
function refuse(): void {
  for (const state of [2, 4]) {
    browser.readyState = state
    xhr.dispatchEvent(new Event('readystatechange'))
  }
  for (const type of ['load', 'loadend']) {
    xhr.dispatchEvent(new ProgressEvent(type, { lengthComputable: true, loaded: 7, total: 7 }))
  }
}

function hear(line: string): void {
  heard.push(line)
  onHeard(line)
}
