import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { AuthorizationError, NetworkError, TokenEndpointError } from '../../../src/base/errors'
import type { AuthState } from '../../../src/grant/auth-state'
import { definePrompt } from '../../../src/prompt/define-prompt'
import { createFakeClient, createFakeTrello, type FakeClient } from '../../../src/testing'
import { buttonOf, heard, isShown, show, words } from '../support/prompt'

const expired: AuthState = { status: 'tokenExpired', reason: 'expired', since: 0, scopes: [] }
const authorized: AuthState = { status: 'authorized', scopes: ['a'], missingScopes: [], persistent: true }

beforeAll(() => definePrompt())
afterEach(() => {
  document.body.replaceChildren()
  delete document.documentElement.dataset.colorMode
  vi.restoreAllMocks()
})

describe('definePrompt', () => {
  it('may be called twice, and with a tag of its own', () => {
    definePrompt()
    definePrompt('my-prompt')
    expect(document.createElement('powerup-oauth-prompt').situation).toBeUndefined()
    expect(document.createElement('my-prompt')).not.toBeInstanceOf(HTMLUnknownElement)
  })

  it('does nothing on a server', () => {
    vi.stubGlobal('customElements', undefined)
    expect(() => definePrompt('server-prompt')).not.toThrow()
    vi.unstubAllGlobals()
    expect(customElements.get('server-prompt')).toBeUndefined()
  })

  it('uses a client that was set before', () => {
    const element = Object.assign(document.createElement('late-prompt'), {
      client: createFakeClient(expired),
      texts: { expired: { title: 'Noch einmal' } },
    })
    document.body.append(element)
    definePrompt('late-prompt')
    expect(words(element)).toMatchObject({ title: 'Noch einmal', button: 'Connect again' })
    expect(Object.keys(element)).toEqual([])
  })

  it('needs no Object.hasOwn', () => {
    vi.spyOn(Object, 'hasOwn').mockImplementation(() => {
      throw new TypeError('Object.hasOwn is not a function')
    })
    const { element } = show(expired)
    expect(isShown(element)).toBe(true)
  })
})

describe('the prompt', () => {
  it('shows nothing without a client, before the first read, and when connected', () => {
    const element = document.createElement('powerup-oauth-prompt')
    document.body.append(element)
    expect(isShown(element)).toBe(false)
    const client = createFakeClient({ status: 'restoring' })
    element.client = client
    expect(isShown(element)).toBe(false)
    client.setState(authorized)
    expect(isShown(element)).toBe(false)
    expect(words(element)).toEqual({ title: '', text: '', button: '' })
  })

  it('follows the state', () => {
    const { client, element } = show({ status: 'notAuthorized', persistent: true })
    expect(words(element)).toMatchObject({ title: 'Connect your Trello account', button: 'Connect' })
    client.setState(authorized)
    expect(isShown(element)).toBe(false)
    client.setState(expired)
    expect(isShown(element)).toBe(true)
    expect(words(element).button).toBe('Connect again')
  })

  it('calls authorize() in the click itself', () => {
    const { client, element } = show()
    client.authorizeOutcome('pending')
    buttonOf(element).click()
    expect(client.calls).toEqual([{ name: 'authorize', scopes: [] }])
    expect(element.situation).toBe('inProgress')
  })

  it('says once it is connected', async () => {
    const { element } = show()
    const said = heard(element, 'authorized')
    buttonOf(element).click()
    await vi.waitFor(() => expect(said).toHaveLength(1))
    expect(said[0]).toMatchObject({ status: 'authorized' })
    expect(isShown(element)).toBe(false)
  })

  it('says why it is not', async () => {
    const { client, element } = show()
    const said = heard(element, 'authorizeerror')
    client.authorizeOutcome('accessDenied')
    buttonOf(element).click()
    await vi.waitFor(() => expect(said).toHaveLength(1))
    expect(said[0]).toBe(element.error)
    expect(element.error).toBeInstanceOf(AuthorizationError)
    expect(words(element)).toMatchObject({ title: 'Not connected', button: 'Try again' })
  })

  it('names the code of what it has no words for', async () => {
    const { client, element } = show()
    client.authorizeOutcome('serverRefused')
    buttonOf(element).click()
    await vi.waitFor(() => expect(element.situation).toBe('failed'))
    expect(words(element).text).toContain('Power-Up: serverRefused.')
  })

  it('forgets the last error when the status changes', async () => {
    const { client, element } = show()
    element.error = new AuthorizationError('popupBlocked')
    client.setState({ status: 'notAuthorized', persistent: true, signIn: 'unfinished' })
    expect(element.situation).toBe('popupBlocked')
    client.setState(authorized)
    client.setState(expired)
    expect(element.situation).toBe('expired')
  })

  it('speaks of the network, and of the connection again when the network is back', () => {
    const { element } = show()
    const onLine = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    dispatchEvent(new Event('offline'))
    expect(element.situation).toBe('offline')
    onLine.mockReturnValue(true)
    element.error = new NetworkError({ method: 'GET', path: '/1/members/me' })
    expect(element.situation).toBe('offline')
    dispatchEvent(new Event('online'))
    expect(element.situation).toBe('connect')
  })

  it.each([
    ['its name, where it has no code', new TypeError('Failed to fetch'), 'Power-Up: TypeError.'],
    ['no name, where it has none', 'no', 'Power-Up: unknown.'],
    ['a code that every object has a property of', codeError('constructor'), 'Power-Up: constructor.'],
  ])('calls an error by %s', (_what, error, end) => {
    const { element } = show()
    element.error = error
    expect(element.situation).toBe('failed')
    expect(words(element).text).toMatch(new RegExp(`${end}$`))
  })

  it('takes words of one’s own, and keeps the rest', () => {
    const { element } = show()
    element.texts = { connect: { title: 'Los geht’s', button: 'Verbinden' } }
    expect(words(element)).toMatchObject({ title: 'Los geht’s', button: 'Verbinden' })
    expect(words(element).text).toContain('your permission')
  })

  it('keeps the words that a translation has not got', () => {
    const { element } = show()
    const english = words(element)
    const untranslated: Record<string, unknown> = { title: 'Los geht’s', text: undefined, button: undefined }
    Object.assign(element, { texts: { connect: untranslated } })
    expect(words(element)).toEqual({ ...english, title: 'Los geht’s' })
  })

  it('names the code, letter by letter, wherever the words have a place for it', () => {
    const { element } = show()
    element.texts = { failed: { text: '{code}: tell us of {code}.' } }
    element.error = new TokenEndpointError('clientRejected', { serverError: '$&' })
    expect(words(element).text).toBe('clientRejected, $&: tell us of clientRejected, $&.')
  })

  it('keeps the same button with its focus', () => {
    const { client, element } = show()
    const button = buttonOf(element)
    button.focus()
    client.authorizeOutcome('pending')
    button.click()
    client.setState(expired)
    expect(buttonOf(element)).toBe(button)
    expect(element.shadowRoot?.activeElement).toBe(button)
  })

  it('sizes the frame after each change, and only then', async () => {
    const { client, element } = show()
    const t = createFakeTrello()
    element.t = t
    expect(t.calls).toEqual([{ name: 'sizeTo', args: [document.body] }])
    element.t = t
    element.texts = {}
    expect(t.calls).toHaveLength(1)
    client.setState(expired)
    client.setState(authorized)
    expect(t.calls).toHaveLength(3)
  })

  it('sizes the frame once when it is put into the page, and when it is put back', () => {
    const element = document.createElement('powerup-oauth-prompt')
    const client = createFakeClient()
    const t = createFakeTrello()
    Object.assign(element, { client, t })
    expect(t.calls).toEqual([])
    document.body.append(element)
    expect(t.calls).toHaveLength(1)
    element.remove()
    client.setState(expired)
    document.body.append(element)
    expect(t.calls).toHaveLength(2)
    expect(words(element).button).toBe('Connect again')
  })

  it('leaves the frame alone once it is out of the page', () => {
    const observer = { observe: vi.fn(), disconnect: vi.fn() }
    vi.stubGlobal(
      'ResizeObserver',
      vi.fn(function ResizeObserver() {
        return observer
      }),
    )
    const { element } = show()
    expect(observer.observe).toHaveBeenCalledWith(document.body)
    observer.observe.mockClear()
    observer.disconnect.mockClear()
    element.remove()
    expect([observer.disconnect.mock.calls.length, observer.observe.mock.calls.length]).toEqual([1, 0])
    vi.unstubAllGlobals()
  })

  it.each<[string, AuthState]>([
    ['a board without a workspace', { status: 'notAuthorized', persistent: true, blockedBy: 'noWorkspace' }],
    ['a visitor', { status: 'notAuthorized', persistent: true, blockedBy: 'notLoggedIn' }],
    ['a sign-in elsewhere', { status: 'notAuthorized', persistent: true, signIn: 'elsewhere' }],
  ])('shows no button for %s, and shows it again when one can help', (_case, state) => {
    const { client, element } = show(state)
    expect(isShown(element)).toBe(true)
    expect(buttonOf(element).hidden).toBe(true)
    client.setState({ status: 'notAuthorized', persistent: true })
    expect(buttonOf(element).hidden).toBe(false)
  })

  it('brings its styles as an element where sheets cannot be constructed', () => {
    vi.stubGlobal('CSSStyleSheet', undefined)
    const tag = 'prompt-without-sheets'
    definePrompt(tag)
    const element = document.createElement(tag)
    document.body.append(element)
    expect(element.shadowRoot?.querySelector('style')?.textContent).toContain('[part=prompt]')
    vi.unstubAllGlobals()
  })

  it('calls off its sign-in when it gets another client', async () => {
    const { client, element } = show()
    client.authorizeOutcome('pending')
    const signal = vi.fn()
    const authorize = client.authorize
    element.client = Object.create(client, {
      authorize: {
        value: (options: { signal: AbortSignal }) => {
          options.signal.addEventListener('abort', signal)
          return authorize(options)
        },
      },
    }) as FakeClient
    buttonOf(element).click()
    expect(element.situation).toBe('inProgress')
    element.client = createFakeClient()
    expect(signal).toHaveBeenCalledOnce()
    expect(element.situation).toBe('connect')
  })

  it.each([
    ['dark', 'dark', 'dark'],
    ['light', 'light', 'light'],
    ['normal', 'light', 'light'],
    ['normal', 'dark', 'dark apart'],
    ['dark', 'light', 'light apart'],
  ])('on a page that is %s takes the colours of a %s board: %s', async (scheme, theme, className) => {
    const { element } = show()
    const t = createFakeTrello()
    Object.assign(element, { t })
    element.style.colorScheme = scheme
    expect(element.shadowRoot?.querySelector('[part=prompt]')?.className).toBe('')
    document.documentElement.dataset.colorMode = theme
    await vi.waitFor(() =>
      expect(element.shadowRoot?.querySelector('[part=prompt]')?.className).toBe(className),
    )
    // With a background of its own it is higher.
    expect(t.calls).toHaveLength(2)
  })

  it('lets go of the client when it is taken off the page, and takes it up again', () => {
    const { client, element } = show()
    element.remove()
    client.setState(expired)
    expect(element.situation).toBe('connect')
    document.body.append(element)
    expect(element.situation).toBe('expired')
  })

  it('lets go of the client when the whole page is taken away, as at the end of a test with happy-dom', () => {
    const { client, element } = show()
    const root = vi.spyOn(document, 'documentElement', 'get').mockReturnValue(null as never)
    element.remove()
    root.mockRestore()
    client.setState(expired)
    expect(element.situation).toBe('connect')
  })

  it('follows another client, and no longer the first one', async () => {
    const { client, element, authorize } = show()
    const said = heard(element, 'authorizeerror')
    client.authorizeOutcome('pending')
    buttonOf(element).click()
    element.client = createFakeClient(expired)
    expect(element.situation).toBe('expired')
    client.authorizeOutcome('accessDenied')
    client.setState({ status: 'notAuthorized', persistent: true, legacy: true })
    await expect(authorize.mock.results[0]?.value).rejects.toBeDefined()
    expect(element.situation).toBe('expired')
    expect(said).toEqual([])
  })

  it('can be heard and found', () => {
    const root = show().element.shadowRoot
    expect(root?.querySelector('[role=status]')?.textContent).toContain('Connect your Trello account')
    // A region that is hidden until it has something to say may keep silent about that.
    expect(root?.querySelector('[role=status]')?.closest('[part=prompt]')).toBeNull()
    expect(root?.querySelector('button')?.getAttribute('aria-describedby')).toBe('text')
    expect(root?.querySelector('button')?.type).toBe('button')
    const parts = [...(root?.querySelectorAll('[part]') ?? [])].map((each) => each.getAttribute('part'))
    expect(parts).toEqual(['prompt', 'title', 'text', 'button'])
    expect(root?.querySelector('style, [style], script')).toBeNull()
  })
})

function codeError(code: string): Error {
  return Object.assign(new Error(code), { code })
}
