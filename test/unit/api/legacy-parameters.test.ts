// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { withoutLegacyParameters } from '../../../src/api/legacy-parameters'

describe('the credentials of the older authorization', () => {
  it.each([
    ['', ''],
    ['?', '?'],
    ['?a=1', '?a=1'],
    ['?key=k&token=t', ''],
    ['?key', ''],
    ['?key=k&fields=id&token=t&token=u', '?fields=id'],
    ['?%6Bey=k&a=1', '?a=1'],
    ['?a=1&tok%65n=t', '?a=1'],
    ['?keys=1&tokens=2&Key=3&a=key=4', '?keys=1&tokens=2&Key=3&a=key=4'],
    ['?a=%20b,c&flag&d=~&key=k', '?a=%20b,c&flag&d=~'],
    ['?a=%zz&key=k', '?a=%zz'],
  ])('are taken out of %j, and nothing else is changed: %j', (search, rest) => {
    expect(withoutLegacyParameters(search)).toBe(rest)
  })
})
