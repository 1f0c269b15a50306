/** Fakes for your tests. See [Testing your Power-Up](testing-your-power-up.md). */
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
export { type GrantStoreCheck, GrantStoreError } from './testing/grant-store-check'
export { testGrantStore } from './testing/grant-store-test'
