export { createFakeClient, type FakeClient, type FakeClientCall, type FakeClientOptions } from './fake-client'
export { createFakeTrello, type FakeContext, type FakeTrello, type FakeTrelloCall } from './fake-trello'
