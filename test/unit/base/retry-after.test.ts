// @vitest-environment node
import { expect, it } from 'vitest'
import { parseRetryAfter } from '../../../src/base/retry-after'

const NOW = Date.UTC(2027, 0, 1, 12)

it.each([
  ['7', 7_000],
  ['120', 120_000],
  [' 0 ', 0],
  ['1.25', 1_250],
  ['-5', 0],
  ['30, 30', 30_000],
  ['5, 7', 5_000],
  ['1.5 ,2', 1_500],
  ['Fri, 01 Jan 2027 12:00:30 GMT', 30_000],
  [' Fri, 01 Jan 2027 12:00:30 GMT', 30_000],
  ['Friday, 01-Jan-27 12:00:30 GMT', 30_000],
  ['Fri Jan  1 12:00:30 2027 GMT', 30_000],
  ['Fri, 01 Jan 2027 11:00:00 GMT', 0],
])('Retry-After %j is understood', (header, waitMs) => {
  expect(parseRetryAfter(header, NOW)).toBe(waitMs)
})

it.each([
  null,
  'soon',
  '',
  '1e3',
  '0x10',
  'NaN',
  'Infinity',
  '9'.repeat(400),
  ', 5',
  'in 5 seconds',
  '5 Jan 12:00:30',
  'Fri, 99 Abc 12:00:30',
])('Retry-After %j says nothing', (header) => {
  expect(parseRetryAfter(header, NOW)).toBeUndefined()
})
