import type { Client } from 'powerup-oauth'
import { Prompt, useAuthState } from 'powerup-oauth/react'
import { useEffect } from 'react'

export function Section({ client }: { client: Client }) {
  const { status } = useAuthState(client)
  useEffect(() => {
    document.body.dataset.state = status
  }, [status])

  async function greet() {
    try {
      const { fullName } = await client.api.get<{ fullName: string }>('/1/members/me')
      document.body.dataset.greeted = fullName
    } catch (error) {
      document.body.dataset.error = String(error)
    }
  }

  return (
    <>
      <Prompt client={client} />
      <button type="button" id="connect" onClick={() => client.authorize().then(greet)}>
        Connect
      </button>
      <button type="button" id="call" onClick={greet}>
        Call
      </button>
    </>
  )
}
