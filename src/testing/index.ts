export type { FakeRequest } from './fake-api'
export { createFakeClient, type FakeClient, type FakeClientCall, type FakeClientOptions } from './fake-client'
export { createFakeTrello, type FakeContext, type FakeTrello, type FakeTrelloCall } from './fake-trello'
