// @vitest-environment node
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readStoredEntry, toStoredEntry } from '../../../src/grant/entry-format'
import { type GrantEntry, NO_ENTRY } from '../../../src/grant/grant'
import { START } from '../support/clock'
import { attempt, coolDown, expiredGrant, liveGrant } from '../support/grants'

const NOTHING = { entry: NO_ENTRY, isNewer: false }
const lease = { owner: 'me', presentedAt: START, presentation: 1 }

describe('an entry', () => {
  it.each<[string, GrantEntry]>([
    [
      'a live grant',
      { record: liveGrant({ lease, coolDown: coolDown({ code: 'clientRejected' }) }), attempts: [] },
    ],
    ['an ended grant', { record: expiredGrant(), attempts: [attempt()] }],
    ['attempts alone', { attempts: [attempt(), attempt({ openedAt: START, claimedBy: 'me' })] }],
  ])('with %s comes back as it was stored', (_case, entry) => {
    const value = structuredClone(toStoredEntry(entry))
    expect(value).toMatchObject({ version: 1 })
    expect(readStoredEntry(value)).toEqual({ entry, isNewer: false })
  })

  it('with nothing in it is not stored', () => {
    expect(toStoredEntry({ attempts: [] })).toBeUndefined()
    expect(readStoredEntry(undefined)).toEqual(NOTHING)
  })

  it('of a newer version is recognised, whatever is in it', () => {
    expect(readStoredEntry({ version: 2 })).toEqual({ entry: NO_ENTRY, isNewer: true })
    expect(readStoredEntry({ version: 2, attempts: 'what', record: null })).toEqual({
      entry: NO_ENTRY,
      isNewer: true,
    })
  })
})

describe('a damaged entry', () => {
  const { tokenSet, ...tokenless } = liveGrant()

  it.each<[string, unknown]>([
    ['null', null],
    ['a string', 'entry'],
    ['a list', []],
    ['an object without a version', { attempts: [attempt()] }],
    ['a version that is no number', { version: '1', attempts: [attempt()] }],
    ['a version that never was', { version: 0, attempts: [attempt()] }],
    ['no attempts', { version: 1 }],
    ['attempts that are no list', { version: 1, attempts: {} }],
    ['an attempt that is none', { version: 1, attempts: [null] }],
    ['an attempt without a verifier', { version: 1, attempts: [{ ...attempt(), codeVerifier: undefined }] }],
    ['an attempt without a time', { version: 1, attempts: [{ ...attempt(), preparedAt: 'now' }] }],
    ['an attempt with one scope', { version: 1, attempts: [{ ...attempt(), scopes: 'a' }] }],
    ['a record that is null', { version: 1, attempts: [], record: null }],
    ['a record of no kind', { version: 1, attempts: [], record: { ...liveGrant(), status: 'odd' } }],
    [
      'a record without a generation',
      { version: 1, attempts: [], record: { ...liveGrant(), generation: 1 } },
    ],
    ['a record without a time', { version: 1, attempts: [], record: { ...liveGrant(), grantedAt: null } }],
    ['a record with odd scopes', { version: 1, attempts: [], record: { ...liveGrant(), scopes: ['a', 1] } }],
    ['a grant without tokens', { version: 1, attempts: [], record: tokenless }],
    [
      'a grant without an access token',
      { version: 1, attempts: [], record: { ...tokenless, tokenSet: { ...tokenSet, accessToken: null } } },
    ],
    [
      'a grant without an end',
      { version: 1, attempts: [], record: { ...tokenless, tokenSet: { ...tokenSet, expiresAt: '' } } },
    ],
    ['a lease that is null', { version: 1, attempts: [], record: { ...liveGrant(), lease: null } }],
    [
      'a lease without a time',
      { version: 1, attempts: [], record: { ...liveGrant(), lease: { ...lease, presentedAt: undefined } } },
    ],
    [
      'an end without a reason',
      { version: 1, attempts: [], record: { ...expiredGrant(), reason: undefined } },
    ],
    ['an end without a time', { version: 1, attempts: [], record: { ...expiredGrant(), since: 'then' } }],
  ])('with %s counts as none', (_case, value) => {
    expect(readStoredEntry(value)).toEqual(NOTHING)
  })

  it('never throws, whatever was stored', () => {
    const record = fc.oneof(
      fc.anything(),
      fc.record({ ...Object.fromEntries(Object.keys(liveGrant()).map((name) => [name, fc.anything()])) }),
    )
    const value = fc.oneof(
      fc.anything(),
      fc.record(
        { version: fc.oneof(fc.constant(1), fc.anything()), attempts: fc.anything(), record },
        { requiredKeys: [] },
      ),
    )
    fc.assert(fc.property(value, (stored) => Array.isArray(readStoredEntry(stored).entry.attempts)))
  })
})
