// The popup behind "Authorize account" in Trello's menu.

import { Prompt } from 'powerup-oauth/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { client, t } from './frame'

createRoot(document.querySelector('#root') as Element).render(
  <StrictMode>
    <main>
      <Prompt client={client} t={t} onAuthorized={() => t.closePopup()} />
    </main>
  </StrictMode>,
)
