import { createClient } from 'powerup-oauth'
import * as api from 'powerup-oauth/api'
import * as capabilities from 'powerup-oauth/capabilities'
import * as compat from 'powerup-oauth/compat'
import * as prompt from 'powerup-oauth/prompt'
import * as scopes from 'powerup-oauth/scopes'
import * as testing from 'powerup-oauth/testing'
import * as trelloHost from 'powerup-oauth/trello-host'
import * as trelloJs from 'powerup-oauth/trello-js'

const entries = [api, capabilities, compat, prompt, scopes, testing, trelloHost, trelloJs]

const client = createClient({
  clientId: 'your-client-id',
  redirectUri: new URL('callback.html', document.baseURI),
  scopes: ['read:member:trello'],
  workspace: new URLSearchParams(location.search).get('workspace'),
})

prompt.definePrompt()
document.body.dataset.entries = String(entries.filter((entry) => Object.keys(entry).length > 0).length)
client.subscribe(({ status }) => {
  document.body.dataset.state = status
})
document.querySelector('#connect').addEventListener('click', () => {
  client.authorize().then(greet).catch(show)
})
document.querySelector('#call').addEventListener('click', () => {
  greet().catch(show)
})

async function greet() {
  const { fullName } = await client.api.get('/1/members/me')
  document.body.dataset.greeted = fullName
}

function show(error) {
  document.body.dataset.error = String(error)
}
