export { trelloHostTokenEndpoint } from './token-endpoint/trello-host'
