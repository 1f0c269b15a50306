const { createClient } = require('powerup-oauth')
const { signInAndCall } = require('./small-page.cjs')

test('the real client signs in, calls and refreshes', async () => {
  expect(await signInAndCall(createClient, globalThis)).toBe('Ama Okafor')
})
