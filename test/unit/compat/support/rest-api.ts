import { createClientIn } from '../../../../src/client/client'
import {
  createRestApiClient,
  type RestApiClient,
  type RestApiFrame,
  type RestApiOptions,
} from '../../../../src/compat/rest-api/rest-api-client'
import { grantKey } from '../../../../src/grant/key'
import type { Client, ClientOptions, TrelloContext } from '../../../../src/index'
import { type ClientSetUp, clientSetUp, options } from '../../support/client'

export interface RestApiSetUp extends Omit<ClientSetUp, 'client'> {
  restApi: RestApiClient
  /** Trello's memory for `t.get`. */
  pluginData: Map<string, unknown>
}

export const APP_KEY = 'app-key-1'

export function frameOf(
  context: TrelloContext = { organization: 'workspace-1', member: 'member-1' },
  pluginData: Map<string, unknown> = new Map(),
): RestApiFrame {
  return {
    getContext: () => context,
    get: async (...place) => pluginData.get(place.join('/')),
    remove: async (...place) => pluginData.delete(place.join('/')),
  }
}

/** The key of the grant that belongs to a frame's context. */
export function grantKeyOf({ organization, member }: TrelloContext): string {
  return grantKey({
    authorizationEndpoint: 'https://auth.example/authorize',
    clientId: 'client-1',
    ...(organization && { workspace: organization }),
    ...(member && { member }),
  })
}

/** The look-alike in a frame of a partition whose storage is in memory. */
export function restApiSetUp(
  more: Partial<RestApiOptions> = {},
  {
    t,
    trello,
    answerWithinMs,
    pluginData = new Map(),
  }: {
    t?: RestApiFrame | null
    trello?: object
    answerWithinMs?: number
    pluginData?: Map<string, unknown>
  } = {},
): RestApiSetUp {
  const { client: _client, ...setUp } = clientSetUp()
  const makeClient = (given: ClientOptions): Client => createClientIn(setUp.page, given)
  const { workspace: _workspace, ...own } = options
  const frame = t === undefined ? frameOf(undefined, pluginData) : (t ?? undefined)
  const restApi = createRestApiClient(
    frame,
    { ...own, appKey: APP_KEY, appName: 'My Power-Up', ...more },
    { trello, answerWithinMs, makeClient: makeClient as never },
  )
  return {
    ...setUp,
    restApi,
    pluginData,
    key: grantKeyOf({ organization: 'workspace-1', member: 'member-1' }),
  }
}
