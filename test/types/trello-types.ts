// A Power-Up written against `@types/trellopowerup`, with `exactOptionalPropertyTypes` on. Nothing here ever runs.

/// <reference types="trellopowerup" />

import { capabilities } from '../../src/client/capabilities'
import { type Client, createClient } from '../../src/index'
import type { PromptElement } from '../../src/prompt/element'
import type { PromptFrame } from '../../src/prompt/frame-height'
import type { KeeperClient } from '../../src/server/client'
import { trelloHostTokenEndpoint } from '../../src/token-endpoint/trello-host'

const options = {
  clientId: 'your-client-id',
  redirectUri: new URL('https://power-up.example/callback.html'),
  scopes: ['read:board:trello', 'write:board:trello'],
} as const

/** A page in a popup or a section. */
export function inAFrame(): Client {
  const t = window.TrelloPowerUp.iframe()
  createClient({ ...options, t, tokenEndpoint: trelloHostTokenEndpoint })
  return createClient({ ...options, t })
}

/** The connector. */
export function connector(): void {
  window.TrelloPowerUp.initialize({
    ...capabilities(options, { title: 'Connect', url: './connect.html', height: 200 }),
    'card-badges': async (t) => {
      const client = createClient({ ...options, t })
      return (await client.isAuthorized()) ? [{ text: 'connected' }] : []
    },
  })
  window.TrelloPowerUp.initialize(
    capabilities(
      { ...options, tokenEndpoint: trelloHostTokenEndpoint },
      { title: 'Connect', url: './connect.html' },
    ),
  )
}

/** Calls that hand on what their own caller may have left out. */
export async function handedOn(
  client: Client,
  given: { signal?: AbortSignal; scopes?: string[] },
): Promise<void> {
  const { signal, scopes } = given
  await client.authorize({ signal, scopes })
  await client.getAccessToken({ signal })
  await client.api.get('/1/members/me', { signal })
  await client.signOut({ everyWorkspace: undefined })
}

/** The `init` of a request of one's own, whose signal may be `null`. */
export function asInFetch(client: Client, keeper: KeeperClient, { signal }: RequestInit): Promise<string>[] {
  return [client.getAccessToken({ signal }), keeper.getAccessToken({ signal })]
}

/** What is heard of the prompt, and of any element. */
export function listening(prompt: PromptElement, t: PromptFrame): void {
  prompt.addEventListener('authorized', ({ detail }) => detail.status === 'authorized' && t.sizeTo(prompt))
  const failed = (event: CustomEvent<unknown>) => event.detail
  prompt.addEventListener('authorizeerror', failed, { once: true })
  prompt.removeEventListener('authorizeerror', failed)
  prompt.addEventListener('keydown', ({ key }) => key === 'Escape')
  prompt.addEventListener('of one’s own', (event) => event.preventDefault())
}
