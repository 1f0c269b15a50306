import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CONNECT_STORE_MS, SIGN_IN_DEADLINE_MS } from '../../src/base/durations'
import { PowerUpOAuthError } from '../../src/base/errors'
import type { GrantStore, KeeperOptions } from '../../src/server'
import { prepareAttempt } from '../../src/sign-in/authorization-request'
import { readResponse } from '../../src/sign-in/authorization-response'
import { CONNECT_HELP, type ConnectArguments, readArguments } from './arguments'
import { listenAt } from './loopback'

/** Runs `connect`. Returns the exit code. @param print gets a text of one or more lines */
export async function runConnect(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  print: (text: string) => void,
): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    print(CONNECT_HELP)
    return 0
  }
  let given: ConnectArguments
  try {
    given = readArguments(args, environment)
  } catch (error) {
    print(`${wordsOf(error)}\n\n${CONNECT_HELP}`)
    return 2
  }
  try {
    await connect(given, print)
    return 0
  } catch (error) {
    const code = error instanceof PowerUpOAuthError ? ` (${error.code})` : ''
    print(`Not connected${code}: ${wordsOf(error)}`)
    return 1
  }
}

/** Asks for one consent, and stores the grant. Rejects where there is no grant after ten minutes. */
export async function connect(given: ConnectArguments, print: (text: string) => void): Promise<void> {
  const { clientId, clientSecret, redirectUri, scopes, workspace, key, tokenEndpoint, apiOrigin } = given
  const { createKeeper } = await import('../../src/server')
  const { store, seal } = await inTime(openStore(given.store), CONNECT_STORE_MS, SILENT_STORE)
  const keeper = createKeeper({
    clientId,
    store,
    redirectUri,
    ...(clientSecret !== undefined && { clientSecret }),
    ...(tokenEndpoint !== undefined && { tokenEndpoint }),
    ...(apiOrigin !== undefined && { apiOrigins: [apiOrigin] }),
    ...(seal && { seal }),
  })
  // Before a person is asked: the consent would be lost at the end.
  await inTime(tryStore(store, seal), CONNECT_STORE_MS, SILENT_STORE)
  const attempt = await prepareAttempt(
    {
      clientId,
      redirectUri,
      authorizationEndpoint: given.authorizationEndpoint,
      workspace,
      scopes,
    },
    Date.now(),
  )
  const loopback = await listenAt(new URL(redirectUri))
  try {
    print(`Open this address in a browser on this machine, and consent:\n\n${attempt.url}\n`)
    if (given.opensBrowser) openBrowser(attempt.url)
    const response = await inTime(
      loopback.response((parameters) => parameters.get('state') === attempt.state),
      SIGN_IN_DEADLINE_MS,
      'nobody consented within ten minutes.',
    )
    try {
      const code = readResponse(response.parameters, attempt)
      const { codeVerifier } = attempt
      await keeper.exchange(key, { code, codeVerifier, scopes })
      response.say('Connected. You can close this window.')
    } catch (error) {
      response.say('Not connected. The terminal says why.')
      throw error
    }
  } finally {
    loopback.close()
  }
  print(`Connected. The grant is in ${given.store}, under this key:\n\n${key}`)
}

async function openStore(place: string): Promise<{ store: GrantStore; seal: KeeperOptions['seal'] }> {
  if (!/\.[cm]?[jt]s$/.test(place)) {
    const { fileGrants } = await import('../../src/server-file')
    return { store: fileGrants(resolve(place)), seal: undefined }
  }
  const { default: exported, seal = exported?.seal } = await import(pathToFileURL(resolve(place)).href)
  // Of CommonJS, Node gives all exports as the default one, the default export of TypeScript among them.
  return { store: exported?.default ?? exported, seal }
}

/** Seals a text, then writes a value of its own and removes it. Rejects where the seal fails or the store takes no writes. */
async function tryStore(store: GrantStore, seal: KeeperOptions['seal']): Promise<void> {
  const key = `powerup-oauth connect ${crypto.randomUUID()}`
  await seal?.seal(key)
  await store.compareAndSwap(key, undefined, '')
  await store.compareAndSwap(key, (await store.get(key))?.version, undefined)
}

function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', url]
        : ['xdg-open', url]
  // Whoever has no browser has the printed address.
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref()
}

const SILENT_STORE = 'the store did not answer within 30 seconds.'

/** Waits for work, and rejects with these words where it takes too long. */
async function inTime<T>(work: Promise<T>, limitMs: number, words: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(words)), limitMs)
  })
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}

/** Puts the words of an error and of all that is behind it in one text: what is at fault comes last. */
function wordsOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return String(error)
  // An error may be its own cause.
  const isLast = !(error.cause instanceof Error) || depth > 5
  return isLast ? error.message : `${error.message} ${wordsOf(error.cause, depth + 1)}`
}
