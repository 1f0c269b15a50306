// A token endpoint of your own under Node: `node server.js`, behind whatever gives you HTTPS.

import { createServer } from 'node:http'
import { createTokenProxy } from 'powerup-oauth/token-proxy'
import { listenerOf } from './listener.js'

const { CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, TOKEN_ENDPOINT, PORT = '3000' } = process.env

const proxy = createTokenProxy({
  clientId: CLIENT_ID,
  redirectUri: REDIRECT_URI,
  allowedOrigins: [new URL(REDIRECT_URI).origin],
  // Both may be left out: a public client has no secret, and Trello's token endpoint is the default.
  clientSecret: CLIENT_SECRET,
  tokenEndpoint: TOKEN_ENDPOINT,
})

const server = createServer(listenerOf(proxy)).listen(Number(PORT), '127.0.0.1', () => {
  console.log(`Listening on port ${server.address().port}`)
})
