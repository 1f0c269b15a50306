// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { AuthorizationError } from '../../../src/base/errors'
import { readResponse } from '../../../src/sign-in/authorization-response'
import { attempt } from '../support/grants'
import { thrownBy } from '../support/outcome'

const pending = attempt()

describe('an authorization response', () => {
  it('gives its code', () => {
    expect(readResponse('state=state-1&code=secret-code', pending)).toBe('secret-code')
    expect(readResponse('code=secret-code&state=state-1&session_state=x', pending)).toBe('secret-code')
  })

  it.each([
    ['the state is another', 'state=state-2&code=secret-code'],
    ['there is no state', 'code=secret-code'],
    ['there are two states', 'state=state-1&state=state-1&code=secret-code'],
    ['there is no code', 'state=state-1'],
    ['the code is empty', 'state=state-1&code='],
    ['there are two codes', 'state=state-1&code=secret-code&code=secret-code'],
    ['a denial carries another state', 'state=state-2&error=access_denied'],
    ['it comes from another issuer', 'state=state-1&code=secret-code&iss=https://evil.example'],
    ['its issuer is no URL', 'state=state-1&code=secret-code&iss=auth.example'],
    ['it is empty', ''],
  ])('is invalid where %s', (_case, parameters) => {
    const error = thrownBy(() => readResponse(parameters, pending))
    expect(error).toBeInstanceOf(AuthorizationError)
    expect(error).toMatchObject({ code: 'invalidResponse' })
    expect(error).not.toHaveProperty('cause')
    expect(JSON.stringify(error) + String(error)).not.toContain('secret-code')
  })

  it.each(['https://auth.example', 'https://auth.example/', 'https://auth.example/tenant'])(
    "may name any issuer on the authorization endpoint's origin, such as %s",
    (iss) => {
      expect(readResponse(`state=state-1&code=c&iss=${encodeURIComponent(iss)}`, pending)).toBe('c')
    },
  )

  it('must name the configured issuer exactly', () => {
    const strict = attempt({ issuer: 'https://issuer.example/' })
    expect(readResponse('state=state-1&code=c&iss=https%3A%2F%2Fissuer.example%2F', strict)).toBe('c')
    expect(
      thrownBy(() => readResponse('state=state-1&code=c&iss=https%3A%2F%2Fissuer.example', strict)),
    ).toMatchObject({ code: 'invalidResponse' })
    expect(
      thrownBy(() => readResponse('state=state-1&code=c&iss=https%3A%2F%2Fauth.example', strict)),
    ).toMatchObject({ code: 'invalidResponse' })
  })

  it('says that the person said no', () => {
    const parameters = 'state=state-1&error=access_denied&error_description=User+did+not+authorize'
    expect(thrownBy(() => readResponse(parameters, pending))).toMatchObject({ code: 'accessDenied' })
  })

  it("says why access was denied, in the server's words: that may be no choice of the person", () => {
    const description = `An administrator must approve this app first ${pending.state}`
    const query = { state: 'state-1', error: 'access_denied', error_description: description }
    const error = thrownBy(() => readResponse(String(new URLSearchParams(query)), pending))
    expect(error).toMatchObject({
      code: 'accessDenied',
      serverError: 'access_denied',
      serverDescription: 'An administrator must approve this app first …',
      message: expect.stringContaining('An administrator must approve this app first'),
    })
  })

  it('has no words where the server gave none with its denial', () => {
    expect(thrownBy(() => readResponse('state=state-1&error=access_denied', pending))).toMatchObject({
      code: 'accessDenied',
      serverDescription: undefined,
    })
  })

  it("says that the server refused, with the server's code", () => {
    const error = thrownBy(() => readResponse('state=state-1&error=invalid_scope', pending))
    expect(error).toMatchObject({ code: 'serverRefused', serverError: 'invalid_scope' })
  })

  it('passes on the words of the server, without what is secret', () => {
    const description = `no such scope: write:card:trello ${pending.codeVerifier} secret+co/de=~ ${'x'.repeat(40)}`
    const query = new URLSearchParams({
      state: 'state-1',
      error: 'server_error',
      error_description: description,
    })
    const error = thrownBy(() => readResponse(String(query), pending))
    expect(error).toMatchObject({ serverDescription: 'no such scope: write:card:trello … … …' })
    expect(String(error)).not.toContain(pending.codeVerifier)
    expect(error).not.toHaveProperty('cause')
  })

  it.each<[string, string, readonly string[], RegExp]>([
    [
      'a scope that Trello has not',
      'invalid_scope',
      ['read:board:trello', 'write:card:trello'],
      /no such scope: write:card:trello\.$/,
    ],
    [
      'scopes that are not switched on',
      'invalid_scope',
      ['read:board:trello'],
      /Switch .+ on .+: read:board:trello\.$/,
    ],
    ['a missing workspace', 'invalid_target', [], /one workspace: pass createClient the `t`/],
  ])('says what to mend for %s', (_case, serverError, scopes, hint) => {
    const error = thrownBy(() => readResponse(`state=state-1&error=${serverError}`, { ...pending, scopes }))
    expect(error).toMatchObject({ cause: { message: expect.stringMatching(hint) } })
  })

  it('asks for no workspace where the request had named one', () => {
    const url = `${pending.url}&resource=${encodeURIComponent('ari:cloud:trello::workspace/acme')}`
    const error = thrownBy(() => readResponse('state=state-1&error=invalid_target', { ...pending, url }))
    const message = expect.stringMatching(/must be its id, not its short name/)
    expect(error).toMatchObject({ code: 'serverRefused', cause: { message } })
  })

  it('lets no sentence from the query into a message', () => {
    const parameters = `state=state-1&error=${encodeURIComponent('<b>Call +1 555 now</b>')}`
    const error = thrownBy(() => readResponse(parameters, pending))
    expect(error).toMatchObject({ code: 'serverRefused', serverError: 'unprintable error code' })
    expect(String(error)).not.toContain('555')
  })
})
