export type { FakeRequest } from './testing/fake-api'
export {
  createFakeClient,
  type FakeClient,
  type FakeClientCall,
  type FakeClientOptions,
} from './testing/fake-client'
export {
  createFakeTrello,
  type FakeContext,
  type FakeTrello,
  type FakeTrelloCall,
} from './testing/fake-trello'
