// @vitest-environment node
import { expect, it } from 'vitest'
import { shown } from '../../../src/token-endpoint/shown'
import { createBrowser } from '../support/browser'
import { settle } from '../support/clock'
import { watch } from '../support/outcome'

it('a tab in front is not waited for', async () => {
  const { platform, listeners } = createBrowser().frame()
  await shown(platform)
  expect(listeners.wake).toBe(0)
})

it('a hidden tab is waited for until it is shown, and then listens no more', async () => {
  const frame = createBrowser().frame()
  frame.isVisible = false
  const outcome = watch(shown(frame.platform))
  await settle()
  expect([outcome.status, frame.listeners.wake]).toEqual(['pending', 1])
  frame.isVisible = true
  frame.wake()
  await settle()
  expect([outcome.status, frame.listeners.wake]).toEqual(['resolved', 0])
})
