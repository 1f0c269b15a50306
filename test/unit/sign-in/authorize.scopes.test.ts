// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { GrantEntry } from '../../../src/grant/grant'
import { START, settle } from '../support/clock'
import { attempt, expiredGrant, HOUR_MS, liveGrant, storedEntry, tokenSet } from '../support/grants'
import { watch } from '../support/outcome'
import { readyToSignIn } from '../support/sign-in'
import { tokens } from '../support/token-endpoint'

const CONFIGURED = 'read:board:trello'
const GRANTED = 'read:member:trello'
const ASKED = 'write:board:trello'

/** Presses the button, and tells the scopes of each request that was opened since. */
async function pressed(entry: Partial<GrantEntry>, scopes: string[] = []) {
  const self = await readyToSignIn(entry)
  const outcome = watch(self.authorize({ scopes }))
  await settle()
  const stored = () => (self.partition.stored() as GrantEntry | undefined)?.attempts ?? []
  const requested = () => stored().map((attempt) => attempt.scopes)
  return { ...self, outcome, window: self.frame.window(), requested }
}

describe('the scopes asked for', () => {
  it('are the configured, those of the living grant and the new ones, each once', async () => {
    const record = liveGrant({ scopes: [GRANTED, CONFIGURED] })
    const { requested, events } = await pressed({ record }, [ASKED, CONFIGURED])
    expect(requested()).toEqual([[CONFIGURED, ASKED, GRANTED]])
    expect(events).toEqual([{ type: 'authorizationStarted', scopes: [CONFIGURED, ASKED, GRANTED] }])
  })

  it.each([
    ['that was ended by the server', expiredGrant({ scopes: ['old', CONFIGURED] })],
    [
      'whose only token has run out',
      liveGrant({
        scopes: ['old', CONFIGURED],
        renewable: false,
        tokenSet: tokenSet({ obtainedAt: START - HOUR_MS, expiresAt: START }),
      }),
    ],
  ])('are none that only a grant held %s', async (_case, record) => {
    const { requested } = await pressed({ record })
    expect(requested()).toEqual([[CONFIGURED]])
  })
})

describe('a server that refuses a scope of the living grant', () => {
  const record = liveGrant({ scopes: ['gone', CONFIGURED] })

  it('is asked in the same window for the configured and the new ones', async () => {
    const { respond, requested, window, frame, outcome, endpoint, events } = await pressed({ record }, [
      ASKED,
    ])
    endpoint.answers = [tokens(1, { scopes: [CONFIGURED, ASKED] })]
    respond('error=invalid_scope')
    await settle()
    expect(requested()).toEqual([[CONFIGURED, ASKED]])
    expect(window.received).toEqual([])
    expect({ windows: frame.windows.length, closed: window.closed, pages: window.urls.length }).toEqual({
      windows: 1,
      closed: false,
      pages: 3,
    })
    respond()
    await settle()
    expect(outcome.status).toBe('resolved')
    expect(events.map(({ type }) => type)).toEqual(['authorizationStarted', 'authorizationEnded'])
  })

  it('is asked again once only', async () => {
    const { respond, outcome, window } = await pressed({ record }, [ASKED])
    respond('error=invalid_scope')
    await settle()
    respond('error=invalid_scope')
    await settle()
    expect(outcome.error).toMatchObject({ code: 'serverRefused', serverError: 'invalid_scope' })
    expect(window.closed).toBe(true)
  })

  it('is not asked again for less than the call needs', async () => {
    const { respond, outcome } = await pressed({}, [ASKED])
    respond('error=invalid_scope')
    await settle()
    expect(outcome.error).toMatchObject({ code: 'serverRefused', serverError: 'invalid_scope' })
  })

  it('is not asked again for less than a second call needs', async () => {
    const { respond, authorize, outcome } = await pressed({ record }, [ASKED])
    const second = watch(authorize({ scopes: [ASKED, 'gone'] }))
    respond('error=invalid_scope')
    await settle()
    expect([outcome, second]).toMatchObject(Array(2).fill({ error: { code: 'serverRefused' } }))
  })

  it('is not asked again after any other refusal', async () => {
    const { respond, outcome } = await pressed({ record }, [ASKED])
    respond('error=invalid_target')
    await settle()
    expect(outcome.error).toMatchObject({ code: 'serverRefused', serverError: 'invalid_target' })
  })

  it('is not asked again by a sign-in that has ended', async () => {
    const { respond, window, partition, requested } = await pressed({ record }, [ASKED])
    window.closed = true
    await partition.clock.advance(5_000)
    respond('error=invalid_scope')
    await settle()
    expect(requested()).toEqual([])
    expect(window.urls).toHaveLength(2)
  })

  it('is asked for less where the callback page kept the refusal', async () => {
    const scopes = [CONFIGURED, ASKED, 'gone']
    const unfinished = attempt({ state: 'state-1', openedAt: START, scopes })
    const { say, requested } = await pressed({ record, attempts: [unfinished] }, [ASKED])
    say({ type: 'kept', responses: ['state=state-1&error=invalid_scope'] })
    await settle()
    expect(requested()).toEqual([[CONFIGURED, ASKED]])
  })

  it('does not have the window asked for it again by a second press', async () => {
    const { respond, authorize, outcome, window, endpoint } = await pressed({ record }, [ASKED])
    respond('error=invalid_scope')
    await settle()
    const second = watch(authorize({ scopes: [ASKED] }))
    await settle()
    expect([window.urls.length, window.focused]).toEqual([3, 1])
    endpoint.answers = [tokens(1, { scopes: [CONFIGURED, ASKED] })]
    respond()
    await settle()
    expect([outcome.status, second.status]).toEqual(['resolved', 'resolved'])
  })

  it('keeps no sign-in that went on without it from being finished', async () => {
    const unfinished = attempt({ state: 'state-1', openedAt: START, scopes: [CONFIGURED, ASKED] })
    const { say, outcome, endpoint, store } = await pressed({ record, attempts: [unfinished] }, [ASKED])
    endpoint.answers = [tokens(1, { scopes: [CONFIGURED, ASKED] })]
    say({ type: 'kept', responses: ['state=state-1&code=kept-code'] })
    await settle()
    expect(outcome.status).toBe('resolved')
    expect(store.view()).toMatchObject({ record: { scopes: [CONFIGURED, ASKED] }, attempts: [] })
  })

  it('is not asked for it once another frame has finished without it', async () => {
    const scopes = [CONFIGURED, ASKED]
    const unfinished = attempt({ state: 'state-1', openedAt: START, scopes })
    const { say, outcome, partition } = await pressed({ record, attempts: [unfinished] }, [ASKED])
    partition.plant(storedEntry({ record: liveGrant({ scopes, generation: 'generation-1' }) }))
    say({ type: 'kept', responses: [] })
    await settle()
    expect(outcome.status).toBe('resolved')
  })
})
