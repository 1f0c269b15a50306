// The hidden page that Trello loads for each board. It shows nothing itself.

import { handlers } from './handlers'

window.TrelloPowerUp.initialize(handlers)
