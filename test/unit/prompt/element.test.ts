import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { ApiError } from '../../../src/base/api-error'
import {
  AuthorizationError,
  type AuthorizationErrorCode,
  NetworkError,
  TokenEndpointError,
} from '../../../src/base/errors'
import type { AuthState } from '../../../src/grant/auth-state'
import { definePrompt } from '../../../src/prompt/define-prompt'
import { createFakeClient } from '../../../src/testing'
import { buttonOf, heard, show, words } from '../support/prompt'

const expired: AuthState = { status: 'tokenExpired', reason: 'expired', since: 0, scopes: [] }
const authorized = { status: 'authorized', scopes: ['a'], missingScopes: [], persistent: true } as const

beforeAll(() => definePrompt())
afterEach(() => {
  document.body.replaceChildren()
  vi.unstubAllGlobals()
})

describe('the button', () => {
  it('cancels, and does nothing in the second half of a double click', async () => {
    const { client, element, authorize } = show(expired)
    client.authorizeOutcome('pending')
    const click = (detail: number) => buttonOf(element).dispatchEvent(new MouseEvent('click', { detail }))
    click(1)
    expect(words(element).button).toBe('Cancel')
    expect(buttonOf(element).getAttribute('part')).toBe('button cancel')
    click(2)
    expect(authorize.mock.lastCall?.[0]?.signal?.aborted).toBe(false)
    click(1)
    await vi.waitFor(() => expect(element.situation).toBe('expired'))
    expect(element.error).toMatchObject({ code: 'aborted' })
    click(2)
    expect(element.situation).toBe('expired')
    expect(authorize).toHaveBeenCalledOnce()
  })

  it('comes back where a client of one’s own throws at once', async () => {
    const { element, authorize } = show()
    authorize.mockImplementationOnce(() => {
      throw new TypeError('not a click')
    })
    buttonOf(element).click()
    await vi.waitFor(() => expect(element.situation).toBe('failed'))
    expect(words(element)).toMatchObject({ button: 'Try again', text: expect.stringContaining('TypeError') })
    buttonOf(element).click()
    await vi.waitFor(() => expect(element.situation).toBeUndefined())
  })

  it('is heard of where there is no matchMedia', async () => {
    vi.stubGlobal('matchMedia', undefined)
    const { client, element } = show()
    const said = heard(element, 'authorizeerror')
    client.authorizeOutcome('accessDenied')
    buttonOf(element).click()
    await vi.waitFor(() => expect(said).toEqual([element.error]))
    expect(element.situation).toBe('accessDenied')
  })
})

describe('two prompts on one page', () => {
  it('the one that was pressed can call off, the other sends the person to the open window', async () => {
    const { client, element } = show()
    const other = document.createElement('powerup-oauth-prompt')
    other.client = client
    document.body.append(other)
    client.authorizeOutcome('pending')
    buttonOf(element).click()
    expect([element.situation, other.situation]).toEqual(['inProgress', 'elsewhere'])
    expect(buttonOf(other).hidden).toBe(true)
    buttonOf(element).click()
    await vi.waitFor(() => expect([element.situation, other.situation]).toEqual(['connect', 'connect']))
    expect(buttonOf(other).hidden).toBe(false)
    client.authorizeOutcome('granted')
    buttonOf(other).click()
    await vi.waitFor(() => expect(other.situation).toBeUndefined())
    expect(element.situation).toBeUndefined()
  })
})

describe('a situation that no button can help', () => {
  it.each(['noWorkspace', 'notLoggedIn'] as const)('%s has words and no button', (blockedBy) => {
    const { element } = show({ status: 'notAuthorized', persistent: true, blockedBy })
    expect(element.situation).toBe(blockedBy)
    expect(words(element).title).not.toBe('')
    expect(buttonOf(element).hidden).toBe(true)
  })
})

describe('for a connected person whose call lacked a scope', () => {
  it('asks for it, with a way to call that off, until it is granted', async () => {
    const { client, element, authorize } = lacking()
    const said = heard(element, 'authorized')
    client.authorizeOutcome('pending')
    buttonOf(element).click()
    expect(words(element)).toMatchObject({ title: 'Connecting…', button: 'Cancel' })
    buttonOf(element).click()
    await vi.waitFor(() => expect(element.situation).toBe('missingScopes'))
    client.authorizeOutcome('granted')
    buttonOf(element).click()
    await vi.waitFor(() => expect(said).toEqual([client.state]))
    expect(client.state).toMatchObject({ scopes: ['a', 'b'] })
    expect(element.situation).toBeUndefined()
    expect(authorize.mock.calls.map(([asked]) => asked?.scopes)).toEqual([['b'], ['b']])
  })

  it.each<[AuthorizationErrorCode, string]>([
    ['popupBlocked', 'popupBlocked'],
    ['popupClosed', 'unfinished'],
    ['accessDenied', 'accessDenied'],
    ['accountMismatch', 'accountMismatch'],
    ['superseded', 'missingScopes'],
  ])('stays after %s, and asks for the same again', async (code, situation) => {
    const { client, element, authorize } = lacking()
    const said = heard(element, 'authorizeerror')
    client.authorizeOutcome(code)
    buttonOf(element).click()
    await vi.waitFor(() => expect(said).toHaveLength(1))
    expect(element.situation).toBe(situation)
    buttonOf(element).click()
    expect(authorize.mock.calls.map(([asked]) => asked?.scopes)).toEqual([['b'], ['b']])
  })

  it.each<AuthorizationErrorCode>(['popupClosed', 'superseded', 'aborted'])(
    'keeps it when the page hands the error of the sign-in back after %s',
    async (code) => {
      const { client, element, authorize } = lacking()
      element.addEventListener('authorizeerror', (event) => {
        element.error = (event as CustomEvent).detail
      })
      client.authorizeOutcome(code)
      buttonOf(element).click()
      await vi.waitFor(() => expect(element.error).toMatchObject({ code }))
      expect(element.situation).toBe(code === 'popupClosed' ? 'unfinished' : 'missingScopes')
      buttonOf(element).click()
      expect(authorize.mock.calls.map(([asked]) => asked?.scopes)).toEqual([['b'], ['b']])
    },
  )

  it('has nothing to ask for once another frame was granted it', () => {
    const { client, element } = lacking()
    client.setState({ ...authorized, scopes: ['a', 'b'] })
    expect(element.situation).toBeUndefined()
  })

  it('keeps it when another call fails', () => {
    const { client, element } = lacking()
    element.error = new NetworkError({ method: 'GET', path: '/1/members/me' })
    expect(element.situation).toBe('offline')
    dispatchEvent(new Event('online'))
    expect(element.situation).toBe('missingScopes')
    buttonOf(element).click()
    expect(client.calls).toEqual([{ name: 'authorize', scopes: ['b'] }])
  })

  it('keeps it when another call is called off', () => {
    const { element } = lacking()
    element.error = new DOMException('The user aborted a request.', 'AbortError')
    expect(element.situation).toBe('missingScopes')
    element.error = undefined
    expect(element.situation).toBeUndefined()
  })

  it('forgets it when the grant is no more', () => {
    const { client, element } = lacking()
    client.setState(expired)
    expect(element.situation).toBe('expired')
    buttonOf(element).click()
    expect(client.calls).toEqual([{ name: 'authorize', scopes: [] }])
  })

  it('forgets it when the page takes the error back, and with another client', () => {
    const { element } = lacking()
    element.error = undefined
    expect(element.situation).toBeUndefined()
    element.error = missingScope()
    element.client = createFakeClient(authorized)
    expect(element.situation).toBeUndefined()
  })

  it('asks for it where the error is set before the client', () => {
    const element = document.createElement('powerup-oauth-prompt')
    element.error = missingScope()
    element.client = createFakeClient(authorized)
    document.body.append(element)
    expect(element.situation).toBe('missingScopes')
  })

  function lacking() {
    const shown = show(authorized, { scopes: ['a'] })
    shown.element.error = missingScope()
    expect(shown.element.situation).toBe('missingScopes')
    return shown
  }
})

describe('for a connected person whose token endpoint cannot be read', () => {
  it('offers to connect again, until that is done', async () => {
    const { element, authorize } = show(authorized)
    const sayings = [heard(element, 'authorizeerror'), heard(element, 'authorized')]
    element.error = new TokenEndpointError('tokenEndpointUnreadable')
    expect(words(element)).toMatchObject({ title: 'Please connect again', button: 'Connect again' })
    authorize.mockRejectedValueOnce(new AuthorizationError('popupBlocked'))
    buttonOf(element).click()
    expect(element.situation).toBe('inProgress')
    await vi.waitFor(() => expect(element.situation).toBe('popupBlocked'))
    buttonOf(element).click()
    await vi.waitFor(() => expect(element.situation).toBeUndefined())
    expect(sayings.map((each) => each.length)).toEqual([1, 1])
  })
})

function missingScope(): ApiError {
  const place = { status: 401, method: 'GET', path: '/1/boards/1' }
  return new ApiError('missingScope', { ...place, requiredScopes: ['b'] })
}
