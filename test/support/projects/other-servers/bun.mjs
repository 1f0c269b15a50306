import { Database } from 'bun:sqlite'
import { proveStores } from './stores.mjs'
import { takeTour } from './tour.mjs'
import { createTrello } from './trello.mjs'

const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: createTrello() })
await takeTour(`http://127.0.0.1:${server.port}`)
await server.stop()
await proveStores((file) => new Database(file))
