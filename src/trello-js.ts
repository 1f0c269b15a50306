/** A client for the functions of trello.js. See [the page about it](trello-js.md). */
export {
  type TrelloJsApi,
  type TrelloJsClient,
  type TrelloJsOptions,
  type TrelloJsRequest,
  trelloJsClient,
} from './api/trello-js'
