import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFrameHeight } from '../../../src/prompt/frame-height'
import { createFakeTrello } from '../../../src/testing/fake-trello'

let told: () => void
let calls: string[]

beforeEach(() => {
  calls = []
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(callback: () => void) {
        told = callback
      }
      observe() {
        calls.push('observe')
      }
      disconnect() {
        calls.push('disconnect')
      }
    },
  )
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

function setUp() {
  const t = createFakeTrello()
  return { t, height: createFrameHeight(() => t) }
}

describe('the height of a frame', () => {
  it('follows its page, and stays where that has the height that the frame was sized to', () => {
    const { t, height } = setUp()
    height.fit()
    expect(t.calls).toEqual([{ name: 'sizeTo', args: [document.body] }])
    told()
    expect(t.calls).toHaveLength(1)
    vi.spyOn(document.body, 'offsetHeight', 'get').mockReturnValue(120)
    told()
    told()
    expect(t.calls).toHaveLength(2)
  })

  it('is watched afresh with each fit, which Chromium does only after the first watch is over', () => {
    const { height } = setUp()
    height.watch()
    height.fit()
    expect(calls).toEqual(['disconnect', 'observe', 'disconnect', 'observe'])
  })

  it('is not watched afresh while the observer tells, which would end in an error about a loop', () => {
    const { height } = setUp()
    height.fit()
    calls = []
    vi.spyOn(document.body, 'offsetHeight', 'get').mockReturnValue(120)
    told()
    expect(calls).toEqual([])
  })

  it('is left alone after the end', () => {
    const { height } = setUp()
    height.watch()
    calls = []
    height.stop()
    expect(calls).toEqual(['disconnect'])
  })

  it.each([
    ['rejects', () => Promise.reject(new Error('The popup is closed'))],
    ['throws', () => fail()],
  ])('minds no frame that %s', async (_how, sizeTo) => {
    expect(() => createFrameHeight(() => ({ sizeTo })).fit()).not.toThrow()
    await Promise.resolve()
  })

  it('is what is fitted, in an engine without such an observer', () => {
    vi.stubGlobal('ResizeObserver', undefined)
    const { t, height } = setUp()
    height.watch()
    height.fit()
    height.stop()
    expect(t.calls).toHaveLength(1)
  })
})

function fail(): never {
  throw new Error('There is no frame')
}
