import { createFakeClient } from 'powerup-oauth/testing'
import { createRoot } from 'react-dom/client'
import { Section } from './section'

test('the section asks a person to connect', async () => {
  const page = document.createElement('div')
  document.body.append(page)
  createRoot(page).render(<Section client={createFakeClient()} />)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(page.textContent).toContain('Call')
})
