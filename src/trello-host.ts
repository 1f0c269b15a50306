/** Tokens through the Trello page around the frame. See [The token endpoint](token-endpoint.md#the-trello-page-asks). */
export { trelloHostTokenEndpoint } from './token-endpoint/trello-host'
