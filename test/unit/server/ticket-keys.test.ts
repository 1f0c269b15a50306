// @vitest-environment node
import { exportJWK, exportSPKI, generateKeyPair } from 'jose'
import { describe, expect, it } from 'vitest'
import { createTicketKeys, readKeys } from '../../../src/server/ticket-keys'
import { createBrowser } from '../support/browser'
import { watch } from '../support/outcome'
import { formerKey, published, trelloKey } from './support/tickets'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const one = { keys: [await exportSPKI(trelloKey.publicKey)] }

function setUp(answer: () => Response | Promise<Response> = () => Response.json(published)) {
  const { clock, frame } = createBrowser()
  const asked: { url: string; init: RequestInit | undefined }[] = []
  let current = answer
  const { platform } = frame({
    fetch: async (url: string | Request, init?: RequestInit) => {
      asked.push({ url: String(url), init })
      return current()
    },
  })
  const keys = createTicketKeys(platform, 'https://api.example/keys')
  return { clock, asked, keys, answerWith: (next: typeof answer) => (current = next) }
}

const fails = () => Promise.reject(new TypeError('offline'))

describe('the keys', () => {
  it('are fetched when they are needed, once for all who wait, and without anything that names the server', async () => {
    const { keys, asked } = setUp()
    expect(asked).toEqual([])
    const both = await Promise.all([keys.known(), keys.known()])
    expect(both.map((list) => list?.length)).toEqual([2, 2])
    expect(asked).toMatchObject([
      { url: 'https://api.example/keys', init: { credentials: 'omit', redirect: 'error' } },
    ])
  })

  it('serve for four hours, and while they are fetched again', async () => {
    const { keys, asked, clock, answerWith } = setUp()
    await keys.known()
    await clock.advance(4 * HOUR_MS - 1)
    await keys.known()
    expect(asked).toHaveLength(1)
    await clock.advance(1)
    answerWith(() => new Promise(() => undefined))
    expect(await keys.known()).toHaveLength(2)
    expect(asked).toHaveLength(2)
  })

  it('serve for a day where they can not be fetched again, and no longer', async () => {
    const { keys, clock, answerWith } = setUp()
    await keys.known()
    answerWith(fails)
    await clock.advance(24 * HOUR_MS - 1)
    expect(await keys.known()).toHaveLength(2)
    await clock.advance(MINUTE_MS)
    expect(await keys.known()).toBeUndefined()
  })

  it('are replaced by those of a later answer, and by no answer without a key', async () => {
    const { keys, clock, answerWith } = setUp()
    const known = await keys.known()
    await clock.advance(MINUTE_MS)
    answerWith(() => Response.json({ keys: [] }))
    expect(await keys.newer(known)).toBeUndefined()
    expect(await keys.known()).toHaveLength(2)
    await clock.advance(MINUTE_MS)
    answerWith(() => Response.json(one))
    expect(await keys.newer(known)).toHaveLength(1)
    expect(await keys.known()).toHaveLength(1)
  })

  it('that came while a ticket was held against the old ones count, without another request', async () => {
    const { keys, clock, asked, answerWith } = setUp()
    const old = await keys.known()
    await clock.advance(4 * HOUR_MS)
    answerWith(() => Response.json(one))
    expect(await keys.known()).toBe(old)
    await clock.advance(1)
    expect(await keys.newer(old)).toHaveLength(1)
    expect(asked).toHaveLength(2)
  })

  it('are asked for once a minute, however many tickets fit not one of them', async () => {
    const { keys, clock, asked } = setUp()
    for (let second = 0; second < 180; second++) {
      await keys.newer(await keys.known())
      await clock.advance(1_000)
    }
    expect(asked).toHaveLength(3)
  })

  it('are asked for after ten seconds where there are no keys yet', async () => {
    const { keys, clock, asked, answerWith } = setUp(fails)
    expect(await keys.known()).toBeUndefined()
    answerWith(() => Response.json(published))
    expect(await keys.known()).toBeUndefined()
    await clock.advance(10_000)
    expect(await keys.known()).toHaveLength(2)
    expect(asked).toHaveLength(2)
  })

  it('are waited for five seconds at most', async () => {
    const { keys, clock } = setUp(() => new Promise(() => undefined))
    const outcome = watch(keys.known())
    await clock.advance(4_999)
    expect(outcome.status).toBe('pending')
    await clock.advance(1)
    expect(outcome).toEqual({ status: 'resolved', value: undefined })
    expect(clock.timers()).toBe(0)
  })

  it.each<[string, () => Response]>([
    ['an error', () => Response.json(published, { status: 500 })],
    ['no JSON', () => new Response('<html>')],
    ['more than 64,000 bytes', () => Response.json({ ...published, more: 'x'.repeat(64_000) })],
    ['null', () => Response.json(null)],
  ])('are not there with %s', async (_what, answer) => {
    const { keys } = setUp(answer)
    expect(await keys.known()).toBeUndefined()
  })
})

describe('an answer', () => {
  it('may be a JWK set', async () => {
    const jwk = await exportJWK(trelloKey.publicKey)
    const named = { ...jwk, alg: 'RS256', use: 'sig', kid: '1' }
    expect(await readKeys(JSON.stringify({ keys: [jwk, named] }))).toHaveLength(2)
  })

  it('may be one text with several keys', async () => {
    const text = published.keys.join('\n')
    expect(await readKeys(JSON.stringify({ keys: text }))).toHaveLength(2)
  })

  it('gives no private key, none for another use, and none that is short', async () => {
    const jwk = await exportJWK(formerKey.publicKey)
    const others = [
      { ...jwk, use: 'enc' },
      { ...jwk, alg: 'RS512' },
      { ...jwk, kty: 'EC' },
      { kty: 'oct', k: 'c2VjcmV0' },
      { kty: 'RSA', n: '!', e: 'AQAB' },
      '-----BEGIN PUBLIC KEY-----\nYWJj\n-----END PUBLIC KEY-----',
      '-----BEGIN PUBLIC KEY-----\na\n-----END PUBLIC KEY-----',
      'no key',
      null,
      7,
    ]
    expect(await readKeys(JSON.stringify({ keys: others }))).toEqual([])
    const { publicKey } = await crypto.subtle.generateKey(
      {
        name: 'RSASSA-PKCS1-v1_5',
        modulusLength: 1_024,
        publicExponent: new Uint8Array([1, 0, 1]),
        hash: 'SHA-256',
      },
      true,
      ['sign', 'verify'],
    )
    const short = await crypto.subtle.exportKey('jwk', publicKey)
    expect(await readKeys(JSON.stringify({ keys: [short, ...published.keys] }))).toHaveLength(2)
  })

  it('gives sixteen keys at most', async () => {
    const { publicKey } = await generateKeyPair('RS256')
    const keys = Array.from({ length: 40 }, () => publicKey)
    const jwks = await Promise.all(keys.map((key) => exportJWK(key)))
    expect(await readKeys(JSON.stringify({ keys: jwks }))).toHaveLength(16)
  })
})
