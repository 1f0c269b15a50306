import type { ClientEvent } from '../../../src/base/events'
import type { WindowLike } from '../../../src/base/platform'
import type { PendingAttempt } from '../../../src/grant/attempt'
import type { GrantEntry, LiveGrant } from '../../../src/grant/grant'
import { createLocks } from '../../../src/grant/lock'
import type { EntryStore } from '../../../src/grant/store'
import { type AttemptMaker, createAttempts } from '../../../src/sign-in/attempts'
import { readResponse } from '../../../src/sign-in/authorization-response'
import { createAuthorize, type SigningInClient } from '../../../src/sign-in/authorize'
import { type AuthorizeOptions, readAuthorizeOptions } from '../../../src/sign-in/authorize-options'
import { type ExchangingClient, exchangeCode } from '../../../src/sign-in/code-exchange'
import { createSignIns, type SignIns } from '../../../src/sign-in/in-progress'
import { onlyWay } from '../../../src/token-endpoint/ways'
import { type FakeFrame, PAGE_ORIGIN } from './browser'
import { attempt, storedEntry } from './grants'
import { createPartition, type Partition } from './store'
import { type ScriptedEndpoint, scriptedEndpoint, tokens } from './token-endpoint'
import type { FakeWindow } from './window'

/** A frame that signs in, and what came of it. */
export interface SigningInFrame {
  /** Presses the button. @param opened the blank window of the click */
  authorize(options?: AuthorizeOptions, opened?: WindowLike): Promise<void>
  prepare(): Promise<void>
  frame: FakeFrame
  store: EntryStore
  signIns: SignIns
  events: ClientEvent[]
  revoked: LiveGrant[]
  /** What the callback page says, in the latest window or in that one. */
  say(message: object, window?: FakeWindow): void
  /** The redirect to the callback page, with the state of what the window shows. */
  respond(parameters?: string, window?: FakeWindow): void
}

/** Parts of the signing-in client that a test wants otherwise. */
export interface SignInDifferences {
  frame?: FakeFrame
  store?: EntryStore
  signIns?: SignIns
  scopes?: readonly string[]
  member?: string
  readAccount?: ExchangingClient['readAccount']
}

export function signingInFrame(
  partition: Partition,
  endpoint: ScriptedEndpoint,
  differences: SignInDifferences = {},
): SigningInFrame {
  const opened = partition.open()
  const { frame = opened.frame, store = opened.store } = differences
  const { platform } = frame
  const { signIns = createSignIns(platform, createLocks(platform), () => undefined) } = differences
  const events: ClientEvent[] = []
  const revoked: LiveGrant[] = []
  const inside = { platform, store }
  const maker: AttemptMaker = {
    prepareAttempt: async (scopes) => preparedAttempt(platform.randomId(), scopes, platform.now()),
    isOurs: ({ clientId }) => clientId === 'client-1',
  }
  const exchanging: ExchangingClient = {
    workspace: 'workspace-1',
    member: differences.member,
    ways: onlyWay(endpoint),
    readResponse,
    readAccount: differences.readAccount ?? (async () => ({ kind: 'noAnswer' })),
    revoke: (grant) => void revoked.push(grant),
  }
  const client: SigningInClient = {
    redirectUri: `${PAGE_ORIGIN}/callback.html`,
    scopes: differences.scopes ?? ['read:board:trello'],
    view: store.view,
    attempts: createAttempts(inside, maker, {}),
    exchange: (attempt, parameters) =>
      signIns.exchange(attempt.state, (isCalledOff) =>
        exchangeCode(inside, exchanging, attempt, parameters, isCalledOff),
      ),
    emit: (event) => void events.push(event),
  }
  const flow = createAuthorize(inside, client, signIns)
  const say: SigningInFrame['say'] = (message, window = frame.window()) =>
    frame.deliver({ source: window, origin: PAGE_ORIGIN, data: { powerUpOAuth: 1, ...message } })
  return {
    authorize: (options, opened) => flow.authorize(readAuthorizeOptions(options), opened),
    prepare: flow.prepare,
    frame,
    store,
    signIns,
    events,
    revoked,
    say,
    respond: (parameters = 'code=code-1', window = frame.window()) => {
      const state = window.url().searchParams.get('state')
      say({ type: 'response', parameters: `state=${state}&${parameters}` }, window)
    },
  }
}

function preparedAttempt(id: string, scopes: readonly string[], now: number): PendingAttempt {
  const state = `state-of-${id}`
  const url = `https://auth.example/authorize?state=${state}`
  return attempt({ state, codeVerifier: `verifier-of-${id}`, url, scopes, preparedAt: now })
}

/** A partition with this entry, and one frame in it that has read it and has prepared its request. */
export async function readyToSignIn(
  entry: Partial<GrantEntry> = {},
  differences: SignInDifferences = {},
): Promise<SigningInFrame & { partition: Partition; endpoint: ScriptedEndpoint }> {
  const partition = createPartition()
  if (entry.record || entry.attempts) partition.plant(storedEntry(entry))
  const endpoint = scriptedEndpoint(tokens(1))
  const self = signingInFrame(partition, endpoint, differences)
  await self.store.read()
  await self.prepare()
  return { ...self, partition, endpoint }
}
