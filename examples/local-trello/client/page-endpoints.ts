import { setClock } from './clock'
import { leadToLocalHosts } from './endpoints'
import { settings } from './settings'

// The first script of each page of a Power-Up that the local Trello serves, so that nothing of theirs asks Trello itself.

leadToLocalHosts(settings.endpoints)
setClock(settings.clockOffsetS)
