// The section on the back of each card: greets the member by name, as soon as it may know the name.

import { isPowerUpOAuthError } from 'powerup-oauth'
import { Prompt, useAuthState } from 'powerup-oauth/react'
import { StrictMode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { client, resize, t } from './frame'

function Section() {
  const { status } = useAuthState(client)
  return (
    <main>
      <Prompt client={client} t={t} />
      {status === 'authorized' && <Greeting />}
    </main>
  )
}

function Greeting() {
  const [name, setName] = useState<string>()
  const [notice, setNotice] = useState('')

  async function greet(signal?: AbortSignal) {
    try {
      const query = { fields: 'fullName' }
      const me = await client.api.get<{ fullName: string }>('/1/members/me', { query, signal })
      setName(me.fullName)
      setNotice('')
    } catch (error) {
      if (!signal?.aborted) setNotice(wordsFor(error))
    }
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is shown.
  useEffect(() => {
    const controller = new AbortController()
    greet(controller.signal)
    return () => controller.abort()
  }, [])
  useEffect(resize)

  return (
    <>
      <h1>{name === undefined ? 'Hello!' : `Hello, ${name}!`}</h1>
      <p role="status">{notice}</p>
      <button type="button" onClick={() => greet()}>
        Greet me again
      </button>
    </>
  )
}

/** What to say beside the prompt, which says itself what the state demands. */
function wordsFor(error: unknown): string {
  if (!isPowerUpOAuthError(error)) throw error
  if (error.code === 'tokenExpired' || error.code === 'notAuthorized') return ''
  return error.retryable
    ? 'Trello cannot be reached just now. Please try again in a moment.'
    : 'That did not work. If it happens again, please tell us.'
}

createRoot(document.querySelector('#root') as Element).render(
  <StrictMode>
    <Section />
  </StrictMode>,
)
