// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { readRateLimit } from '../../../src/api/rate-limit'

describe('readRateLimit', () => {
  it("reads Trello's six headers", () => {
    const headers = new Headers({
      'x-rate-limit-api-key-interval-ms': '10000',
      'x-rate-limit-api-key-max': '300',
      'x-rate-limit-api-key-remaining': '0',
      'x-rate-limit-api-token-interval-ms': '10000',
      'x-rate-limit-api-token-max': '100',
      'x-rate-limit-api-token-remaining': '42',
    })
    expect(readRateLimit(headers)).toEqual({
      key: { remaining: 0, max: 300, intervalMs: 10_000 },
      token: { remaining: 42, max: 100, intervalMs: 10_000 },
    })
  })

  it('leaves out what it cannot read', () => {
    const headers = new Headers({
      'x-rate-limit-api-key-remaining': '3',
      'x-rate-limit-api-key-max': 'many',
      'x-rate-limit-api-token-remaining': '',
      'x-rate-limit-api-token-max': '100',
    })
    expect(readRateLimit(headers)).toEqual({ key: { remaining: 3 } })
    expect(readRateLimit(new Headers({ 'x-rate-limit-api-token-remaining': '5' }))).toEqual({
      token: { remaining: 5 },
    })
  })

  it('reads headers that came twice', () => {
    const headers = new Headers([
      ['x-rate-limit-api-token-remaining', '0'],
      ['x-rate-limit-api-token-remaining', '0'],
    ])
    expect(readRateLimit(headers)).toEqual({ token: { remaining: 0 } })
  })

  it('says nothing without them', () => {
    expect(readRateLimit(new Headers())).toBeUndefined()
  })
})
