// The popup of the board button.

import { cardsOfLists } from './calls'
import { client, show, t } from './page'

show(() => cardsOfLists(client, t.getContext().board))
