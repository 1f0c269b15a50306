import { ConfigurationError } from '../base/errors'
import { fieldsOf } from '../base/fields'
import type { GrantStore, StoredGrant } from './grant-store'
import { withoutValues } from './store-error'
import { checkStoreOptions } from './store-options'
import { storedText, textOf } from './stored-text'

/** A connected client of `redis`. */
export interface NodeRedisClient {
  /** Sends one command. */
  sendCommand(args: string[]): Promise<unknown>
}

/** A client of `ioredis`. */
export interface IoRedisClient {
  /** Sends one command. */
  call(command: string, args: string[]): Promise<unknown>
}

/** Options of {@link redisGrants}. */
export interface RedisGrantsOptions {
  /** The beginning of the name of each key in Redis. @default 'powerup-oauth:' */
  prefix?: string
}

/**
 * Keeps grants in Redis, for any number of processes and machines. Redis has to keep what it is given: see the page about
 * the server.
 * @param client of `redis` (connected) or of `ioredis` (without its option `keyPrefix`)
 * @throws ConfigurationError `invalidStore`
 * @example
 * ```ts
 * import { createClient } from 'redis'
 * import { redisGrants } from 'powerup-oauth/server/redis'
 *
 * const store = redisGrants(await createClient().connect())
 * ```
 */
export function redisGrants(
  client: NodeRedisClient | IoRedisClient,
  options: RedisGrantsOptions = {},
): GrantStore {
  const send = senderOf(client)
  checkStoreOptions(options)
  const { prefix = 'powerup-oauth:' } = options
  if (typeof prefix !== 'string') {
    throw new ConfigurationError('invalidStore', 'The option `prefix` of redisGrants is a text.')
  }
  const nameOf = (key: string) => prefix + storedText(key)

  return {
    async get(key) {
      const stored = await send('GET', [nameOf(key)])
      return stored === null || stored === undefined ? undefined : grantIn(String(stored))
    },
    async compareAndSwap(key, version, value) {
      const next = value === undefined ? '' : crypto.randomUUID() + SEPARATOR + storedText(value)
      const expected = version === undefined ? ABSENT : `${PRESENT}${version}`
      // A text where a client is told to give numbers as texts.
      return Number(await send('EVAL', [SWAP, '1', nameOf(key), expected, next])) === 1
    },
    async keys() {
      const found = new Set<string>()
      let cursor = '0'
      do {
        const args = [cursor, 'MATCH', `${prefix.replace(/[*?[\]\\]/g, '\\$&')}*`, 'COUNT', '1000']
        const { 0: next, 1: names } = fieldsOf(await send('SCAN', args))
        if (!Array.isArray(names)) throw new Error('Redis gave no keys.')
        for (const name of names) found.add(textOf(String(name).slice(prefix.length)))
        cursor = String(next)
      } while (cursor !== '0')
      return [...found]
    },
  }
}

/** A stored text is a version, this and the value. No version has it. */
const SEPARATOR = ':'

/** The two kinds of expectation. A version follows the second: it may be an empty text. */
const ABSENT = '-'
const PRESENT = '='

/**
 * Compares and writes in one step. A client whose connection broke may send the same command twice: the second finds the
 * value that the first has written, which is a success too. No two writes have the same text: each has its own version.
 */
const SWAP = `
local stored = redis.call('GET', KEYS[1])
local version, next = string.sub(ARGV[1], 2), ARGV[2]
if stored and stored == next then return 1 end
if ARGV[1] == '${ABSENT}' then
  if stored then return 0 end
elseif not stored then
  return 0
elseif stored ~= version and string.sub(stored, 1, #version + 1) ~= version .. '${SEPARATOR}' then
  return 0
end
if next ~= '' then redis.call('SET', KEYS[1], next) elseif stored then redis.call('DEL', KEYS[1]) end
return 1`

/** Reads a stored text. One that another program wrote is its own version, so that the keeper can replace it. */
function grantIn(stored: string): StoredGrant {
  const [, version, value] = stored.match(/^([0-9a-f-]{36}):(.*)$/s) ?? []
  if (version === undefined || value === undefined) return { version: stored, value: stored }
  return { version, value: textOf(value) }
}

type Send = (command: string, args: string[]) => Promise<unknown>

/** `ioredis` has a `sendCommand` too, which takes something else. */
function senderOf(client: NodeRedisClient | IoRedisClient): Send {
  const { call, sendCommand, options } = fieldsOf(client)
  // It is put before names, and not before the pattern that finds them.
  if (fieldsOf(options).keyPrefix) {
    const message =
      'redisGrants takes a client of ioredis without its option `keyPrefix`: it has a `prefix` of its own.'
    throw new ConfigurationError('invalidStore', message)
  }
  if (typeof call === 'function' && 'call' in client) {
    return (command, args) =>
      client.call(command, args).catch((error) => {
        throw withoutValues(error)
      })
  }
  if (typeof sendCommand === 'function' && 'sendCommand' in client) {
    return (command, args) => client.sendCommand([command, ...args])
  }
  throw new ConfigurationError('invalidStore', 'redisGrants takes a client of redis or of ioredis.')
}
