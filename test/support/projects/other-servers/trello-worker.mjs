import { createTrello } from './trello.mjs'

export default { fetch: createTrello() }
