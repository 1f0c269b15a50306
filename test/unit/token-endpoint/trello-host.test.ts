// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../../src/base/errors'
import { trelloHostTokenEndpoint } from '../../../src/token-endpoint/trello-host'
import { HOUR_MS } from '../support/grants'

const exchange = {
  clientId: 'client-1',
  code: 'code-1',
  codeVerifier: 'v'.repeat(43),
  redirectUri: 'https://power-up.example/callback.html',
}
const given = { access_token: 'access-1', expires_in: 3_600, scope: 'read:board:trello offline_access' }
const judged = {
  kind: 'tokens',
  accessToken: 'access-1',
  expiresInMs: HOUR_MS,
  scopes: ['read:board:trello', 'offline_access'],
}

/** A `t` whose commands answer with `answer()`, and what they were asked. */
function frameAnswering(answer: () => unknown) {
  const asked: unknown[][] = []
  const t = {
    getContext: () => ({}),
    async authorizationCodeExchange(...args: unknown[]) {
      asked.push(['authorizationCodeExchange', this === t, ...args])
      return answer()
    },
    async refreshTokens(...args: unknown[]) {
      asked.push(['refreshTokens', this === t, ...args])
      return answer()
    },
  }
  return { asked, endpoint: trelloHostTokenEndpoint(t) }
}

describe('the Trello page', () => {
  it('exchanges a code', async () => {
    const { endpoint, asked } = frameAnswering(() => given)
    expect(await endpoint.exchange(exchange)).toEqual(judged)
    const { redirectUri, code, codeVerifier } = exchange
    expect(asked).toEqual([['authorizationCodeExchange', true, { redirectUri, code, codeVerifier }]])
  })

  it('refreshes without being told which tokens', async () => {
    const { endpoint, asked } = frameAnswering(() => given)
    expect(await endpoint.refresh({ clientId: 'client-1', refreshToken: 'left over' })).toEqual(judged)
    expect(asked).toEqual([['refreshTokens', true]])
  })

  it('is asked in the very task of the call', () => {
    const { endpoint, asked } = frameAnswering(() => given)
    void endpoint.refresh({ clientId: 'client-1' })
    expect(asked).toHaveLength(1)
  })

  it('keeps the refresh token: one that it hands on is left out', async () => {
    const { endpoint } = frameAnswering(() => ({ ...given, refresh_token: 'refresh-1' }))
    expect(endpoint).toMatchObject({ holdsRefreshToken: true })
    expect(endpoint.url).toBeUndefined()
    expect(await endpoint.exchange(exchange)).toEqual(judged)
    expect(await endpoint.refresh({ clientId: 'client-1' })).toEqual(judged)
  })

  it('may leave out lifetime and scopes', async () => {
    const { endpoint } = frameAnswering(() => ({ access_token: 'access-1' }))
    expect(await endpoint.refresh({ clientId: 'client-1' })).toEqual({
      kind: 'tokens',
      accessToken: 'access-1',
      expiresInMs: HOUR_MS,
    })
  })

  it('speaks its verdict with null', async () => {
    const { endpoint } = frameAnswering(() => null)
    expect(await endpoint.refresh({ clientId: 'client-1' })).toEqual({ kind: 'dead' })
    expect(await endpoint.exchange(exchange)).toEqual({ kind: 'dead' })
  })

  it("may hand on the authorization server's verdict", async () => {
    const { endpoint } = frameAnswering(() => ({ error: 'invalid_grant' }))
    expect(await endpoint.refresh({ clientId: 'client-1' })).toMatchObject({ kind: 'dead' })
  })

  it.each([[undefined], [{}], ['access-1'], [{ access_token: 5 }]])(
    'that answers %j has said nothing final',
    async (answer) => {
      const { endpoint } = frameAnswering(() => answer)
      expect(await endpoint.refresh({ clientId: 'client-1' })).toMatchObject({ kind: 'retryable' })
    },
  )
})

describe("the authorization server's words", () => {
  const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0'

  it.each([
    ['a token', `Token ${token} is in use`, 'Token … is in use'],
    ['one after a line break', `Token\n${token}`, 'Token\n…'],
    ['one as a form writes it', 'token=a%2Bb%2Fc%2Bd%2Fe%2Bf%3D%3D', '…'],
    ['one where the words are cut off', `${'word '.repeat(34)}${token}`, `${'word '.repeat(34)}…`],
  ])('tell none that this frame has never seen: %s', async (_case, error_description, serverDescription) => {
    const { endpoint } = frameAnswering(() => ({ error: 'invalid_grant', error_description }))
    expect(await endpoint.refresh({ clientId: 'client-1' })).toMatchObject({
      kind: 'dead',
      serverDescription,
    })
  })

  it('still tell whether it is the refresh token that is dead', async () => {
    const error_description = 'the_given_refresh_token_is_unknown_or_invalid'
    const { endpoint } = frameAnswering(() => ({ error: 'invalid_request', error_description }))
    expect(await endpoint.refresh({ clientId: 'client-1' })).toMatchObject({ kind: 'dead' })
  })
})

describe('a command that fails', () => {
  const failing = (error: unknown) =>
    frameAnswering(() => {
      throw error
    }).endpoint

  it.each<[string, unknown]>([
    ['a message', new Error('InvalidContext')],
    ['a name', Object.assign(new Error('No'), { name: 'PluginDisabled' })],
    ['plain words', 'Error: InvalidContext'],
    ['an object', { message: 'InvalidContext' }],
  ])('for a context that is gone, which %s says, concerns this frame alone', async (_case, error) => {
    expect(await failing(error).refresh({ clientId: 'client-1' })).toEqual({
      kind: 'retryable',
      onlyHere: true,
      serverDescription: expect.stringMatching(/InvalidContext|PluginDisabled/),
    })
  })

  it.each<[string, unknown]>([
    ['an error', new Error('invalid_grant')],
    ['nothing', undefined],
    ['null', null],
    ['a symbol', Symbol('x')],
    ['an object without a prototype', Object.create(null)],
    ['a message that is no text', { message: Object.create(null) }],
  ])('with %s is no verdict', async (_case, error) => {
    const answer = await failing(error).refresh({ clientId: 'client-1' })
    expect(answer).toMatchObject({ kind: 'retryable' })
    expect(answer).not.toHaveProperty('onlyHere')
  })

  it('before it could be sent rejects nothing either', async () => {
    const t = {
      getContext: () => ({}),
      authorizationCodeExchange: () => {
        throw new Error('The frame is gone')
      },
      refreshTokens: () => {
        throw new Error('The frame is gone')
      },
    }
    const endpoint = trelloHostTokenEndpoint(t)
    expect(await endpoint.exchange(exchange)).toMatchObject({ serverDescription: 'Error: The frame is gone' })
    expect(await endpoint.refresh({ clientId: 'client-1' })).toMatchObject({ kind: 'retryable' })
  })

  it('tells no secret: not what was sent, and nothing that could be a token', async () => {
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0'
    const error = new Error(`code-1 with ${exchange.codeVerifier} gave ${token}, ${'word '.repeat(80)}`)
    const answer = await failing(error).exchange(exchange)
    const words = 'serverDescription' in answer ? (answer.serverDescription ?? '') : ''
    expect(words).toMatch(/^Error: … with … gave …, word/)
    expect(words).toHaveLength(200)
    expect(JSON.stringify(answer)).not.toMatch(/code-1|vvv|eyJ/)
  })
})

describe('a wrong t', () => {
  it.each([
    ['that is missing', undefined, 'noTrelloContext', /TrelloPowerUp/],
    ['of an old client library', { getContext: () => ({}) }, 'invalidTokenEndpoint', /power-up\.min\.js/],
    [
      'with one command only',
      { getContext: () => ({}), refreshTokens: async () => null },
      'invalidTokenEndpoint',
      /authorizationCodeExchange/,
    ],
  ])('%s ends in a clear error at once', (_case, t, code, message) => {
    const make = () => trelloHostTokenEndpoint(t)
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }))
  })
})
