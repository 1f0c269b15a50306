import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { warnOfBypass } from '../../../../src/compat/requests/bypass'
import { type AdapterSetUp, adapterSetUp } from '../support/adapter'
import { APP_KEY } from '../support/rest-api'

const keyed = `https://api.trello.com/1/members/me?key=${APP_KEY}&token=secret`

let setUp: AdapterSetUp
let warned: ReturnType<typeof vi.spyOn>
let observer: FakeObserver | undefined
let undo = () => {}

class FakeObserver {
  isOn = false
  readonly #tell: PerformanceObserverCallback
  constructor(tell: PerformanceObserverCallback) {
    this.#tell = tell
    observer = this
  }
  observe() {
    this.isOn = true
  }
  disconnect() {
    this.isOn = false
  }
  see(name: string, startTime = performance.now()) {
    const list = { getEntries: () => [{ name, startTime }] }
    if (this.isOn) this.#tell(list as never, this as never)
  }
}

beforeEach(() => {
  setUp = adapterSetUp()
  warned = vi.spyOn(console, 'warn').mockReturnValue()
  vi.stubGlobal('PerformanceObserver', FakeObserver)
  undo = warnOfBypass(setUp.adapter)
})
afterEach(() => {
  undo()
  warned.mockRestore()
  vi.unstubAllGlobals()
})

describe('a request that went past the adapter', () => {
  it('is told of once, without its address', () => {
    observer?.see(keyed)
    observer?.see(keyed)
    expect(warned).toHaveBeenCalledOnce()
    expect(String(warned.mock.lastCall?.[0])).toContain('request adapter')
    expect(String(warned.mock.lastCall?.[0])).not.toMatch(/secret|app-key-1/)
  })

  it.each([
    ['with another key', keyed.replace(APP_KEY, 'another')],
    ['without one', 'https://api.trello.com/1/members/me'],
    ['to another host', keyed.replace('trello', 'elsewhere')],
    ['to no host', 'data:,x'],
    [
      'for the client.js of Trello, which has the key in its address',
      keyed.replace('members/me', 'client.js'),
    ],
  ])('is not seen in one %s', (_what, url) => {
    observer?.see(url)
    expect(warned).not.toHaveBeenCalled()
  })

  it('is not seen in one that began before', () => {
    observer?.see(keyed, performance.now() - 60_000)
    expect(warned).not.toHaveBeenCalled()
  })

  it('is not seen while an old token serves: requests go out as they are', () => {
    setUp.state = { status: 'notAuthorized', persistent: true, legacy: true }
    observer?.see(keyed)
    expect(warned).not.toHaveBeenCalled()
  })

  it('is not looked for after the undo', () => {
    undo()
    observer?.see(keyed)
    expect(warned).not.toHaveBeenCalled()
  })

  it.each([
    ['is missing', undefined],
    [
      'does not know resources',
      class {
        observe() {
          throw new TypeError('unknown type')
        }
      },
    ],
  ])('is not looked for where the observer %s', (_how, PerformanceObserver) => {
    vi.stubGlobal('PerformanceObserver', PerformanceObserver)
    warnOfBypass(setUp.adapter)()
    expect(warned).not.toHaveBeenCalled()
  })
})
