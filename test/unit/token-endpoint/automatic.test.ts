// @vitest-environment node
// Loaded on demand; here already, so that no test waits for real time.
import '../../../src/token-endpoint/trello-host'
import { describe, expect, it } from 'vitest'
import type { TrelloFrame } from '../../../src/base/trello'
import { type AutomaticWay, automaticTokenWays } from '../../../src/token-endpoint/automatic'
import { createBrowser } from '../support/browser'
import { settle } from '../support/clock'
import { watch } from '../support/outcome'
import { later } from '../support/token-endpoint'

const url = 'https://auth.example/oauth/token'
const code = {
  clientId: 'client-1',
  code: 'code-1',
  codeVerifier: 'v'.repeat(43),
  redirectUri: 'https://power-up.example/callback.html',
}
const success = { access_token: 'access-1', token_type: 'Bearer', expires_in: 3_600 }
const dead = { error: 'invalid_grant' }

type Answer = { status?: number; body: object } | 'refused' | 'forbidden'

/** A page whose endpoint and Trello page answer as told. `asked` lists who was asked, in order. */
function page(answers: { json: Answer; form?: Answer; trelloPage?: () => unknown }) {
  const browser = createBrowser()
  const asked: string[] = []
  const frame = browser.frame({
    fetch: async (_input: unknown, init: RequestInit = {}) => {
      const isJson = new Headers(init.headers).get('content-type') === 'application/json'
      asked.push(isJson ? 'json' : 'form')
      const answer = (isJson ? answers.json : answers.form) ?? 'refused'
      if (answer === 'forbidden') frame.violate({ blockedUrl: url, directive: 'connect-src' })
      if (typeof answer === 'string') throw new TypeError('Failed to fetch')
      return Response.json(answer.body, { status: answer.status ?? 200 })
    },
  })
  const { trelloPage } = answers
  const t: TrelloFrame & Record<string, unknown> = {
    getContext: () => ({}),
    ...(trelloPage && {
      authorizationCodeExchange: async () => {
        asked.push('trelloPage')
        return trelloPage()
      },
      refreshTokens: async () => undefined,
    }),
  }
  const refused = new Set<AutomaticWay>()
  const ways = automaticTokenWays(frame.platform, url, t, refused)
  const exchange = async () => {
    const outcome = watch(ways.exchange(code))
    // Loading the part for the Trello page takes real time.
    await import('../../../src/token-endpoint/trello-host')
    for (let i = 0; i < 20 && outcome.status === 'pending'; i++) await browser.clock.advance(500)
    return outcome
  }
  return { ...browser, frame, asked, refused, ways, exchange }
}

describe('the first code of a page', () => {
  it('is sent once, as JSON, to an endpoint that allows pages', async () => {
    const self = page({ json: { body: success }, trelloPage: () => success })
    expect((await self.exchange()).value).toMatchObject({
      answer: { kind: 'tokens', accessToken: 'access-1' },
      endpoint: { way: 'json', holdsRefreshToken: false },
    })
    expect(self.asked).toEqual(['json'])
  })

  it('goes through the Trello page where the endpoint refuses the preflight', async () => {
    const self = page({ json: 'refused', trelloPage: () => success })
    expect((await self.exchange()).value).toMatchObject({
      answer: { kind: 'tokens' },
      endpoint: { way: 'trelloPage', holdsRefreshToken: true },
    })
    expect(self.asked).toEqual(['json', 'trelloPage'])
  })

  it.each<[string, (() => unknown) | undefined]>([
    ['has no commands for it', undefined],
    [
      'fails',
      () => {
        throw new Error('Unknown command')
      },
    ],
    ['knows of no tokens', () => null],
    ['answers with nothing', () => undefined],
    ['answers nonsense', () => ({ ok: true })],
  ])('is sent as a form where the Trello page %s', async (_case, trelloPage) => {
    const self = page({ json: 'refused', form: { body: success }, ...(trelloPage && { trelloPage }) })
    expect((await self.exchange()).value).toMatchObject({
      answer: { kind: 'tokens' },
      endpoint: { way: 'form' },
    })
    expect(self.asked).toEqual(['json', ...(trelloPage ? ['trelloPage'] : []), 'form'])
  })

  it('is sent as a form where the Trello page never answers', async () => {
    const self = page({
      json: 'refused',
      form: { body: success },
      trelloPage: () => new Promise(() => undefined),
    })
    expect((await self.exchange()).value).toMatchObject({ endpoint: { way: 'form' } })
    expect([...self.refused].sort()).toEqual(['json', 'trelloPage'])
  })

  it('waits for a Trello page in a hidden tab, which runs the command when it is shown again', async () => {
    const answer = later<unknown>()
    const self = page({ json: 'refused', form: 'refused', trelloPage: () => answer.promise })
    self.frame.isVisible = false
    const outcome = watch(self.ways.exchange(code))
    await import('../../../src/token-endpoint/trello-host')
    await self.clock.advance(50)
    await settle()
    await self.clock.advance(60_000)
    expect([self.clock.timers(), self.frame.listeners.wake]).toEqual([0, 1])
    self.frame.isVisible = true
    self.frame.wake()
    await self.clock.advance(2_900)
    // A form would have used the code.
    expect(self.asked).toEqual(['json', 'trelloPage'])
    answer.resolve(success)
    await settle()
    expect(outcome.value).toMatchObject({ answer: { kind: 'tokens' }, endpoint: { way: 'trelloPage' } })
    expect([self.clock.timers(), self.frame.listeners.wake]).toEqual([0, 0])
  })

  it('counts when the Trello page answers late and no other way works', async () => {
    const answer = later<unknown>()
    const self = page({ json: 'refused', trelloPage: () => answer.promise })
    const outcome = watch(self.ways.exchange(code))
    await import('../../../src/token-endpoint/trello-host')
    await self.clock.advance(50)
    await settle()
    await self.clock.advance(3_000)
    await self.clock.advance(50)
    expect(outcome.status).toBe('pending')
    answer.resolve(success)
    await settle()
    expect(outcome.value).toMatchObject({ answer: { kind: 'tokens' }, endpoint: { way: 'trelloPage' } })
    expect(self.clock.timers()).toBe(0)
  })

  it('fails as the frame itself was answered where the Trello page never answers', async () => {
    for (const [form, answer] of [
      ['refused', { kind: 'unreadable' }],
      [
        { status: 415, body: {} },
        { kind: 'retryable', status: 415 },
      ],
    ] as const) {
      const self = page({ json: 'refused', form, trelloPage: () => new Promise(() => undefined) })
      expect((await self.exchange()).value).toMatchObject({ answer, endpoint: { way: 'form' } })
    }
  })

  it.each<[string, number, object]>([
    ['an encoding that it does not take', 415, {}],
    ['a missing grant_type', 400, { error: 'invalid_request', error_description: 'Missing grant_type' }],
    ['a grant type that it does not know', 400, { error: 'unsupported_grant_type' }],
    [
      'words of its own',
      400,
      { error: { type: 'invalid_request_error', message: 'Invalid request format' } },
    ],
    ['nothing', 400, {}],
    ['missing fields', 422, { detail: [{ loc: ['body', 'grant_type'], msg: 'Field required' }] }],
  ])(
    'is sent as a form to an endpoint that reads no JSON, and complains of %s',
    async (_of, status, body) => {
      const self = page({ json: { status, body }, form: { body: success } })
      expect((await self.exchange()).value).toMatchObject({ endpoint: { way: 'form' } })
      expect(self.asked).toEqual(['json', 'form'])
      await self.exchange()
      expect(self.asked).toEqual(['json', 'form', 'form'])
    },
  )

  it('fails with the words of the server where one encoding is not understood and the other hidden', async () => {
    const self = page({ json: { status: 400, body: { error: 'invalid_request' } }, form: 'refused' })
    expect((await self.exchange()).value).toMatchObject({
      answer: { kind: 'retryable', status: 400, serverError: 'invalid_request' },
      endpoint: { way: 'json' },
    })
    expect(self.asked).toEqual(['json', 'form'])
  })

  it.each<[string, number, object, string]>([
    ['a dead code', 403, dead, 'dead'],
    ['a rejected client', 401, { error: 'invalid_client' }, 'clientRejected'],
    ['a server error', 500, {}, 'retryable'],
  ])('is tried in no other way after %s, which a page could read', async (_case, status, body, kind) => {
    const self = page({ json: { status, body }, form: { body: success }, trelloPage: () => success })
    expect((await self.exchange()).value).toMatchObject({ answer: { kind }, endpoint: { way: 'json' } })
    expect(self.asked).toEqual(['json'])
    expect(self.refused.size).toBe(0)
  })

  it('is tried in no other way after the Trello page has handed on a verdict', async () => {
    const self = page({ json: 'refused', form: { body: success }, trelloPage: () => dead })
    expect((await self.exchange()).value).toMatchObject({ answer: { kind: 'dead' } })
    expect(self.asked).toEqual(['json', 'trelloPage'])
  })

  it('fails unread where every way is refused, and nothing is remembered: the page may be offline', async () => {
    const self = page({ json: 'refused', trelloPage: () => undefined })
    expect((await self.exchange()).value).toMatchObject({
      answer: { kind: 'unreadable', blockedByPolicy: false },
      endpoint: { way: 'form' },
    })
    expect(self.asked).toEqual(['json', 'trelloPage', 'form'])
    expect(self.refused.size).toBe(0)
  })

  it('is not sent again to an endpoint that the policy of the page forbids', async () => {
    const alone = page({ json: 'forbidden', form: 'forbidden' })
    expect((await alone.exchange()).value).toMatchObject({
      answer: { kind: 'unreadable', blockedByPolicy: true },
    })
    expect(alone.asked).toEqual(['json'])
    const helped = page({ json: 'forbidden', trelloPage: () => success })
    expect((await helped.exchange()).value).toMatchObject({ endpoint: { way: 'trelloPage' } })
  })
})

describe('the next code of a page', () => {
  it('begins with the way that worked', async () => {
    const self = page({ json: 'refused', trelloPage: () => success })
    await self.exchange()
    await self.exchange()
    expect(self.asked).toEqual(['json', 'trelloPage', 'trelloPage'])
  })

  it('comes back to a refused way when the others fail', async () => {
    const answers: Parameters<typeof page>[0] = { json: 'refused', form: { body: success } }
    const self = page(answers)
    await self.exchange()
    answers.json = { body: success }
    answers.form = 'refused'
    expect((await self.exchange()).value).toMatchObject({ endpoint: { way: 'json' } })
    await self.exchange()
    expect(self.asked).toEqual(['json', 'form', 'form', 'json', 'json'])
  })
})

describe('a grant', () => {
  const { ways } = page({ json: 'refused', trelloPage: () => success })

  it.each([
    ['JSON', { way: 'json', tokenSet: { refreshToken: 'r' } }, 'json'],
    ['a form', { way: 'form', tokenSet: { refreshToken: 'r' } }, 'form'],
    ['a proxy of another name', { way: 'proxy', tokenSet: { refreshToken: 'r' } }, 'json'],
    ['the Trello page', { way: 'trelloPage', tokenSet: {} }, 'trelloPage'],
  ])('that came by %s is renewed that way', async (_case, grant, way) => {
    expect(await ways.toRenew(grant)).toMatchObject({ way })
  })

  it('of the Trello page has no way where this t lacks the commands', async () => {
    expect(await page({ json: 'refused' }).ways.toRenew({ way: 'trelloPage', tokenSet: {} })).toBeUndefined()
  })
})
