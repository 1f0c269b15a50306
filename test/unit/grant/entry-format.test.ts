// @vitest-environment node
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readStoredEntry, toStoredEntry } from '../../../src/grant/entry-format'
import { type GrantEntry, NO_ENTRY } from '../../../src/grant/grant'
import { START } from '../support/clock'
import {
  attempt,
  coolDown as coolDownOf,
  expiredGrant,
  HOUR_MS,
  liveGrant,
  storedEntry,
  tokenSet,
} from '../support/grants'

const lease = { owner: 'me', presentedAt: START, presentation: 1 }
const coolDown = coolDownOf({ code: 'clientRejected' })
const parent = { generation: 'generation-1', presentation: 1 }

/** Reads an entry with this record and one sound attempt. */
function readRecord(record: unknown) {
  return readStoredEntry({ version: 1, attempts: [attempt()], record })
}

/** Reads a live grant in which these fields are as given. */
function readGrant(differences: Record<string, unknown>) {
  return readRecord({ ...liveGrant({ lease, coolDown, parent, forced: true, way: 'json' }), ...differences })
}

describe('an entry', () => {
  it.each<[string, GrantEntry]>([
    ['a live grant', { record: liveGrant({ lease, coolDown, parent, way: 'json' }), attempts: [] }],
    [
      'a grant without a refresh token',
      { record: liveGrant({ tokenSet: tokenSet({ refreshToken: undefined }) }), attempts: [] },
    ],
    ['an ended grant', { record: expiredGrant({ parent }), attempts: [attempt()] }],
    ['attempts alone', { attempts: [attempt(), attempt({ openedAt: START, claimedBy: 'me' })] }],
  ])('with %s comes back as it was stored', (_case, entry) => {
    const value = structuredClone(toStoredEntry(entry))
    expect(value).toMatchObject({ version: 1 })
    expect(readStoredEntry(value)).toEqual({ entry, isNewer: false, isDamaged: false })
  })

  it('with nothing in it is not stored', () => {
    expect(toStoredEntry({ attempts: [] })).toBeUndefined()
    expect(readStoredEntry(undefined)).toEqual({ entry: NO_ENTRY, isNewer: false, isDamaged: false })
  })

  it.each([
    { version: 2 },
    { version: 1.1, attempts: 'what', record: null },
    { version: Infinity, attempts: [attempt()], record: liveGrant() },
  ])('of a newer version is recognised, whatever is in it: %o', (value) => {
    expect(readStoredEntry(value)).toEqual({ entry: NO_ENTRY, isNewer: true, isDamaged: false })
  })

  it('keeps what a later library of the same format has added', () => {
    const added = { later: 'field', nested: { deep: [1] } }
    const value = {
      version: 1,
      attempts: [{ ...attempt(), ...added }],
      record: { ...liveGrant(), ...added, tokenSet: { ...tokenSet(), ...added } },
    }
    const { entry, isDamaged } = readStoredEntry(value)
    expect(isDamaged).toBe(false)
    expect(toStoredEntry(entry)).toEqual(value)
  })
})

describe('an entry of which nothing can be read', () => {
  it.each([
    null,
    'entry',
    7,
    [],
    {},
    { version: 1 },
    { version: 1, attempts: {} },
    { attempts: null, record: 1 },
  ])('is empty, and damaged: %o', (value) => {
    expect(readStoredEntry(value)).toEqual({ entry: NO_ENTRY, isNewer: false, isDamaged: true })
  })
})

describe('a damaged version', () => {
  it.each([undefined, null, '1', 0, -1, NaN, {}])('takes no sound part along: %o', (version) => {
    const value = { version, attempts: [attempt()], record: liveGrant() }
    const entry = { attempts: [attempt()], record: liveGrant() }
    expect(readStoredEntry(value)).toEqual({ entry, isNewer: false, isDamaged: true })
  })
})

describe('a damaged attempt', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['a number', 7],
    ['no verifier', { ...attempt(), codeVerifier: undefined }],
    ['an empty state', { ...attempt(), state: '' }],
    ['a URL that is an object', { ...attempt(), url: {} }],
    ['no client id', { ...attempt(), clientId: null }],
    ['a redirect URI that is a list', { ...attempt(), redirectUri: ['https://a.example'] }],
    ['no authorization endpoint', { ...attempt(), authorizationEndpoint: undefined }],
    ['a token endpoint that is null', { ...attempt(), tokenEndpoint: null }],
    ['an issuer that is a number', { ...attempt(), issuer: 1 }],
    ['a claim by a number', { ...attempt(), claimedBy: 1 }],
    ['an owner that is null', { ...attempt(), owner: null }],
    ['a time that is a text', { ...attempt(), preparedAt: 'now' }],
    ['a time that is a date', { ...attempt(), preparedAt: new Date(START) }],
    ['a time that is not a number', { ...attempt(), preparedAt: NaN }],
    ['an endless time', { ...attempt(), preparedAt: Infinity }],
    ['an opening at no time', { ...attempt(), openedAt: NaN }],
    ['an opening that is null', { ...attempt(), openedAt: null }],
    ['scopes that are a text', { ...attempt(), scopes: 'read:board:trello' }],
    ['a scope that is a number', { ...attempt(), scopes: ['read:board:trello', 1] }],
  ])('takes neither the grant nor another attempt along: %s', (_case, damaged) => {
    const others = [attempt({ state: 'a' }), attempt({ state: 'b' })]
    const value = { version: 1, attempts: [others[0], damaged, others[1]], record: liveGrant() }
    const entry = { record: liveGrant(), attempts: others }
    expect(readStoredEntry(value)).toEqual({ entry, isNewer: false, isDamaged: true })
  })

  it.each([undefined, null, {}, 'attempts', 7])('or a damaged list takes no grant along: %o', (attempts) => {
    const value = { version: 1, attempts, record: liveGrant() }
    expect(readStoredEntry(value)).toEqual({
      entry: { record: liveGrant(), attempts: [] },
      isNewer: false,
      isDamaged: true,
    })
  })

  it('is all that is left out of a list: no more than four come back', () => {
    const many = Array.from({ length: 1_000 }, (_, i) => attempt({ state: `state-${i}` }))
    const { entry, isDamaged } = readStoredEntry({ version: 1, attempts: [null, ...many] })
    expect(entry.attempts).toEqual(many.slice(0, 4))
    expect(isDamaged).toBe(true)
    expect(readStoredEntry(storedEntry({ attempts: many.slice(0, 4) })).isDamaged).toBe(false)
  })
})

describe('a damaged record', () => {
  const { tokenSet: _tokens, ...tokenless } = liveGrant()

  it.each<[string, unknown]>([
    ['null', null],
    ['a text', 'rubbish'],
    ['a list', [liveGrant()]],
    ['a record of no kind', { ...liveGrant(), status: 'odd' }],
    ['a record without a kind', { ...liveGrant(), status: undefined }],
    ['a grant without tokens', tokenless],
    ['a grant whose tokens are a text', { ...tokenless, tokenSet: 'access-0' }],
    ['a grant whose tokens are null', { ...tokenless, tokenSet: null }],
  ])('takes no attempt along: %s', (_case, record) => {
    expect(readRecord(record)).toEqual({ entry: { attempts: [attempt()] }, isNewer: false, isDamaged: true })
  })

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['a lease that is null', { lease: null }, { lease: undefined }],
    ['a lease without an owner', { lease: { ...lease, owner: 1 } }, { lease: undefined }],
    ['a lease at no time', { lease: { ...lease, presentedAt: NaN } }, { lease: undefined }],
    ['a lease with spoiled refusals', { lease: { ...lease, refusedUpTo: '1' } }, { lease: undefined }],
    ['a lease without a number', { lease: { ...lease, presentation: '1' } }, { lease: undefined }],
    ['a cool-down at no time', { coolDown: { ...coolDown, until: NaN } }, { coolDown: undefined }],
    ['a cool-down without a code', { coolDown: { ...coolDown, code: 7 } }, { coolDown: undefined }],
    ['a cool-down after no number', { coolDown: { ...coolDown, failures: '2' } }, { coolDown: undefined }],
    [
      'a cool-down that offers a text',
      { coolDown: { ...coolDown, offerConsent: 'no' } },
      { coolDown: undefined },
    ],
    [
      'a cool-down that is unsure',
      { coolDown: { ...coolDown, isTokenRefused: null } },
      { coolDown: undefined },
    ],
    ['a cool-down that is a number', { coolDown: 7 }, { coolDown: undefined }],
    ['a parent without a generation', { parent: { presentation: 1 } }, { parent: undefined }],
    ['a parent without a number', { parent: { ...parent, presentation: null } }, { parent: undefined }],
    ['a workspace that is a number', { workspace: 7 }, { workspace: undefined }],
    ['a way that is an object', { way: {} }, { way: undefined }],
    ['a mark of a 401 that is a text', { forced: 'yes' }, { forced: undefined }],
    ['a check that is a text', { memberChecked: 'true' }, { memberChecked: false }],
    ['a consent at no time', { grantedAt: null }, { grantedAt: 0 }],
    ['a consent at an endless time', { grantedAt: Infinity }, { grantedAt: 0 }],
    ['a generation that is a number', { generation: 1 }, { generation: 'damaged' }],
    ['an empty generation', { generation: '' }, { generation: 'damaged' }],
    ['one odd scope', { scopes: ['a', 1, null, 'b'] }, { scopes: ['a', 'b'] }],
    ['scopes that are a text', { scopes: 'a' }, { scopes: [] }],
    ['a sign of renewal that is missing', { renewable: undefined }, { renewable: true }],
  ])('leaves the tokens alive: %s', (_case, damage, repaired) => {
    const sound = liveGrant({ lease, coolDown, parent, forced: true, way: 'json' })
    expect(readGrant(damage)).toEqual({
      entry: { attempts: [attempt()], record: { ...sound, ...repaired } },
      isNewer: false,
      isDamaged: true,
    })
  })

  it.each<[string, Record<string, unknown>]>([
    ['no access token', { accessToken: null }],
    ['an empty access token', { accessToken: '' }],
  ])('with %s has one that ended, which a refresh replaces', (_case, damage) => {
    const { entry } = readGrant({ tokenSet: { ...tokenSet(), ...damage } })
    expect(entry.record).toMatchObject({
      renewable: true,
      tokenSet: { accessToken: '', refreshToken: 'refresh-0', obtainedAt: 0, expiresAt: 0 },
    })
  })

  it.each<[string, Record<string, unknown>]>([
    ['an end that is a text', { expiresAt: '' }],
    ['an end at no time', { expiresAt: NaN }],
    ['an endless end', { expiresAt: Infinity }],
    ['an end that is a date', { expiresAt: new Date(START + HOUR_MS) }],
    ['a beginning at no time', { obtainedAt: NaN }],
  ])('with %s has an access token that ended', (_case, damage) => {
    const { entry, isDamaged } = readGrant({ tokenSet: { ...tokenSet(), ...damage } })
    expect(isDamaged).toBe(true)
    expect(entry.record).toMatchObject({
      tokenSet: { refreshToken: 'refresh-0', obtainedAt: 0, expiresAt: 0 },
    })
  })

  it.each([1, null, '', {}])(
    'with a refresh token of %o lives as long as its access token',
    (refreshToken) => {
      const { entry } = readGrant({ tokenSet: { ...tokenSet(), refreshToken } })
      expect(entry.record).toMatchObject({ renewable: false, tokenSet: { accessToken: 'access-0' } })
      expect(entry.record).not.toHaveProperty('tokenSet.refreshToken', refreshToken)
    },
  )

  it.each([
    [true, true],
    [false, false],
    ['true', false],
    [undefined, false],
  ])('without a refresh token here is renewable if it says %o: %o', (renewable, isRenewable) => {
    const { entry } = readGrant({ renewable, tokenSet: { ...tokenSet(), refreshToken: undefined } })
    expect(entry.record).toMatchObject({ renewable: isRenewable })
  })

  it('that can’t be renewed stays so', () => {
    expect(readGrant({ renewable: false }).entry.record).toMatchObject({ renewable: false })
  })

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['an unknown reason', { reason: 'odd' }, { reason: 'expired' }],
    ['no reason', { reason: undefined }, { reason: 'expired' }],
    ['an end at no time', { since: NaN }, { since: 0 }],
    ['an end that is a text', { since: 'then' }, { since: 0 }],
    ['no generation', { generation: null }, { generation: 'damaged' }],
    ['no scopes', { scopes: undefined }, { scopes: [] }],
  ])('of an ended grant still says that it ended: %s', (_case, damage, repaired) => {
    expect(readRecord({ ...expiredGrant(), ...damage })).toEqual({
      entry: { attempts: [attempt()], record: { ...expiredGrant(), ...repaired } },
      isNewer: false,
      isDamaged: true,
    })
  })

  it.each(['expired', 'revoked', 'rotationLost'] as const)('knows the reason %s', (reason) => {
    const record = expiredGrant({ reason })
    expect(readRecord(record)).toMatchObject({ entry: { record }, isDamaged: false })
  })
})

describe('whatever was stored', () => {
  it('reading never throws, and gives what can be stored and read again', () => {
    const odd = fc.oneof(fc.anything({ withBigInt: true, withDate: true, withMap: true }), fc.double())
    const fieldsFrom = (sound: object) =>
      fc.record(
        Object.fromEntries(
          Object.entries(sound).map(([name, value]) => [name, fc.oneof(fc.constant(value), odd)]),
        ),
        { requiredKeys: [] },
      )
    const record = fc.oneof(
      odd,
      fieldsFrom(liveGrant({ lease, coolDown, parent })),
      fieldsFrom(expiredGrant()),
    )
    const attempts = fc.oneof(odd, fc.array(fc.oneof(odd, fieldsFrom(attempt()), fc.constant(attempt()))))
    const value = fc.oneof(
      odd,
      fc.record({ version: fc.oneof(fc.constant(1), odd), attempts, record }, { requiredKeys: [] }),
    )
    fc.assert(
      fc.property(value, (stored) => {
        const { entry } = readStoredEntry(stored)
        expect(entry.attempts.length).toBeLessThanOrEqual(4)
        expect(readStoredEntry(toStoredEntry(entry)).entry).toEqual(entry)
      }),
    )
  })

  it('a value that holds itself, or a big integer, counts as damaged and is read all the same', () => {
    const circle: Record<string, unknown> = { ...liveGrant() }
    circle.self = circle
    expect(readRecord(circle)).toMatchObject({ entry: { record: liveGrant() }, isDamaged: true })
    expect(readGrant({ big: 7n })).toMatchObject({ entry: { record: liveGrant() }, isDamaged: true })
  })
})
