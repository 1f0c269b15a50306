import { createClient } from 'powerup-oauth'
import { createRoot } from 'react-dom/client'
import { Section } from './section'

const client = createClient({
  clientId: 'your-client-id',
  redirectUri: new URL('callback.html', document.baseURI),
  scopes: ['read:member:trello'],
  workspace: new URLSearchParams(window.location.search).get('workspace') ?? '',
})
createRoot(document.querySelector('#root') as Element).render(<Section client={client} />)
