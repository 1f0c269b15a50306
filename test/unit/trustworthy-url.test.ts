// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { isTrustworthy } from '../../src/trustworthy-url'

describe('isTrustworthy', () => {
  it.each([
    'https://anything.example',
    'http://localhost',
    'http://a.b.localhost:1',
    'http://127.0.0.1',
    'http://127.9.8.7:80',
    'http://[::1]:3000',
  ])('says yes to %s', (url) => {
    expect(isTrustworthy(new URL(url))).toBe(true)
  })

  it.each([
    'http://api.trello.com',
    'http://localhost.evil.example',
    'http://evillocalhost',
    'http://128.0.0.1',
    'http://127.0.0.1.evil.example',
    'http://[::2]',
    'ftp://localhost',
    'data:text/html,x',
    'blob:https://api.trello.com/1',
  ])('says no to %s', (url) => {
    expect(isTrustworthy(new URL(url))).toBe(false)
  })
})
