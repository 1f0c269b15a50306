// @vitest-environment node
import { expect, it } from 'vitest'
import { shownPath } from '../../../src/api/shown-path'

it.each([
  ['/1/members/me', '/1/members/me'],
  ['1/members/me', '/1/members/me'],
  ['/1/search?query=private', '/1/search'],
  ['/1/x#private', '/1/x'],
  ['/1/x#private?a=1\nb', '/1/x'],
  ['https://api.trello.com/1/x?a=1', '/1/x'],
  ['HTTPS://user:secret@api.trello.com/1/x', '/1/x'],
  ['https://api.trello.com', '/'],
  ['/1/tokens/secret', '/1/tokens/…'],
  ['/1/tokens/secret/member?x=1', '/1/tokens/…/member'],
  ['/1/token/secret', '/1/token/…'],
  ['/1/Tokens/secret', '/1/Tokens/…'],
  ['/1/tok\nens/secret', '/1/tokens/…'],
  ['/1\\token\\secret', '/1/token/…'],
])('shows %j as %s', (address, shown) => {
  expect(shownPath(address)).toBe(shown)
})
