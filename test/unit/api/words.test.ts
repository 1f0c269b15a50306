// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { wordsOf } from '../../../src/api/words'
import { createBrowser } from '../support/browser'
import { settle } from '../support/clock'
import { watch } from '../support/outcome'

describe('the words of an answer', () => {
  it('are read from a copy', async () => {
    const { platform } = createBrowser().frame()
    const response = new Response('invalid token')
    expect(await wordsOf(platform, response)).toBe('invalid token')
    expect(await response.text()).toBe('invalid token')
  })

  it('are none where the body was read before, or is cut off', async () => {
    const { platform } = createBrowser().frame()
    const read = new Response('invalid token')
    await read.text()
    expect(await wordsOf(platform, read)).toBe('')
    const cut = new ReadableStream({ start: (controller) => controller.error(new TypeError('cut')) })
    expect(await wordsOf(platform, new Response(cut))).toBe('')
  })

  it('are waited for no longer than two seconds', async () => {
    const { clock, frame } = createBrowser()
    const words = watch(wordsOf(frame().platform, new Response(new ReadableStream())))
    await clock.advance(1_999)
    expect(words.status).toBe('pending')
    await clock.advance(1)
    await settle()
    expect(words.value).toBe('')
  })
})
