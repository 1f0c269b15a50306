// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'
import type { GrantEntry } from '../../../src/grant/grant'
import { createUnsaved, type UnsavedChange } from '../../../src/grant/unsaved'
import { createBrowser } from '../support/browser'
import { settle } from '../support/clock'
import { attempt } from '../support/grants'

const NOTHING: GrantEntry = { attempts: [] }

function setUp() {
  const { clock, frame } = createBrowser()
  const save = vi.fn(async (): Promise<unknown> => undefined)
  return { clock, save, unsaved: createUnsaved(frame().platform, save) }
}

/** A change that adds an attempt of this state. */
function adding(state: string): UnsavedChange {
  const change = (entry: GrantEntry) => ({ attempts: [...entry.attempts, attempt({ state })] })
  return { change, done: vi.fn() }
}

const statesOf = ({ attempts }: GrantEntry) => attempts.map(({ state }) => state)

describe('unsaved changes', () => {
  it('are applied in the order in which they were made', () => {
    const { unsaved } = setUp()
    unsaved.add(adding('a'))
    unsaved.add(adding('b'))
    expect(statesOf(unsaved.applyTo(NOTHING, unsaved.list()))).toEqual(['a', 'b'])
  })

  it('leave an entry as it is where nothing waits', () => {
    const { unsaved } = setUp()
    expect(unsaved.applyTo(NOTHING, unsaved.list())).toBe(NOTHING)
  })

  it('are not applied once they are settled, even by who listed them before', () => {
    const { unsaved } = setUp()
    const [first, second] = [adding('a'), adding('b')]
    unsaved.add(first)
    unsaved.add(second)
    const listed = unsaved.list()
    unsaved.settle([first], NOTHING)
    expect(statesOf(unsaved.applyTo(NOTHING, listed))).toEqual(['b'])
    expect(unsaved.list()).toEqual([second])
  })

  it('that came later are not applied by who listed them before', () => {
    const { unsaved } = setUp()
    const listed = unsaved.list()
    unsaved.add(adding('a'))
    expect(unsaved.applyTo(NOTHING, listed)).toBe(NOTHING)
  })

  it('tell who waits when they are settled', () => {
    const { unsaved } = setUp()
    const [first, second] = [adding('a'), adding('b')]
    unsaved.add(first)
    unsaved.add(second)
    unsaved.settle([first], NOTHING)
    expect(first.done).toHaveBeenCalledExactlyOnceWith(NOTHING)
    expect(second.done).not.toHaveBeenCalled()
  })

  it('tell who waits when they are cleared, and then nothing is left', () => {
    const { unsaved } = setUp()
    const item = adding('a')
    unsaved.add(item)
    unsaved.clear()
    expect(item.done).toHaveBeenCalledExactlyOnceWith(undefined)
    expect(unsaved.list()).toEqual([])
  })
})

describe('saving again', () => {
  it('begins a second after a change came to wait', async () => {
    const { unsaved, clock, save } = setUp()
    unsaved.add(adding('a'))
    unsaved.add(adding('b'))
    await clock.advance(999)
    expect(save).not.toHaveBeenCalled()
    await clock.advance(1)
    expect(save).toHaveBeenCalledTimes(1)
    await settle()
    expect(clock.timers()).toBe(0)
  })

  it('goes on after a failure', async () => {
    const { unsaved, clock, save } = setUp()
    save.mockRejectedValueOnce(new Error('full'))
    unsaved.add(adding('a'))
    await clock.advance(3_000)
    expect(save).toHaveBeenCalledTimes(2)
  })

  it('is left out where nothing waits any more', async () => {
    const { unsaved, clock, save } = setUp()
    unsaved.add(adding('a'))
    unsaved.clear()
    await clock.advance(1_000)
    expect(save).not.toHaveBeenCalled()
    expect(clock.timers()).toBe(0)
  })
})
