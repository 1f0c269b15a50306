// @vitest-environment node
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grantKey, placeOf, readKey } from '../../../src/server/key'
import { thrownBy } from '../support/outcome'

describe('the key of a grant', () => {
  it('has the same form for ever', () => {
    expect(grantKey({ workspace: 'w1', member: 'm1' })).toBe('member=m1&workspace=w1')
    expect(grantKey({ member: 'm1' })).toBe('member=m1')
    expect(grantKey({ workspace: 'a&b=c' })).toBe('workspace=a%26b%3Dc')
  })

  it('tells whom it is for', () => {
    const id = fc.string({ minLength: 1 }).filter((text) => text.trim() !== '')
    fc.assert(
      fc.property(fc.option(id, { nil: undefined }), id, (workspace, member) => {
        expect(placeOf(grantKey({ workspace, member }))).toEqual({ workspace, member })
      }),
    )
  })

  it.each([
    'bot',
    '',
    'member=',
    'workspace=w&member=m',
    'member=m&',
    'member=m&x=1',
    'member=%',
    'member=a b',
  ])('that grantKey did not make tells nothing: %j', (key) => {
    expect(placeOf(key)).toEqual({})
  })

  it.each([{}, { workspace: '' }, { member: 5 }, { member: '\ud800' }, { workspace: 'w\udc00' }, null])(
    'is not made of %j',
    (place) => {
      expect(thrownBy(() => grantKey(place as object))).toMatchObject({ name: 'ConfigurationError' })
    },
  )

  it.each(['', '  ', 5, undefined])('is not %j', (key) => {
    expect(thrownBy(() => readKey(key))).toMatchObject({ code: 'invalidKey' })
  })
})
