// The section on the back of each card.

import { greeting } from './calls'
import { client, show } from './page'

show(() => greeting(client))
