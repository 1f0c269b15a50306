// What a client loads on demand is loaded already, so that no test waits for real time.
import '../../../src/api/refusal'
import '../../../src/client/refresh-flow'
import '../../../src/client/sign-in-flow'
import type { ClientEvent } from '../../../src/base/events'
import type { Platform } from '../../../src/base/platform'
import { type Client, createClientIn } from '../../../src/client/client'
import type { ClientOptions } from '../../../src/client/options'
import { createPage, type Page } from '../../../src/client/page'
import { grantKey } from '../../../src/grant/key'
import { createBrowser, type FakeBrowser, type FakeFrame, PAGE_ORIGIN } from './browser'
import { createStorage, type FakeStorage } from './key-value-store'

export const options: ClientOptions = {
  clientId: 'client-1',
  redirectUri: `${PAGE_ORIGIN}/callback.html`,
  scopes: ['read:board:trello', 'read:member:trello'],
  workspace: 'workspace-1',
  authorizationEndpoint: 'https://auth.example/authorize',
}

/** The key of the grant of a client with these options. */
export function keyOf(more: { workspace?: string; member?: string } = {}): string {
  return grantKey({
    authorizationEndpoint: 'https://auth.example/authorize',
    clientId: 'client-1',
    workspace: 'workspace-1',
    ...more,
  })
}

interface OpenClient {
  client: Client
  frame: FakeFrame
  page: Page
  events: ClientEvent[]
  /** The redirect to the callback page, with the state of what the latest window shows. */
  respond(parameters?: string): void
}

export interface ClientSetUp extends Omit<FakeBrowser, 'frame'>, OpenClient {
  storage: FakeStorage
  key: string
  /** One more frame with a client of its own. */
  open(): OpenClient
}

/** A client in a frame of a partition whose storage is in memory. */
export function clientSetUp(
  more: Partial<ClientOptions> = {},
  differences: Partial<Platform> = {},
): ClientSetUp {
  const browser = createBrowser()
  const storage = createStorage()
  const open = (): OpenClient => {
    const frame = browser.frame(differences)
    const page = createPage(frame.platform, storage)
    const events: ClientEvent[] = []
    const onEvent = (event: ClientEvent) => void events.push(event)
    const respond = (parameters = 'code=code-1') => {
      const state = frame.window().url().searchParams.get('state')
      const data = { powerUpOAuth: 1, type: 'response', parameters: `state=${state}&${parameters}` }
      frame.deliver({ source: frame.window(), origin: PAGE_ORIGIN, data })
    }
    const { workspace, ...placeless } = options
    const place = more.t || workspace === undefined ? {} : { workspace }
    const client = createClientIn(page, { ...placeless, ...place, onEvent, ...more })
    return { client, frame, page, events, respond }
  }
  return { ...browser, ...open(), storage, key: keyOf(), open }
}
