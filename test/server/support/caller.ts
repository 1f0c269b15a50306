import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fieldsOf } from '../../../src/base/fields'
import type { GrantStore } from '../../../src/server/grant-store'
import { createKeeper } from '../../../src/server/keeper'
import { openStore, type Place } from './stores'

/*
 * A process with a keeper: opens the store that its argument names, says "ready", and then makes the calls that the lines of its
 * input ask for. Ends with its input.
 */

/** The task of a caller. */
export interface CallerTask {
  place: Place
  server: KeeperServer
  /** The step at which the process kills itself: before or after a request, a read or a write of the store. */
  dieAtStep?: number
}

/** The servers of a keeper, and its name there. */
export interface KeeperServer {
  clientId: string
  tokenEndpoint: string
  apiOrigin: string
}

/** So many calls at once, with the grant of one key. */
export interface CallsAsked {
  key: string
  /** `token`: no call of the API, only a good token. */
  what: 'call' | 'token'
  times: number
}

/** The ends of calls: `ok`, or the code of the error, with its reason. */
export interface CallsEnded {
  key: string
  ends: readonly string[]
}

const task: CallerTask = JSON.parse(process.argv[2] ?? '')
const { store, close } = await openStore(task.place)
const { clientId, tokenEndpoint, apiOrigin } = task.server
let step = 0
const send = globalThis.fetch
globalThis.fetch = (...request) => between(() => send(...request))
const keeper = createKeeper({ clientId, tokenEndpoint, apiOrigins: [apiOrigin], store: dying(store) })
say('ready')

for await (const line of createInterface({ input: process.stdin })) {
  const asked: CallsAsked = JSON.parse(line)
  // The next line is not waited for: one process goes on with many grants.
  void Promise.all(Array.from({ length: asked.times }, () => endOf(asked))).then((ends) =>
    say(JSON.stringify({ key: asked.key, ends } satisfies CallsEnded)),
  )
}
await close()

async function endOf({ key, what }: CallsAsked): Promise<string> {
  const client = keeper.client(key)
  try {
    await (what === 'token' ? client.getAccessToken() : client.api.get('/1/members/me'))
    return 'ok'
  } catch (error) {
    const { code = error, reason } = fieldsOf(error)
    return reason === undefined ? String(code) : `${code} ${reason}`
  }
}

function dying({ get, compareAndSwap, keys }: GrantStore): GrantStore {
  return {
    get: (key) => between(() => get(key)),
    compareAndSwap: (key, version, value) => between(() => compareAndSwap(key, version, value)),
    keys,
  }
}

/** Counts a step before and one after the work. */
async function between<T>(work: () => Promise<T>): Promise<T> {
  countStep()
  const result = await work()
  countStep()
  return result
}

function countStep(): void {
  step += 1
  if (step === task.dieAtStep) process.kill(process.pid, 'SIGKILL')
}

/** At once: a process that is killed says no more than what it has said. */
function say(line: string): void {
  writeSync(1, `${line}\n`)
}
