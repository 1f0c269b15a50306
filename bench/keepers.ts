import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { build } from 'esbuild'
import { type LocalTrello, startLocalTrello } from '../examples/local-trello/local-trello'
import { ensureService, startService } from '../scripts/services'
import {
  answerConsent,
  askForTokens,
  authorizationUrl,
} from '../test/unit/examples/local-trello/support/sign-in'

/** The libraries for servers that are compared. */
export const KEEPERS = ['powerup-oauth', 'simple-oauth2', 'better-auth'] as const

export type KeeperName = (typeof KEEPERS)[number]

export interface KeeperFigures {
  /** Codes exchanged and stored. `undefined`: it does so in the callback route of its own sign-in only. */
  grantsPerS: number | undefined
  /** Calls with a good token, ten at once. */
  callsPerS: number
  /** For so many processes with ten calls each, right after the token has expired. */
  atExpiry: readonly { tokenRequests: number; failed: number; of: number }[]
}

/**
 * Measures one library after the other on one Postgres and one authorization server, which rotates refresh tokens and takes the
 * second use of one for theft. `undefined`: this machine has no Postgres.
 */
export async function measureKeepers(counts: {
  grants: number
  calls: number
  processes: readonly number[]
}): Promise<ReadonlyMap<KeeperName, KeeperFigures> | undefined> {
  const folder = ensureService('postgres')
  if (folder === undefined) return undefined
  const postgres = await startService('postgres', folder)
  const trello = await startLocalTrello({ port: 0, quiet: true, switches: SWITCHES })
  const cache = resolve('bench/node_modules/.cache/keepers')
  await build({
    entryPoints: ['bench/keepers/process.js'],
    outfile: `${cache}/process.mjs`,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  })
  try {
    const figures = new Map<KeeperName, KeeperFigures>()
    for (const name of KEEPERS) {
      const start = () => startProcess(`${cache}/process.mjs`, name, setupOf(trello, postgres.port))
      figures.set(name, await measure(trello, name, start, counts))
    }
    return figures
  } finally {
    await trello.close()
    await postgres.stop()
    rmSync(cache, { recursive: true, force: true })
  }
}

/** No leeway: what a second request costs shows in the calls that fail. */
const SWITCHES = { rateLimit: 'counted', rotationLeewayMs: 0 } as const

async function measure(
  trello: LocalTrello,
  name: KeeperName,
  start: () => Promise<KeeperProcess>,
  { grants, calls, processes }: Parameters<typeof measureKeepers>[0],
): Promise<KeeperFigures> {
  const first = await start()
  await first.ask({ does: 'prepare' })
  const isExchanging = name !== 'better-auth'

  async function grant(key: string): Promise<void> {
    const code = await consentOf(trello)
    if (isExchanging) await first.ask({ does: 'exchange', key, codes: [code], atOnce: 1 })
    else await first.ask({ does: 'keep', key, tokens: await tokensOf(trello, code) })
  }

  let grantsPerS: number | undefined
  if (isExchanging) {
    const codes: Code[] = []
    while (codes.length < grants) codes.push(await consentOf(trello))
    const { ms } = await first.ask({ does: 'exchange', key: 'many', codes, atOnce: 10 })
    grantsPerS = (grants / ms) * 1_000
  }
  const keyOf = (key: string) => (isExchanging ? `${key}0` : key)
  await grant('calls')
  await first.ask({ does: 'call', key: keyOf('calls'), times: 10, atOnce: 10 })
  const { ms } = await first.ask({ does: 'call', key: keyOf('calls'), times: calls, atOnce: 10 })

  const atExpiry: { tokenRequests: number; failed: number; of: number }[] = []
  for (const count of processes) {
    const key = `expiry-of-${count}-`
    trello.switches.set({ accessTokenLifetimeS: 1 })
    await grant(key)
    trello.switches.set({ accessTokenLifetimeS: 3_600 })
    const all = await Promise.all(Array.from({ length: count }, start))
    // Until the token is over for all, also for one to which a short life counts as two seconds.
    await delay(2_100)
    trello.log.clear()
    const ends = await Promise.all(
      all.map((each) => each.ask({ does: 'call', key: keyOf(key), times: 10, atOnce: 10 })),
    )
    const failed = ends.reduce((sum, end) => sum + end.failed, 0)
    atExpiry.push({ tokenRequests: trello.log.tokenRequests.length, failed, of: count * 10 })
    for (const each of all) await each.end()
  }
  await first.end()
  return { grantsPerS, callsPerS: (calls / ms) * 1_000, atExpiry }
}

interface Code {
  code: string
  verifier: string
}

type Work =
  | { does: 'prepare' }
  | { does: 'exchange'; key: string; codes: readonly Code[]; atOnce: number }
  | { does: 'keep'; key: string; tokens: { accessToken: string; refreshToken: string; expiresAt: number } }
  | { does: 'call'; key: string; times: number; atOnce: number }

interface KeeperProcess {
  ask(work: Work): Promise<{ ms: number; failed: number }>
  end(): Promise<void>
}

async function startProcess(script: string, client: KeeperName, setup: object): Promise<KeeperProcess> {
  const stdio = ['pipe', 'pipe', 'inherit'] as const
  const child: ChildProcess = spawn(process.execPath, [script, JSON.stringify({ client, setup })], {
    stdio: [...stdio],
  })
  const { stdin, stdout } = child
  if (!stdin || !stdout) throw new Error('The process has no input and output.')
  const ended = once(child, 'close')
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  const answer = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`The process with ${client} has ended.`)
    return JSON.parse(value)
  }
  await answer()
  return {
    ask: (work) => {
      stdin.write(`${JSON.stringify(work)}\n`)
      return answer()
    },
    end: async () => {
      stdin.end()
      await ended
    },
  }
}

function setupOf(trello: LocalTrello, postgresPort: number): object {
  const { id: clientId, secret: clientSecret } = trello.confidentialClient
  const { tokenEndpoint, apiOrigin, origins } = trello
  const redirectUri = `${origins.powerUp}/callback.html`
  const authorizationEndpoint = `${origins.auth}/authorize`
  return {
    postgresPort,
    clientId,
    clientSecret,
    tokenEndpoint,
    authorizationEndpoint,
    apiOrigin,
    redirectUri,
  }
}

async function consentOf(trello: LocalTrello): Promise<Code> {
  const { url, verifier } = authorizationUrl(trello, {})
  const asked = new URL(url)
  asked.searchParams.set('client_id', trello.confidentialClient.id)
  const response = await answerConsent(trello, asked.href, trello.members[0].id)
  return { code: new URL(response).searchParams.get('code') ?? '', verifier }
}

async function tokensOf(
  trello: LocalTrello,
  { code, verifier }: Code,
): Promise<{ accessToken: string; refreshToken: string; expiresAt: number }> {
  const { json } = await askForTokens(trello, {
    grant_type: 'authorization_code',
    client_id: trello.confidentialClient.id,
    client_secret: trello.confidentialClient.secret,
    redirect_uri: `${trello.origins.powerUp}/callback.html`,
    code,
    code_verifier: verifier,
  })
  const expiresAt = Date.now() + Number(json.expires_in) * 1_000
  return { accessToken: String(json.access_token), refreshToken: String(json.refresh_token), expiresAt }
}
