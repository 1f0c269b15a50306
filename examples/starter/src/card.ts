// The popup of the card button.

import { membersOfCard } from './calls'
import { client, show, t } from './page'

show(() => membersOfCard(client, t.getContext().card ?? ''))
