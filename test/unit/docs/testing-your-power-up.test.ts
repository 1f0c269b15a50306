import * as msw from 'msw'
import * as node from 'msw/node'
import { expect, it } from 'vitest'
import * as testing from '../../../src/testing'
import { server } from '../support/network'
import { runSnippetWith } from './snippets'

interface Recipe {
  server: node.SetupServer
  client: testing.FakeClient
}

it('docs/testing-your-power-up.md: msw answers the fake client, which sends a bearer', async () => {
  const recipe = runSnippetWith<Recipe>('docs/testing-your-power-up.md', 'setupServer', {
    msw,
    'msw/node': node,
    'powerup-oauth/testing': testing,
  })
  server.use(...(recipe.server.listHandlers() as msw.RequestHandler[]))
  expect(await recipe.client.api.get('/1/members/me')).toEqual({ fullName: 'Ama' })
  const bare = await fetch('https://api.trello.com/1/members/me')
  expect([bare.status, await bare.text()]).toEqual([401, 'unauthorized permission requested'])
})
