import { describe, expect, it } from 'vitest'
import { requiredScopes } from '../../../src/api/operation-scopes'
import { SCOPES } from '../../../src/base/scopes'
import operations from '../support/operations.json'

type Row = [method: string, path: string, scopes: string[] | null, isAnyOf: boolean]
const rows = operations as Row[]

describe('requiredScopes', () => {
  it('says of each of the 261 operations what the document says', () => {
    expect(rows).toHaveLength(261)
    for (const [method, path, scopes, isAnyOf] of rows) {
      const expected =
        scopes === null ? 'closedToOAuth2' : { allOf: isAnyOf ? [] : scopes, anyOf: isAnyOf ? scopes : [] }
      expect([method, path, requiredScopes(method, path)]).toEqual([method, path, expected])
    }
  })

  it('finds the same operation for a real path, with version, query or origin', () => {
    for (const [method, path] of rows) {
      const real = path.replaceAll(/\$?\{[^}]*\}/g, '5f1c2d47be09a51c63fa1ff0')
      const expected = requiredScopes(method, path)
      expect([real, requiredScopes(method, real)]).toEqual([real, expected])
      expect(requiredScopes(method.toLowerCase(), `/1${real}?fields=id`)).toEqual(expected)
      expect(requiredScopes(method, `https://api.trello.com/1${real}#part`)).toEqual(expected)
    }
  })

  it('takes the operation that is spelled out before the one with a parameter', () => {
    expect(requiredScopes('GET', '/members/me/organizations')).toEqual({
      allOf: ['read:organization:trello'],
      anyOf: [],
    })
    expect(requiredScopes('GET', '/boards/b/exports/mostRecent')).toEqual(
      requiredScopes('GET', '/boards/{id}/exports/mostRecent'),
    )
  })

  it('takes a URL, as the calls of the client do', () => {
    const url = new URL('https://api.trello.com/1/boards/b?fields=id')
    expect(requiredScopes('GET', url)).toEqual(requiredScopes('GET', '/boards/{id}'))
  })

  it('knows no more than the document', () => {
    for (const [method, path] of [
      ['GET', '/nothing/of/the/kind'],
      ['PATCH', '/cards/1'],
      ['GET', ''],
      ['', '/cards/1'],
      ['DELETE', '/members/me'],
    ] as const) {
      expect(requiredScopes(method, path)).toBe('unknown')
    }
  })

  it('names scopes of the ten alone', () => {
    const named = rows.flatMap(([method, path]) => {
      const scopes = requiredScopes(method, path)
      return typeof scopes === 'string' ? [] : [...scopes.allOf, ...scopes.anyOf]
    })
    expect(named.filter((scope) => !SCOPES.includes(scope))).toEqual([])
  })
})
