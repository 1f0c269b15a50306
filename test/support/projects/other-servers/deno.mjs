import { DatabaseSync } from 'node:sqlite'
import { proveStores } from './stores.mjs'
import { takeTour } from './tour.mjs'
import { createTrello } from './trello.mjs'

const server = Deno.serve({ hostname: '127.0.0.1', port: 0, onListen: () => undefined }, createTrello())
await takeTour(`http://127.0.0.1:${server.addr.port}`)
await server.shutdown()
await proveStores((file) => new DatabaseSync(file))
