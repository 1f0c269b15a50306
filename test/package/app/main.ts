import { type AuthState, type Client, createClient } from 'powerup-oauth'
import { entries } from './entries'

const client: Client = createClient({
  clientId: 'your-client-id',
  redirectUri: new URL('callback.html', document.baseURI),
  scopes: ['read:board:trello'],
  workspace: new URLSearchParams(location.search).get('workspace') ?? '',
})

client.subscribe((state: AuthState) => {
  document.body.dataset.state = state.status
})
document.querySelector('#connect')?.addEventListener('click', () => {
  client.authorize().then(greet).catch(show)
})
Promise.all(entries.map((load) => load())).then((modules) => {
  document.body.dataset.entries = String(modules.filter((module) => Object.keys(module).length > 0).length)
}, show)

async function greet(): Promise<void> {
  const me = await client.api.get<{ fullName: string }>('/1/members/me')
  document.body.dataset.greeted = me.fullName
}

function show(error: unknown): void {
  document.body.dataset.error = String(error)
}
