import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { completeAuthorization } from '../../../src/sign-in/callback-page'
import { settle } from '../support/clock'
import { watch } from '../support/outcome'

const PREFIX = 'powerup-oauth:response:'
const KEPT_MS = 600_000

/** The window that opened this page, and what was posted to it. */
const opener = {
  posted: [] as unknown[],
  postMessage: (message: unknown, origin: string) => record(message, origin),
}

function record(message: unknown, targetOrigin: string): void {
  opener.posted.push({ message, targetOrigin })
}

let close: ReturnType<typeof vi.fn>

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  close = vi.fn()
  opener.posted = []
  vi.stubGlobal('opener', opener)
  vi.stubGlobal('close', close)
  vi.spyOn(globalThis, 'addEventListener')
  localStorage.clear()
  document.body.innerHTML = ''
})

afterEach(() => {
  for (const [type, listener] of vi.mocked(addEventListener).mock.calls) {
    if (listener) removeEventListener(type, listener)
  }
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

function visit(path: string) {
  history.replaceState(null, '', path)
  return watch(completeAuthorization())
}

function say(message: object, differences: object = {}) {
  const data = { powerUpOAuth: 1, ...message }
  dispatchEvent(
    Object.assign(new Event('message'), { data, source: opener, origin: location.origin, ...differences }),
  )
}

function kept(): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(localStorage).map((key) => [key.slice(PREFIX.length), localStorage.getItem(key)]),
  )
}

function keep(state: string, age = 0, parameters = `state=${state}&code=${state}`) {
  localStorage.setItem(PREFIX + state, JSON.stringify([Date.now() - age, parameters]))
}

describe('a response', () => {
  it('is given to the opener, on the page’s own origin alone, and the window closes when it was received', async () => {
    const outcome = visit('/callback.html?state=s1&code=c1')
    expect(opener.posted).toEqual([
      {
        message: { powerUpOAuth: 1, type: 'response', parameters: 'state=s1&code=c1' },
        targetOrigin: location.origin,
      },
    ])
    say({ type: 'received', state: 's1' })
    await settle()
    expect(outcome.value).toBe('done')
    expect(close).toHaveBeenCalledTimes(1)
    expect(kept()).toEqual({})
  })

  it('closes its window once more where the browser has left it open', async () => {
    visit('/callback.html?state=s1&code=c1')
    say({ type: 'received', state: 's1' })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(close).toHaveBeenCalledTimes(2)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(close).toHaveBeenCalledTimes(2)
  })

  it('leaves the address bar before anything else happens', () => {
    const posted: string[] = []
    vi.stubGlobal('opener', { postMessage: () => posted.push(location.href) })
    visit('/sub/callback.html?state=s1&code=c1#x')
    expect(posted).toEqual([`${location.origin}/sub/callback.html`])
    expect([location.search, location.hash]).toEqual(['', ''])
  })

  it('leaves it also on a path that begins with two slashes, which alone would name another origin', () => {
    visit(`${location.origin}//callback.html?state=s1&code=c1`)
    expect(location.href).toBe(`${location.origin}//callback.html`)
    expect(opener.posted).toHaveLength(1)
  })

  it('is not looked for again by an effect that React runs twice', async () => {
    document.body.innerHTML = '<p data-ending="openedByHand" hidden></p><p data-ending="kept" hidden></p>'
    const first = visit('/callback.html?state=s1&code=c1')
    const second = watch(completeAuthorization())
    await settle()
    expect([second.status, document.querySelector('p:not([hidden])')]).toEqual(['pending', null])
    await vi.advanceTimersByTimeAsync(1_000)
    expect([first.value, second.value]).toEqual(['kept', 'kept'])
    expect(opener.posted).toHaveLength(1)
  })

  it('that is a denial says so', async () => {
    const outcome = visit('/callback.html?state=s1&error=access_denied')
    say({ type: 'received', state: 's1' })
    await settle()
    expect(outcome.value).toBe('denied')
  })

  it.each([
    '/callback.html?error=access_denied',
    `/callback.html?state=s1&error=invalid_scope&error_description=${'x'.repeat(4_000)}`,
  ])('that is a denial says so where nobody can be told: %s', async (path) => {
    const outcome = visit(path)
    await settle()
    expect(outcome.value).toBe('denied')
    expect([opener.posted, kept()]).toEqual([[], {}])
  })

  it('with an empty error is none: the frame goes on with its code', async () => {
    const outcome = visit('/callback.html?state=s1&error=&code=c1')
    say({ type: 'received', state: 's1' })
    await settle()
    expect(outcome.value).toBe('done')
  })

  it('is kept when nobody received it within a second', async () => {
    const outcome = visit('/callback.html?state=s1&code=c1')
    await vi.advanceTimersByTimeAsync(999)
    expect(outcome.status).toBe('pending')
    await vi.advanceTimersByTimeAsync(1)
    expect(outcome.value).toBe('kept')
    expect(kept()).toEqual({ s1: JSON.stringify([Date.now(), 'state=s1&code=c1']) })
    expect(close).not.toHaveBeenCalled()
  })

  it('is kept at once where there is no opener', async () => {
    vi.stubGlobal('opener', null)
    const outcome = visit('/callback.html?state=s1&error=access_denied')
    await settle()
    expect(outcome.value).toBe('denied')
    expect(Object.keys(kept())).toEqual(['s1'])
  })

  it.each<[string, object, object]>([
    ['for another state', { type: 'received', state: 's2' }, {}],
    ['from another window', { type: 'received', state: 's1' }, { source: {} }],
    ['from another origin', { type: 'received', state: 's1' }, { origin: 'https://evil.example' }],
    ['that is none', { type: 'received' }, {}],
  ])('is kept after a word %s', async (_case, message, differences) => {
    const outcome = visit('/callback.html?state=s1&code=c1')
    say(message, differences)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(outcome.value).toBe('kept')
  })

  it('is lost without a storage, and the page says the same', async () => {
    vi.stubGlobal('localStorage', undefined)
    const outcome = visit('/callback.html?state=s1&code=c1')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(outcome.value).toBe('kept')
  })
})

describe('what is kept', () => {
  it('is eight responses at most: a planted one pushes out none', async () => {
    for (let n = 1; n <= 8; n++) keep(`s${n}`)
    visit('/callback.html?state=s9&code=c9')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(Object.keys(kept()).sort()).toEqual(['s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8'])
  })

  it('makes room for a new one when it is ten minutes old, or damaged', async () => {
    for (let n = 1; n <= 7; n++) keep(`s${n}`)
    keep('old', KEPT_MS)
    localStorage.setItem(`${PREFIX}damaged`, 'rubbish')
    localStorage.setItem('not ours', 'x')
    visit('/callback.html?state=s9&code=c9')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(Object.keys(kept())).toContain('s9')
    expect(Object.keys(kept())).not.toContain('old')
  })

  it.each([
    ['/callback.html?state=s9&code=c9', 'done'],
    ['/callback.html', 'openedByHand'],
  ])('is forgotten at the next visit once it is ten minutes old: %s', async (path, ending) => {
    keep('old', KEPT_MS)
    keep('young', KEPT_MS - 1)
    const outcome = visit(path)
    say({ type: 'received', state: 's9' })
    await settle()
    expect(outcome.value).toBe(ending)
    expect(Object.keys(kept())).toEqual(['young'])
  })

  it('is not replaced by another response for the same state', async () => {
    keep('s1')
    const before = kept()
    visit('/callback.html?state=s1&code=planted')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(kept()).toEqual(before)
  })
})

describe('the ready page', () => {
  const shown = () =>
    [...document.querySelectorAll<HTMLElement>('section')].filter(({ hidden }) => !hidden).map(nameOf)
  const nameOf = ({ dataset }: HTMLElement) => dataset.ending

  it('says what is missing where its script does not run, and nothing of it where that does', async () => {
    document.body.innerHTML = readFileSync('src/callback.html', 'utf8').replace(
      /.*<body>|<script.*?<\/script>/gs,
      '',
    )
    expect(shown()).toEqual(['loading'])
    expect(document.body.textContent).toContain('powerup-oauth-callback.js is missing')
    visit('/callback.html')
    await settle()
    expect(shown()).toEqual(['openedByHand'])
  })
})

describe('collecting', () => {
  const page = '/callback.html#powerup-oauth-collect'

  it('gives what is kept for the states that the opener names, and forgets it when it was received', async () => {
    keep('s1')
    keep('s2')
    keep('foreign')
    const outcome = visit(page)
    expect(opener.posted).toEqual([
      { message: { powerUpOAuth: 1, type: 'ready' }, targetOrigin: location.origin },
    ])
    say({ type: 'collect', states: ['s2', 'unknown'] })
    expect(opener.posted.at(-1)).toEqual({
      message: { powerUpOAuth: 1, type: 'kept', responses: ['state=s2&code=s2'] },
      targetOrigin: location.origin,
    })
    expect(Object.keys(kept()).sort()).toEqual(['foreign', 's1', 's2'])
    say({ type: 'received', state: 's2' })
    expect(Object.keys(kept()).sort()).toEqual(['foreign', 's1'])
    await settle()
    expect([location.hash, outcome.value]).toEqual(['', 'collecting'])
  })

  it('uses up nothing that this visit was not asked for', () => {
    keep('s1')
    keep('foreign')
    visit(page)
    say({ type: 'received', state: 's1' })
    say({ type: 'collect', states: ['s1'] })
    say({ type: 'received', state: 'foreign' })
    expect(Object.keys(kept()).sort()).toEqual(['foreign', 's1'])
  })

  it('goes on for an opener that asks twice', () => {
    keep('s1')
    keep('s2')
    visit(page)
    for (const state of ['s1', 's2']) say({ type: 'collect', states: [state] })
    for (const state of ['s1', 's2']) say({ type: 'received', state })
    expect(kept()).toEqual({})
  })

  it('leaves out what is longer than a response: the opener would believe none of them', () => {
    keep('s1', 0, `state=s1&code=${'x'.repeat(4_000)}`)
    keep('s2')
    visit(page)
    say({ type: 'collect', states: ['s1', 's2'] })
    expect(opener.posted.at(-1)).toMatchObject({ message: { type: 'kept', responses: ['state=s2&code=s2'] } })
  })

  it('gives nothing to a stranger', () => {
    keep('s1')
    visit(page)
    say({ type: 'collect', states: ['s1'] }, { source: {} })
    say({ type: 'collect', states: ['s1'] }, { origin: 'https://evil.example' })
    say({ type: 'received', state: 's1' }, { source: {} })
    expect(opener.posted).toHaveLength(1)
    expect(Object.keys(kept())).toEqual(['s1'])
  })

  it('gives nothing that is ten minutes old', () => {
    keep('s1', KEPT_MS)
    visit(page)
    say({ type: 'collect', states: ['s1'] })
    expect(opener.posted.at(-1)).toMatchObject({ message: { type: 'kept', responses: [] } })
    expect(kept()).toEqual({})
  })

  it('that nobody asks for within five seconds was opened by hand', async () => {
    const outcome = visit(page)
    say({ type: 'received', state: 's1' })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(outcome.value).toBe('openedByHand')
  })
})

describe('no response', () => {
  it.each([
    '/callback.html',
    '/callback.html?state=s1',
    '/callback.html?code=c1',
    `/callback.html?state=s1&code=${'x'.repeat(4_000)}`,
  ])('is in %s: the page was opened by hand, nothing is said or kept', async (path) => {
    const outcome = visit(path)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(outcome.value).toBe('openedByHand')
    expect([opener.posted, kept(), location.search]).toEqual([[], {}, ''])
  })
})

describe('in a frame', () => {
  it('the page does nothing', async () => {
    const top = vi.spyOn(window, 'top', 'get').mockReturnValue({} as never)
    history.replaceState(null, '', '/callback.html?state=s1&code=c1')
    expect(await completeAuthorization()).toBe('framed')
    top.mockRestore()
    expect([opener.posted, kept(), location.search]).toEqual([[], {}, '?state=s1&code=c1'])
    expect(document.body.innerHTML).toBe('')
  })
})

describe('the page that a person sees', () => {
  const sections =
    '<p data-ending="done">A</p><p data-ending="kept" hidden>B</p><p data-ending="openedByHand" hidden>C</p>'

  function shown(): (string | null)[] {
    const elements = [...document.querySelectorAll<HTMLElement>('p')]
    return elements.filter(({ hidden }) => !hidden).map(({ textContent }) => textContent)
  }

  it.each<[string, string]>([
    ['opened by hand', '/callback.html'],
    ['with a denial', '/callback.html?state=s1&error=access_denied'],
    ['with a code', '/callback.html?state=s1&code=c1'],
    ['that collects', '/callback.html#powerup-oauth-collect'],
  ])("a page of one's own, %s, stays as it is", async (_case, path) => {
    const own = '<h1 hidden="">Hello</h1><p data-ending="fade-out">Bye</p><main><p>Text</p></main>'
    document.body.innerHTML = own
    const outcome = visit(path)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(outcome.status).toBe('resolved')
    expect(document.body.innerHTML).toBe(own)
  })

  it('shows the element for its ending and hides the others', async () => {
    document.body.innerHTML = sections
    visit('/callback.html')
    await settle()
    expect(shown()).toEqual(['C'])
  })

  it('is changed once it is there', async () => {
    const state = vi.spyOn(document, 'readyState', 'get').mockReturnValue('loading')
    document.body.innerHTML = sections
    visit('/callback.html')
    await settle()
    expect(shown()).toEqual(['A'])
    state.mockReturnValue('interactive')
    dispatchEvent(new Event('DOMContentLoaded'))
    expect(shown()).toEqual(['C'])
  })

  it('keeps its history state when the code is taken out of the address', async () => {
    history.replaceState({ own: 1 }, '', '/callback.html?state=s1&code=c1')
    const outcome = watch(completeAuthorization())
    expect([history.state, location.search]).toEqual([{ own: 1 }, ''])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(outcome.status).toBe('resolved')
  })
})
