// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'
import { openChannel } from '../../../src/grant/channel'
import { createBrowser } from '../support/browser'
import { settle } from '../support/clock'

describe('a channel', () => {
  it('reaches the sibling frames on the same name, and nobody else', async () => {
    const browser = createBrowser()
    const [own, sibling, stranger] = [vi.fn(), vi.fn(), vi.fn()]
    const channel = openChannel(browser.frame().platform, 'a', own)
    openChannel(browser.frame().platform, 'a', sibling)
    openChannel(browser.frame().platform, 'b', stranger)
    expect(channel.isOpen).toBe(true)
    channel.post({ type: 'changed' })
    channel.post({ type: 'whoHasAnswer', generation: 'g' })
    channel.post({ type: 'iHaveAnswer', generation: 'g' })
    await settle()
    expect(sibling.mock.calls).toEqual([
      [{ type: 'changed' }],
      [{ type: 'whoHasAnswer', generation: 'g' }],
      [{ type: 'iHaveAnswer', generation: 'g' }],
    ])
    expect(own).not.toHaveBeenCalled()
    expect(stranger).not.toHaveBeenCalled()
  })

  it('may be missing', () => {
    const { platform } = createBrowser().frame({ openChannel: () => undefined })
    const channel = openChannel(platform, 'a', () => undefined)
    expect(channel.isOpen).toBe(false)
    expect(() => channel.post({ type: 'changed' })).not.toThrow()
  })

  it('may be closed by the browser', () => {
    const postMessage = () => {
      throw new DOMException('Channel is closed', 'InvalidStateError')
    }
    const { platform } = createBrowser().frame({
      openChannel: () => ({ postMessage, addEventListener: () => undefined, close: () => undefined }),
    })
    expect(() => openChannel(platform, 'a', () => undefined).post({ type: 'changed' })).not.toThrow()
  })
})
