// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { fieldsOf } from '../../../src/base/fields'

describe('the fields of a value', () => {
  it('are its own members and the inherited ones', () => {
    expect(fieldsOf({ a: 1 }).a).toBe(1)
    expect(fieldsOf(new DOMException('', 'AbortError')).name).toBe('AbortError')
  })

  it.each([null, undefined, 7, true, 'text', Symbol('s'), 7n])('read as undefined on %o', (value) => {
    expect(fieldsOf(value).status).toBeUndefined()
  })
})
