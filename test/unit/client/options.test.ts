// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../../src/base/errors'
import { readScopes } from '../../../src/base/option-check'
import type { Platform } from '../../../src/base/platform'
import { type ClientOptions, readOptions } from '../../../src/client/options'
import { trelloHostTokenEndpoint } from '../../../src/token-endpoint/trello-host'
import { createBrowser } from '../support/browser'
import { thrownBy } from '../support/outcome'
import { scriptedEndpoint } from '../support/token-endpoint'

const right: ClientOptions = {
  clientId: 'client-1',
  redirectUri: 'https://power-up.example/callback.html',
  scopes: ['read:board:trello'],
}

function read(differences: object = {}, platform: Partial<Platform> = {}) {
  return readOptions({ ...right, ...differences } as ClientOptions, createBrowser().frame(platform).platform)
}

function frameOf(context: unknown) {
  return { getContext: () => context }
}

describe('the smallest options', () => {
  it("get Trello's own endpoints", () => {
    expect(read()).toEqual({
      ...right,
      blockedBy: undefined,
      authorizationEndpoint: 'https://auth.atlassian.com/authorize',
      apiOrigins: ['https://api.trello.com'],
    })
  })
})

describe('a wrong option', () => {
  const cause = new Error('not in a frame')
  const cases: [string, object, string, RegExp][] = [
    ['no client id', { clientId: undefined }, 'invalidClientId', /client id of the app settings/],
    ['a blank client id', { clientId: '  ' }, 'invalidClientId', /client id/],
    [
      'a client id that was copied with a line break',
      { clientId: 'client-1\n' },
      'invalidClientId',
      /nothing around/,
    ],
    ['a client id with a space before it', { clientId: ' client-1' }, 'invalidClientId', /nothing around/],
    ['no redirect URI', { redirectUri: undefined }, 'invalidRedirectUri', /absolute HTTPS URL/],
    ['a relative redirect URI', { redirectUri: '/callback.html' }, 'invalidRedirectUri', /absolute/],
    [
      'a redirect URI of another origin',
      { redirectUri: 'https://other.example/callback.html' },
      'invalidRedirectUri',
      /this page's origin \(https:\/\/power-up\.example\)/,
    ],
    [
      'a redirect URI with a fragment',
      { redirectUri: 'https://power-up.example/callback.html#' },
      'invalidRedirectUri',
      /without a fragment/,
    ],
    [
      'a redirect URI over plain HTTP',
      { redirectUri: 'http://power-up.example/callback.html' },
      'invalidRedirectUri',
      /HTTPS/,
    ],
    ['a redirect URI in a list', { redirectUri: [right.redirectUri] }, 'invalidRedirectUri', /absolute/],
    [
      'a redirect URI with blanks around it',
      { redirectUri: ` ${right.redirectUri}\n` },
      'invalidRedirectUri',
      /without a fragment, credentials or spaces/,
    ],
    [
      'a redirect URI with a tab inside',
      { redirectUri: 'https://power-up.example/call\tback.html' },
      'invalidRedirectUri',
      /HTTPS/,
    ],
    [
      'a redirect URI without slashes',
      { redirectUri: 'https:power-up.example/callback.html' },
      'invalidRedirectUri',
      /HTTPS/,
    ],
    [
      'a redirect URI with credentials',
      { redirectUri: 'https://me:secret@power-up.example/callback.html' },
      'invalidRedirectUri',
      /HTTPS/,
    ],
    ['scopes in one string', { scopes: 'read:board:trello' }, 'invalidScopes', /array of scope names/],
    ['no scopes', { scopes: undefined }, 'invalidScopes', /array/],
    [
      'two scopes in one',
      { scopes: ['read:board:trello write:board:trello'] },
      'invalidScopes',
      /without spaces/,
    ],
    ['a scope that is no string', { scopes: [7] }, 'invalidScopes', /scope names/],
    ['scopes with holes in their list', { scopes: new Array(2) }, 'invalidScopes', /scope names/],
    ['an empty scope', { scopes: [''] }, 'invalidScopes', /scope names/],
    ['an empty workspace', { workspace: '' }, 'invalidWorkspace', /id of a workspace/],
    ['a workspace that is no string', { workspace: 5 }, 'invalidWorkspace', /id of a workspace/],
    ['a member that is no string', { member: {} }, 'invalidMember', /id of a member/],
    ['an onEvent that is no function', { onEvent: 'log' }, 'invalidOnEvent', /function/],
    ['a relative token endpoint', { tokenEndpoint: '/token' }, 'invalidTokenEndpoint', /absolute HTTPS URL/],
    ['half a token endpoint', { tokenEndpoint: { refresh() {} } }, 'invalidTokenEndpoint', /TokenEndpoint/],
    [
      'a token endpoint whose url is no text',
      { tokenEndpoint: { ...scriptedEndpoint(), url: new URL('https://proxy.example/t') } },
      'invalidTokenEndpoint',
      /url and way are texts/,
    ],
    [
      'a token endpoint whose way is no text',
      { tokenEndpoint: { ...scriptedEndpoint(), way: 7 } },
      'invalidTokenEndpoint',
      /url and way are texts/,
    ],
    ['a function that makes none', { tokenEndpoint: () => undefined }, 'invalidTokenEndpoint', /function/],
    [
      'an authorization endpoint in a list',
      { authorizationEndpoint: ['https://auth.example/authorize'] },
      'invalidAuthorizationEndpoint',
      /absolute HTTPS URL/,
    ],
    [
      'an authorization endpoint over HTTP',
      { authorizationEndpoint: 'http://auth.example/authorize' },
      'invalidAuthorizationEndpoint',
      /authorizationEndpoint must be an absolute HTTPS URL/,
    ],
    [
      'an authorization endpoint that runs code',
      { authorizationEndpoint: 'javascript:alert(1)' },
      'invalidAuthorizationEndpoint',
      /HTTPS/,
    ],
    ['one API origin without a list', { apiOrigins: 'https://api.trello.com' }, 'invalidApiOrigins', /array/],
    ['no API origin', { apiOrigins: [] }, 'invalidApiOrigins', /non-empty/],
    [
      'an API origin with a path',
      { apiOrigins: ['https://api.trello.com/1'] },
      'invalidApiOrigins',
      /origins/,
    ],
    ['an API origin with a wildcard', { apiOrigins: ['https://*.trello.com'] }, 'invalidApiOrigins', /array/],
    ['an API origin over HTTP', { apiOrigins: ['http://api.trello.com'] }, 'invalidApiOrigins', /HTTPS/],
    [
      'an API origin with credentials',
      { apiOrigins: ['https://me:secret@api.trello.com'] },
      'invalidApiOrigins',
      /HTTPS origins/,
    ],
    [
      'a revocation endpoint that is no URL',
      { revocationEndpoint: 'revoke' },
      'invalidRevocationEndpoint',
      /revocationEndpoint must be/,
    ],
    ['an empty issuer', { issuer: '' }, 'invalidIssuer', /issuer identifier/],
    ['an issuer over HTTP', { issuer: 'http://auth.example' }, 'invalidIssuer', /HTTPS/],
    ['an issuer that is a mere host', { issuer: 'auth.example' }, 'invalidIssuer', /HTTPS/],
    ['an issuer that runs code', { issuer: 'javascript:1' }, 'invalidIssuer', /HTTPS/],
    ['an issuer with a blank behind it', { issuer: 'https://auth.example ' }, 'invalidIssuer', /HTTPS/],
    ['an issuer that is no string', { issuer: new URL('https://auth.example') }, 'invalidIssuer', /HTTPS/],
    ['a t without a context', { t: frameOf(undefined) }, 'noTrelloContext', /TrelloPowerUp\.iframe\(\)/],
    ['a t that is none', { t: {} }, 'noTrelloContext', /Pass the t of/],
    ['a t with a text for a context', { t: frameOf('w') }, 'noTrelloContext', /gave no context/],
    [
      'a t that promises a context',
      { t: frameOf(Promise.resolve({})) },
      'noTrelloContext',
      /gave no context/,
    ],
    [
      'a workspace of t that is no text',
      { t: frameOf({ organization: { id: 'w' } }) },
      'noTrelloContext',
      /t/,
    ],
    ['a workspace of t that is a number', { t: frameOf({ organization: 5n }) }, 'noTrelloContext', /t/],
    ['a workspace of t of blanks', { t: frameOf({ organization: ' ' }) }, 'noTrelloContext', /t/],
    [
      'a member of t that is no text',
      { t: frameOf({ organization: 'w', member: 7 }) },
      'noTrelloContext',
      /t/,
    ],
  ]

  it.each(cases)('%s is named, with what to do', (_case, options, code, hint) => {
    const error = thrownBy(() => read(options))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error).toMatchObject({ code, retryable: false })
    expect((error as Error).message).toMatch(hint)
  })

  it.each([undefined, null, 'client-1'])('%s instead of options is refused', (options) => {
    const platform = createBrowser().frame().platform
    const error = thrownBy(() => readOptions(options as unknown as ClientOptions, platform))
    expect(error).toMatchObject({ code: 'invalidClientId', message: expect.stringContaining('redirectUri') })
  })

  it.each([
    ['redirectUri', 'invalidRedirectUri'],
    ['tokenEndpoint', 'invalidTokenEndpoint'],
    ['authorizationEndpoint', 'invalidAuthorizationEndpoint'],
    ['revocationEndpoint', 'invalidRevocationEndpoint'],
    ['issuer', 'invalidIssuer'],
  ])('%s that cannot even be turned into a string is named too', (option, code) => {
    expect(thrownBy(() => read({ [option]: Object.create(null) }))).toMatchObject({ code })
  })

  it.each([
    ['clientId', 'invalidClientId'],
    ['redirectUri', 'invalidRedirectUri'],
    ['scopes', 'invalidScopes'],
    ['t', 'noTrelloContext'],
    ['workspace', 'invalidWorkspace'],
    ['member', 'invalidMember'],
    ['onEvent', 'invalidOnEvent'],
    ['tokenEndpoint', 'invalidTokenEndpoint'],
    ['authorizationEndpoint', 'invalidAuthorizationEndpoint'],
    ['apiOrigins', 'invalidApiOrigins'],
    ['revocationEndpoint', 'invalidRevocationEndpoint'],
    ['issuer', 'invalidIssuer'],
  ])('%s that is null is named, and not left out in silence', (option, code) => {
    expect(thrownBy(() => read({ [option]: null }))).toMatchObject({ code })
  })

  it('apiOrigins with such a thing in it is named too', () => {
    const apiOrigins = ['https://api.trello.com', Object.create(null)]
    expect(thrownBy(() => read({ apiOrigins }))).toMatchObject({ code: 'invalidApiOrigins' })
  })

  it.each([
    [
      'getContext',
      () => {
        throw cause
      },
    ],
    [
      'its result',
      () => ({
        get organization() {
          throw cause
        },
      }),
    ],
  ])("keeps the host's own failure as the cause, also of %s", (_place, getContext) => {
    expect(thrownBy(() => read({ t: { getContext } }))).toMatchObject({ code: 'noTrelloContext', cause })
  })

  it('keeps the failure of a function from t to a token endpoint as the cause', () => {
    const tokenEndpoint = () => {
      throw cause
    }
    const error = thrownBy(() => read({ tokenEndpoint }))
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalidTokenEndpoint', cause })
  })

  it('passes on what such a function says of the options itself', () => {
    const error = thrownBy(() => read({ tokenEndpoint: trelloHostTokenEndpoint }))
    expect(error).toMatchObject({ code: 'noTrelloContext' })
  })
})

describe('a page that is no secure context', () => {
  it('is refused, with what to do', () => {
    const error = thrownBy(() => read({}, { isSecureContext: () => false }))
    expect(error).toMatchObject({ code: 'insecureContext', message: expect.stringContaining('HTTPS') })
  })

  it('has no callback page of its origin where a sandbox has taken that away, and says why', () => {
    const error = thrownBy(() => read({}, { pageOrigin: () => 'null' }))
    const message = expect.stringContaining('(null, as of a file, or in a sandbox without allow-same-origin)')
    expect(error).toMatchObject({ code: 'invalidRedirectUri', message })
  })

  it('is no question on a server, which has no page and no origin either', () => {
    const server = { isSecureContext: () => undefined, pageOrigin: () => undefined }
    expect(read({ redirectUri: 'https://anywhere.example/cb' }, server).redirectUri).toBe(
      'https://anywhere.example/cb',
    )
  })
})

describe('where the Power-Up is', () => {
  it('comes from t, read once', () => {
    let reads = 0
    const t = {
      getContext: () => {
        reads++
        return { organization: 'workspace-1', member: 'member-1' }
      },
    }
    expect(read({ t })).toMatchObject({
      workspace: 'workspace-1',
      member: 'member-1',
      blockedBy: undefined,
    })
    expect(reads).toBe(1)
  })

  it('comes by hand outside Trello, and by hand wins', () => {
    expect(read({ workspace: 'w', member: 'm' })).toMatchObject({ workspace: 'w', member: 'm' })
    const t = frameOf({ organization: 'workspace-1', member: 'member-1' })
    expect(read({ t, workspace: 'w', member: 'm' })).toMatchObject({ workspace: 'w', member: 'm' })
  })

  it.each([{ member: 'member-1' }, { organization: null }, { organization: '' }])(
    'is no workspace for the context %o: sign-in is blocked, not the client',
    (context) => {
      const configuration = read({ t: frameOf(context) })
      expect(configuration.blockedBy).toBe('noWorkspace')
      expect(configuration.workspace).toBeUndefined()
    },
  )

  it('is nobody for a visitor who is not logged in', () => {
    const t = frameOf({ organization: 'workspace-1', member: 'notLoggedIn' })
    expect(read({ t }).blockedBy).toBe('notLoggedIn')
    expect(read({ t: frameOf({ member: 'notLoggedIn' }) }).blockedBy).toBe('notLoggedIn')
  })

  it('is whoever uses the browser profile for a context that names no member', () => {
    for (const member of [undefined, null, ''])
      expect(read({ t: frameOf({ organization: 'w', member }) })).toMatchObject({ member: undefined })
  })

  it('blocks nothing without a t and a workspace: then there is no resource parameter', () => {
    expect(read().blockedBy).toBeUndefined()
  })
})

describe('right options', () => {
  it('may name loopback hosts over HTTP', () => {
    const local = { pageOrigin: () => 'http://power-up.localhost:8080' }
    const options = {
      redirectUri: 'http://power-up.localhost:8080/callback.html',
      tokenEndpoint: 'http://127.0.0.1:3000/token',
      authorizationEndpoint: 'http://[::1]:3000/authorize',
      apiOrigins: ['http://api.localhost:3000'],
      revocationEndpoint: 'http://localhost/revoke',
      issuer: 'http://localhost:3000',
    }
    expect(read(options, local)).toMatchObject(options)
  })

  it('may be URL objects, and a redirect URI in a string is kept as it was written', () => {
    const redirectUri = 'https://power-up.example:443/callback.html'
    expect(read({ redirectUri }).redirectUri).toBe(redirectUri)
    expect(read({ redirectUri: new URL(redirectUri) }).redirectUri).toBe(
      'https://power-up.example/callback.html',
    )
    expect(read({ tokenEndpoint: new URL('https://proxy.example/t') }).tokenEndpoint).toBe(
      'https://proxy.example/t',
    )
  })

  it('keep an issuer as it was written: it is compared exactly', () => {
    for (const issuer of ['https://auth.example', 'https://auth.example:443/', 'https://auth.example/a/b'])
      expect(read({ issuer }).issuer).toBe(issuer)
  })

  it('may be URL objects of another frame', () => {
    const { href } = new URL('https://power-up.example/other.html')
    const foreign = { [Symbol.toStringTag]: 'URL', toString: () => href }
    const options = { redirectUri: foreign, tokenEndpoint: foreign, authorizationEndpoint: foreign }
    expect(read(options)).toMatchObject({
      redirectUri: href,
      tokenEndpoint: href,
      authorizationEndpoint: href,
    })
  })

  it('may bring a token endpoint of their own, or a function from t to one', () => {
    const endpoint = scriptedEndpoint()
    expect(read({ tokenEndpoint: endpoint }).tokenEndpoint).toBe(endpoint)
    const t = frameOf({ organization: 'w' })
    const given: unknown[] = []
    const tokenEndpoint = (argument: unknown) => {
      given.push(argument)
      return endpoint
    }
    expect(read({ t, tokenEndpoint }).tokenEndpoint).toBe(endpoint)
    expect(given).toEqual([t])
  })

  it('may list API origins with a slash at the end', () => {
    expect(read({ apiOrigins: ['https://api.trello.com/', 'https://eu.trello.com'] }).apiOrigins).toEqual([
      'https://api.trello.com',
      'https://eu.trello.com',
    ])
  })

  it('lose doubled scopes, and offline_access, which the library adds itself', () => {
    const scopes = ['read:board:trello', 'offline_access', 'read:board:trello', 'new:scope']
    expect(read({ scopes }).scopes).toEqual(['read:board:trello', 'new:scope'])
  })
})

describe('readScopes', () => {
  it('takes the characters that RFC 6749 allows, and no others', () => {
    expect(readScopes(['read:board:trello', 'a', '!', '~#[]'])).toHaveLength(4)
    for (const odd of ['', 'a b', 'a"b', 'a\\b', 'ä', 'a\n', undefined, 1] as string[])
      expect(() => readScopes([odd])).toThrow(ConfigurationError)
  })
})
