import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { storedText, textOf } from '../../../src/server/stored-text'

it('an everyday text stays as it is', () => {
  const text = '{"key":"workspace/5f1e member","name":"Zoë 漢 🙂 \\u0000"}'
  expect(storedText(text)).toBe(text)
  expect(textOf(text)).toBe(text)
})

it.each([
  ['NUL', 'a\0b'],
  ['the mark itself', '\u001b0000'],
  ['half a surrogate pair', '\ud83dx'],
  ['the other half', '\ude42'],
  ['halves in the wrong order', '\ude42\ud83d'],
])('a text with %s has no such character when it is stored, and comes back', (_what, text) => {
  const stored = storedText(text)
  expect(stored).not.toContain('\0')
  expect(Buffer.from(stored, 'utf8').toString('utf8')).toBe(stored)
  expect(textOf(stored)).toBe(text)
})

it('any text comes back', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
      const text = String.fromCharCode(...units)
      expect(textOf(storedText(text))).toBe(text)
    }),
  )
})
