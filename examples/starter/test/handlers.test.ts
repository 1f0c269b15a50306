import { createFakeTrello } from 'powerup-oauth/testing'
import { expect, it } from 'vitest'
import { handlers } from '../src/handlers'

/** A `t` with the card that a test wants. */
function onCard(desc: string) {
  return { ...createFakeTrello(), card: async () => ({ desc }) }
}

it('a card says how many words its description has', async () => {
  expect(await handlers['card-badges'](onCard(''))).toEqual([{ text: '0 words' }])
  expect(await handlers['card-badges'](onCard('one'))).toEqual([{ text: '1 word' }])
  expect(await handlers['card-detail-badges'](onCard('one two'))).toMatchObject([{ text: '2 words' }])
})

it.each([
  ['board-buttons', './board.html'],
  ['card-buttons', './card.html'],
] as const)('the button of %s opens %s', async (name, url) => {
  const t = onCard('')
  const [button] = await handlers[name]()
  await button?.callback(t)
  expect(t.calls).toMatchObject([{ name: 'popup', args: [{ url }] }])
})

it('"Authorize account" opens the page with the button', async () => {
  const t = onCard('')
  await handlers['show-authorization'](t)
  expect(t.calls).toMatchObject([{ name: 'popup', args: [{ url: './connect.html' }] }])
})
