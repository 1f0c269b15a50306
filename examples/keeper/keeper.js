// The keeper of this example: made once, used by the server, the nightly job and whatever else runs.

import { createKeeper } from 'powerup-oauth/server'
import { openStore } from './store.js'

const { CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, POWER_UP_ID, TOKEN_ENDPOINT, API_ORIGIN } = process.env

export const store = await openStore(process.env)

export const keeper = createKeeper({
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET, // left out for a public client
  redirectUri: REDIRECT_URI,
  allowedOrigins: REDIRECT_URI && [new URL(REDIRECT_URI).origin],
  powerUpId: POWER_UP_ID,
  store,
  // Trello's by default; the local Trello has others.
  tokenEndpoint: TOKEN_ENDPOINT,
  apiOrigins: API_ORIGIN && [API_ORIGIN],
  onEvent: ({ type, key }) => console.log(type, key),
})
