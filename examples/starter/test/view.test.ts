import { definePrompt } from 'powerup-oauth/prompt'
import { createFakeClient, type FakeClient } from 'powerup-oauth/testing'
import { expect, it, vi } from 'vitest'
import { cardsOfLists, greeting, membersOfCard } from '../src/calls'
import { showWhenConnected } from '../src/view'

definePrompt()

/** A page with a client, as `page.ts` makes it. */
function open(client: FakeClient, load: () => Promise<string>) {
  const prompt = document.createElement('powerup-oauth-prompt')
  const text = document.createElement('p')
  document.body.replaceChildren(prompt, text)
  prompt.client = client
  showWhenConnected(client, { prompt, text }, load)
  return { prompt, text }
}

it('the page greets who connects, and asks who does not to', async () => {
  const client = createFakeClient()
  client.respond('GET', '/1/members/me', { fullName: 'Ama' })
  const { prompt, text } = open(client, () => greeting(client))
  expect([prompt.situation, text.textContent]).toEqual(['connect', ''])
  await client.authorize()
  await vi.waitFor(() => expect(text.textContent).toBe('Hello, Ama!'))
  expect(prompt.situation).toBeUndefined()
  client.setState({ status: 'tokenExpired', reason: 'revoked', since: Date.now(), scopes: [] })
  expect([prompt.situation, text.textContent]).toEqual(['revoked', ''])
})

it('what went wrong is shown', async () => {
  const client = createFakeClient()
  client.respond('GET', '/1/members/me', new Response('down for maintenance', { status: 503 }))
  const { text } = open(client, () => greeting(client))
  await client.authorize()
  await vi.waitFor(() => expect(text.textContent).toContain('503'))
})

it('the lists and members come from Trello', async () => {
  const client = createFakeClient()
  await client.authorize()
  client.respond('GET', '/1/boards/b/lists', [
    { id: 'l', name: 'Ideas' },
    { id: 'm', name: 'Done' },
  ])
  client.respond('GET', '/1/boards/b/cards', [{ idList: 'l' }, { idList: 'l' }])
  client.respond('GET', '/1/cards/c/members', [{ fullName: 'Ama' }])
  expect(await cardsOfLists(client, 'b')).toBe('Ideas: 2\nDone: 0')
  expect(await membersOfCard(client, 'c')).toBe('Ama')
})
