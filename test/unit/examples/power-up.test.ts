import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { TokenEndpointError } from '../../../src/base/errors'
import { definePrompt } from '../../../src/prompt/define-prompt'
import { createFakeClient, createFakeTrello, type FakeClient } from '../../../src/testing'
import { settle } from '../support/clock'

const connected = { status: 'authorized', scopes: [], missingScopes: [], persistent: true } as const
let client: FakeClient

beforeEach(() => {
  client = createFakeClient(connected, { scopes: [] })
})
afterEach(() => {
  vi.unstubAllGlobals()
  document.body.replaceChildren()
})

it('the settings say that a disconnection failed, though they are not connected any more', async () => {
  const signOut = async () => {
    await client.signOut()
    throw new TokenEndpointError('storageUnavailable')
  }
  await open('settings', Object.create(client, { signOut: { value: signOut } }))
  document.querySelector('button')?.click()
  await settle()
  expect(document.body.dataset.state).toBe('notAuthorized')
  expect(wordsShown()).toContain('could not delete the connection')
  await client.authorize()
  expect(wordsShown()).toContain('Greeter is connected')
  expect(wordsShown()).not.toContain('could not delete the connection')
})

it('the settings say that a browser keeps nothing, as long as they are connected', async () => {
  client.setState({ ...connected, persistent: false })
  await open('settings', client)
  expect(wordsShown()).toContain('Your browser keeps nothing for us')
  client.setState({ status: 'tokenExpired', reason: 'revoked', since: 0, scopes: [] })
  expect(wordsShown()).not.toContain('Your browser keeps nothing for us')
})

it('the board forgets what did not work once it works', async () => {
  client.respond('GET', '/1/boards/board-1/lists', new TypeError('Failed to fetch'))
  client.respond('GET', '/1/boards/board-1/cards', [{ idList: 'list-1' }])
  await open('board', client)
  expect(wordsShown()).toContain('Trello cannot be reached')
  client.respond('GET', '/1/boards/board-1/lists', [{ id: 'list-1', name: 'Ideas' }])
  client.setState({ status: 'tokenExpired', reason: 'revoked', since: 0, scopes: [] })
  await client.authorize()
  await settle()
  expect(wordsShown()).toContain('Ideas: 1 card')
  expect(wordsShown()).not.toContain('Trello cannot be reached')
})

/** A page of the example as it stands, with this client in it. */
async function open(page: string, client: FakeClient): Promise<void> {
  const html = readFileSync(`examples/power-up/${page}.html`, 'utf8')
  document.body.innerHTML = html.replace(/[\s\S]*<body>|<\/body>[\s\S]*/g, '')
  vi.stubGlobal('TrelloPowerUp', { iframe: () => createFakeTrello() })
  vi.stubGlobal('PowerUpOAuth', { createClient: () => client, definePrompt })
  vi.resetModules()
  await import(`../../../examples/power-up/${page}.js`)
  await settle()
}

/** What can be read beside the prompt. */
function wordsShown(): string {
  const texts = [...document.querySelectorAll('main > :not([hidden])')].map(({ textContent }) => textContent)
  return texts.join(' ')
}
