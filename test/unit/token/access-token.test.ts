// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'
import { NotAuthorizedError } from '../../../src/base/errors'
import type { ClientEvent } from '../../../src/base/events'
import { accessToken, type TokenClient, type TokenNeed } from '../../../src/token/access-token'
import { START, settle } from '../support/clock'
import { expiredGrant, HOUR_MS, liveGrant, storedEntry, tokenSet } from '../support/grants'
import { errorOf, watch } from '../support/outcome'
import { createPartition } from '../support/store'

function setUp(record?: ReturnType<typeof liveGrant> | ReturnType<typeof expiredGrant>, member?: string) {
  const partition = createPartition()
  if (record) partition.plant(storedEntry({ record }))
  const { platform, store } = partition.open()
  const refresh = vi.fn(async (_need: TokenNeed) => 'access-1')
  const checkMember = vi.fn(async () => undefined)
  const loadFlow: TokenClient['loadFlow'] = async () => ({ refresh, checkMember })
  const events: ClientEvent[] = []
  const emit = (event: ClientEvent) => void events.push(event)
  const client = { member, loadFlow, emit }
  return { ...partition, refresh, checkMember, events, frame: { platform, store }, client }
}

const over = () => liveGrant({ tokenSet: tokenSet({ obtainedAt: START - HOUR_MS, expiresAt: START }) })

describe('an access token', () => {
  it.each([{}, 'abort', 5, { aborted: false }])('is not asked for with %j for a signal', async (signal) => {
    const { frame, client, refresh } = setUp(over())
    const need = { signal } as unknown as TokenNeed
    const error = await errorOf(accessToken(frame, client, need))
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalidRequest' })
    expect(refresh).not.toHaveBeenCalled()
  })

  it.each([null, undefined])(
    'is given out with %s for a signal, as in a request without one',
    async (signal) => {
      const { frame, client } = setUp(over())
      await expect(accessToken(frame, client, { signal })).resolves.toBe('access-1')
    },
  )

  it('is let go by a signal of a polyfill, which has no reason', async () => {
    const { frame, client, refresh } = setUp(over())
    refresh.mockReturnValueOnce(new Promise(() => undefined))
    const signal = Object.assign(new EventTarget(), { aborted: false })
    const token = watch(accessToken(frame, client, { signal } as unknown as TokenNeed))
    await settle()
    signal.aborted = true
    signal.dispatchEvent(new Event('abort'))
    await settle()
    expect(token.error).toMatchObject({ name: 'AbortError' })
  })

  it('that is good costs no refresh', async () => {
    const { frame, client, refresh } = setUp(liveGrant())
    expect(await accessToken(frame, client)).toBe('access-0')
    expect(refresh).not.toHaveBeenCalled()
  })

  it('that is over, or that will not do, is asked for', async () => {
    const { frame, client, refresh } = setUp(over())
    expect(await accessToken(frame, client)).toBe('access-1')
    const renewed = setUp(liveGrant())
    expect(await accessToken(renewed.frame, renewed.client, { renews: 'generation-0' })).toBe('access-1')
    expect(refresh.mock.calls).toEqual([[{}]])
    expect(renewed.refresh.mock.calls).toEqual([[{ renews: 'generation-0' }]])
  })

  it('of a grant that is not checked is given out only after the check', async () => {
    const { frame, client, checkMember, refresh } = setUp(liveGrant({ memberChecked: false }), 'member-1')
    let letGo: () => void = () => undefined
    checkMember.mockReturnValueOnce(
      new Promise((resolve) => {
        letGo = () => resolve(undefined)
      }),
    )
    const token = watch(accessToken(frame, client))
    await settle()
    expect(token.value).toBeUndefined()
    letGo()
    await settle()
    expect(token.value).toBe('access-0')
    const other = new NotAuthorizedError()
    checkMember.mockRejectedValueOnce(other)
    expect(await errorOf(accessToken(frame, client))).toBe(other)
    expect(refresh).not.toHaveBeenCalled()
  })

  it('does not exist any more where a sign-out came during the check', async () => {
    const { frame, client, checkMember } = setUp(liveGrant({ memberChecked: false }), 'member-1')
    checkMember.mockImplementationOnce(async () => {
      await frame.store.remove()
      return undefined
    })
    expect(await errorOf(accessToken(frame, client))).toMatchObject({ code: 'notAuthorized' })
  })

  it('is renewed where it ended while its account was asked for, and the new one is checked as well', async () => {
    const short = tokenSet({ obtainedAt: START, expiresAt: START + 10_000 })
    const record = liveGrant({ memberChecked: false, tokenSet: short })
    const { frame, client, checkMember, refresh, clock } = setUp(record, 'member-1')
    checkMember.mockImplementationOnce(async () => {
      await clock.advance(9_500)
      return undefined
    })
    expect(await accessToken(frame, client)).toBe('access-1')
    expect([refresh.mock.calls.length, checkMember.mock.calls.length]).toEqual([1, 2])
  })

  it('gives way to one that came while its account was asked for', async () => {
    const { frame, client, checkMember, refresh } = setUp(liveGrant({ memberChecked: false }), 'member-1')
    const next = liveGrant({ generation: 'next', tokenSet: tokenSet({ accessToken: 'access-1' }) })
    checkMember.mockImplementationOnce(async () => {
      await frame.store.commit((entry) => ({ ...entry, record: next }))
      return undefined
    })
    expect(await accessToken(frame, client)).toBe('access-1')
    expect(refresh).toHaveBeenCalledTimes(1)
  })

  it('is checked after a refresh too, and not after a renewal, which gives it to nobody', async () => {
    const { frame, client, checkMember } = setUp(over())
    await accessToken(frame, client)
    expect(checkMember).toHaveBeenCalledTimes(1)
    await accessToken(frame, client, { renews: 'generation-0' })
    expect(checkMember).toHaveBeenCalledTimes(1)
  })

  it('is not checked where the account is known, or where no member is', async () => {
    const known = setUp(liveGrant(), 'member-1')
    await accessToken(known.frame, known.client)
    const memberless = setUp(liveGrant({ memberChecked: false }))
    await accessToken(memberless.frame, memberless.client)
    expect(known.checkMember).not.toHaveBeenCalled()
    expect(memberless.checkMember).not.toHaveBeenCalled()
  })

  it('does not exist without a living grant, and nothing is asked then', async () => {
    const { frame, client, refresh } = setUp()
    expect(await errorOf(accessToken(frame, client))).toMatchObject({ code: 'notAuthorized' })
    const ended = setUp(expiredGrant())
    expect(await errorOf(accessToken(ended.frame, ended.client))).toMatchObject({ code: 'tokenExpired' })
    const unreadable = setUp()
    unreadable.storage.reads = 'fail'
    expect(await errorOf(accessToken(unreadable.frame, unreadable.client))).toMatchObject({
      code: 'storageUnavailable',
    })
    expect(refresh).not.toHaveBeenCalled()
  })

  it('is waited for twelve seconds, and no longer than its caller wants', async () => {
    const { frame, client, refresh, clock } = setUp(over())
    refresh.mockReturnValue(new Promise(() => undefined))
    const patient = watch(accessToken(frame, client))
    const controller = new AbortController()
    const leaving = watch(accessToken(frame, client, { signal: controller.signal }))
    await clock.advance(11_999)
    controller.abort(new Error('left'))
    await clock.advance(0)
    expect([patient.status, leaving.error]).toEqual(['pending', new Error('left')])
    await clock.advance(1)
    expect(patient.error).toMatchObject({ code: 'tokenEndpointUnavailable', retryable: true })
  })
  it('is given to nobody who has left while the storage was read', async () => {
    const { frame, client, storage } = setUp(liveGrant())
    storage.reads = 'hang'
    const controller = new AbortController()
    const outcome = watch(accessToken(frame, client, { signal: controller.signal }))
    controller.abort()
    storage.goOn()
    await settle()
    expect(outcome.error).toMatchObject({ name: 'AbortError' })
  })

  it('that needs a refresh which cannot be loaded costs no refresh token: nothing is marked', async () => {
    const { frame, client, events, stored } = setUp(over())
    const cause = new Error('offline')
    const loadFlow = () => Promise.reject(cause)
    const error = await errorOf(accessToken(frame, { ...client, loadFlow }))
    expect(error).toMatchObject({ code: 'notLoaded', retryable: true, cause })
    expect(stored()).toEqual(storedEntry({ record: over() }))
    expect(events).toEqual([{ type: 'refreshFailed', code: 'notLoaded' }])
  })
})
