// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { Client } from '../../../src/client/client'
import type { AuthState } from '../../../src/grant/auth-state'
import { clientSetUp } from '../support/client'
import { settle, until } from '../support/clock'
import { liveGrant, storedEntry } from '../support/grants'
import { watch } from '../support/outcome'
import { scriptedEndpoint, tokens } from '../support/token-endpoint'

/** A client whose next click opens its final URL, with a listener that acts when it hears of a sign-in of this page. */
async function heard(act: (client: Client) => void) {
  const setUp = clientSetUp({ tokenEndpoint: scriptedEndpoint(tokens(1)) })
  setUp.storage.values.set(setUp.key, storedEntry({ record: liveGrant() }))
  const { client, page, key } = setUp
  const states: AuthState[] = []
  let isDone = false
  client.subscribe((state) => {
    states.push(state)
    if (isDone || !('signIn' in state)) return
    isDone = true
    act(client)
  })
  await until(() => [...(page.grant(key).nextRequests?.values() ?? [])].some(({ prepared }) => prepared))
  return { ...setUp, states }
}

describe('a listener that hears of a sign-in', () => {
  it('may sign out: the grant is forgotten, and no window opens', async () => {
    let signedOut: ReturnType<typeof watch> | undefined
    const { client, frame, storage } = await heard((client) => {
      signedOut = watch(client.signOut())
    })
    const outcome = watch(client.authorize())
    await settle()
    expect(outcome.error).toMatchObject({ name: 'AuthorizationError', code: 'aborted' })
    expect(signedOut?.status).toBe('resolved')
    expect(client.state).toEqual({ status: 'notAuthorized', persistent: true })
    expect([frame.windows.length, storage.values.size]).toEqual([0, 0])
  })

  it('may abort it: no window opens', async () => {
    const caller = new AbortController()
    const { client, frame, events } = await heard(() => caller.abort())
    const outcome = watch(client.authorize({ signal: caller.signal }))
    await settle()
    expect(outcome.error).toMatchObject({ code: 'aborted' })
    expect(frame.windows).toHaveLength(0)
    expect(events).toEqual([{ type: 'authorizationEnded', outcome: 'aborted' }])
    expect(client.state).not.toHaveProperty('signIn')
  })

  it('may ask for more: the first call is superseded, and one window opens', async () => {
    let more: ReturnType<typeof watch> | undefined
    const { client, frame, respond } = await heard((client) => {
      more = watch(client.authorize({ scopes: ['write:board:trello'] }))
    })
    const outcome = watch(client.authorize())
    await until(() => frame.windows.length > 0 && frame.window().url().origin === 'https://auth.example')
    expect(outcome.error).toMatchObject({ code: 'superseded' })
    respond()
    await until(() => more?.status === 'resolved')
    expect(frame.windows).toHaveLength(1)
  })
})
