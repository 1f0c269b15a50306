// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { TokenAnswer } from '../../../src/token-endpoint/token-endpoint'
import { START, settle } from '../support/clock'
import { attempt, liveGrant, storedEntry } from '../support/grants'
import { watch } from '../support/outcome'
import { readyToSignIn } from '../support/sign-in'
import { later, tokens } from '../support/token-endpoint'

const collecting = 'https://power-up.example/callback.html#powerup-oauth-collect'

async function signingIn(...parameters: Parameters<typeof readyToSignIn>) {
  const self = await readyToSignIn(...parameters)
  const outcome = watch(self.authorize())
  await settle()
  return { ...self, outcome, window: self.frame.window() }
}

describe('a sign-in that was not seen to end', () => {
  const unfinished = attempt({ state: 'state-1', openedAt: START })
  const kept = { type: 'kept', responses: ['state=state-1&code=kept-code'] }

  it('is finished by the next click: what the callback page kept is collected', async () => {
    const { outcome, window, say, endpoint, store, partition } = await signingIn({ attempts: [unfinished] })
    expect(window.urls).toEqual([collecting])
    say({ type: 'ready' })
    say(kept)
    await settle()
    expect(outcome.status).toBe('resolved')
    expect(endpoint.exchanges).toMatchObject([{ code: 'kept-code', codeVerifier: 'verifier-1' }])
    expect(store.view()).toMatchObject({ record: { status: 'live' }, attempts: [] })
    expect(window.closed).toBe(true)
    await partition.clock.advance(1_000)
    expect(partition.clock.timers()).toBe(0)
  })

  it.each([
    ['nothing was kept', { type: 'kept', responses: [] }],
    ['a denial was kept', { type: 'kept', responses: ['state=state-1&error=access_denied'] }],
    ['a foreign response was kept', { type: 'kept', responses: ['state=foreign&code=c'] }],
  ])('goes on to consent in the same window where %s', async (_case, message) => {
    const { outcome, window, say, respond, endpoint, frame } = await signingIn({ attempts: [unfinished] })
    say({ type: 'ready' })
    say(message)
    await settle()
    expect(window.url().origin).toBe('https://auth.example')
    expect([frame.windows.length, endpoint.exchanges.length]).toEqual([1, 0])
    respond()
    await settle()
    expect(outcome.status).toBe('resolved')
  })

  it('goes on to consent where the kept code is dead', async () => {
    const { outcome, window, say, respond, endpoint } = await signingIn({ attempts: [unfinished] })
    endpoint.answers = [{ kind: 'dead' }, tokens(2)]
    say(kept)
    await settle()
    expect(window.url().origin).toBe('https://auth.example')
    respond()
    await settle()
    expect(outcome.status).toBe('resolved')
  })

  it('asks for no consent where another frame has finished it meanwhile', async () => {
    const { outcome, window, say, endpoint, partition } = await signingIn({ attempts: [unfinished] })
    partition.plant(storedEntry({ record: liveGrant() }))
    say({ type: 'kept', responses: [] })
    await settle()
    expect(outcome.status).toBe('resolved')
    expect([window.urls, window.closed, endpoint.exchanges]).toEqual([[collecting], true, []])
  })

  it('goes on to consent where the callback page does not answer', async () => {
    const { window, partition } = await signingIn({ attempts: [unfinished] })
    await partition.clock.advance(5_000)
    expect(window.url().origin).toBe('https://auth.example')
  })

  it('ends in the failure of the exchange where that may be better next time', async () => {
    const { outcome, window, say, endpoint } = await signingIn({ attempts: [unfinished] })
    endpoint.answers = [{ kind: 'retryable', status: 503 }]
    say(kept)
    await settle()
    expect(outcome.error).toMatchObject({ code: 'exchangeFailed', retryable: true })
    expect(window.closed).toBe(true)
  })

  it('and is aborted while it is collected does not count', async () => {
    const self = await readyToSignIn({ attempts: [unfinished] })
    const caller = new AbortController()
    const outcome = watch(self.authorize({ signal: caller.signal }))
    const answer = later<TokenAnswer>()
    self.endpoint.answers = [answer.promise]
    self.say(kept)
    await settle()
    caller.abort()
    answer.resolve(tokens(1))
    await settle()
    expect(outcome.error).toMatchObject({ code: 'aborted' })
    expect(self.store.view().record).toBeUndefined()
  })

  it('and is aborted before anything is handed over sends no code', async () => {
    const self = await readyToSignIn({ attempts: [unfinished] })
    const caller = new AbortController()
    const outcome = watch(self.authorize({ signal: caller.signal }))
    await settle()
    caller.abort()
    self.say(kept)
    await settle()
    expect(outcome.error).toMatchObject({ code: 'aborted' })
    expect(self.endpoint.exchanges).toEqual([])
  })

  it('ends in popupClosed within five seconds where its window closes while it is collected', async () => {
    const { outcome, window, partition } = await signingIn({ attempts: [unfinished] })
    window.closed = true
    await partition.clock.advance(5_000)
    expect(outcome.error).toMatchObject({ code: 'popupClosed' })
  })

  it.each([
    ['that is another client’s', { clientId: 'client-2' }],
    ['that asked for less', { scopes: [] }],
    ['that is ten minutes old', { openedAt: START - 600_000 }],
    ['whose code was sent', { claimedBy: 'another' }],
  ])('and %s is left alone', async (_case, differences) => {
    const { window } = await signingIn({ attempts: [attempt({ openedAt: START, ...differences })] })
    expect(window.url().origin).toBe('https://auth.example')
  })
})
