import { createClient } from 'powerup-oauth'
import { definePrompt } from 'powerup-oauth/prompt'
import { createFakeClient, createFakeTrello } from 'powerup-oauth/testing'
import { expect, it } from 'vitest'
import { signInAndCall } from './small-page.cjs'

it('the fakes work', async () => {
  const client = createFakeClient()
  client.respond('GET', '/1/members/me', { fullName: 'Ama Okafor' })
  await client.authorize()
  expect(await client.api.get('/1/members/me')).toEqual({ fullName: 'Ama Okafor' })
  await createFakeTrello().set('board', 'shared', 'key', { kept: true })
})

it('the prompt asks a person to connect', async () => {
  definePrompt()
  const prompt = document.createElement('powerup-oauth-prompt')
  prompt.client = createFakeClient()
  document.body.append(prompt)
  await expect.poll(() => prompt.shadowRoot?.querySelector('button')?.textContent).toContain('Connect')
})

it('the real client signs in, calls and refreshes', async () => {
  expect(await signInAndCall(createClient, globalThis)).toBe('Ama Okafor')
})
