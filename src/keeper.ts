/** The frame's side of a keeper. See [Grants on a server](server.md). */
export { keeperTokenEndpoint } from './token-endpoint/keeper'
