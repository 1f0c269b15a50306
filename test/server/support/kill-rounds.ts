import { setTimeout as delay } from 'node:timers/promises'
import { type LocalTrello, startLocalTrello } from '../../../examples/local-trello/local-trello'
import { type Caller, startCaller } from './callers'
import { grantExpired, serverOf } from './granted'
import { type OpenStore, openStore, type Place } from './stores'

/** The rounds to be played. */
export interface KillRounds {
  place: Place
  /** The script of a process with a keeper. */
  program: string
  count: number
  /** The choices are made of it: the same seed makes the same ones. The moments on the clock are the machine's. */
  seed: number
  /** For so long the server answers a used refresh token again; with 0 it revokes the grant. */
  leewayMs: number
}

/** The outcome of one round. */
export interface RoundOutcome {
  key: string
  /** The death that was planned, in words. */
  death: string
  /** The end of the next process's call: `ok`, or the code and the reason. */
  end: string
  /** What the server did each time that it was shown the refresh token. */
  answers: readonly string[]
  /** `true`: right after the death the store had tokens that came after the first ones. */
  wasStored: boolean
  /** `true`: at the end of all rounds the grant was good for one more refresh. */
  goesOn: boolean
}

/** Processes that go on. Each has several grants in its hands at once. */
const SURVIVORS = 4
/** Processes that are about to be killed, at once. */
const VICTIMS = 4
/** The steps of a refresh: three reads and the mark, the request, one read and the write, each with a step before and after it. */
const STEPS = 14
/** The server answers so long after it has acted: a good part of a refresh. */
const ANSWER_MS = 50

/**
 * Plays rounds side by side, each with a grant of its own whose access token is over: a process begins to refresh it, and is
 * killed by force at a point that chance gives; then, or at the same time, another one asks for a token.
 */
export async function playKillRounds(rounds: KillRounds): Promise<readonly RoundOutcome[]> {
  const { place, program, count, leewayMs } = rounds
  const switches = { rotationLeewayMs: leewayMs, rateLimit: 'counted' as const }
  const trello = await startLocalTrello({ port: 0, quiet: true, switches })
  const opened = await openStore(place)
  await opened.store.migrate?.()
  const keys = Array.from({ length: count }, (_, at) => `round ${at}`)
  const firstTokens = await grantExpired(trello, opened, keys)
  trello.switches.set({ tokenEndpoint: 'slow', slowMs: ANSWER_MS })
  const task = { place, server: serverOf(trello) }
  const survivors = await Promise.all(Array.from({ length: SURVIVORS }, () => startCaller(program, task)))
  const random = randomFrom(rounds.seed)
  const plans = keys.map((key, at) => planOf(key, survivors[at % SURVIVORS], random))

  const played: Omit<RoundOutcome, 'goesOn'>[] = []
  const next = plans.values()
  const going: Promise<void>[] = []
  const playInTurn = async () => {
    for (const plan of next) {
      const end = plan.isTogether ? tokenBy(plan.survivor, plan.key) : undefined
      await killOne(program, task, plan)
      const wasStored = await hasLaterToken(opened, trello, plan.key, firstTokens)
      // Whoever goes on waits some seconds for a process that may be alive. The next round does not.
      going.push(
        (end ?? tokenBy(plan.survivor, plan.key)).then((ended) => {
          played.push({ key: plan.key, death: plan.death, end: ended, answers: [], wasStored })
        }),
      )
    }
  }
  await Promise.all(Array.from({ length: VICTIMS }, playInTurn))
  await Promise.all(going)

  trello.switches.set({ tokenEndpoint: 'ok' })
  const shown = trello.log.tokenRequests.map(({ refreshToken, outcome }) => ({ refreshToken, outcome }))
  const outcomes: RoundOutcome[] = []
  trello.expireAccessTokens()
  for (const round of played) {
    const first = firstTokens.get(round.key)
    const answers = shown.filter(({ refreshToken }) => refreshToken === first).map(({ outcome }) => outcome)
    const [again] = await asked(survivors[outcomes.length % SURVIVORS]).ask({
      key: round.key,
      what: 'call',
      times: 1,
    })
    outcomes.push({ ...round, answers, goesOn: again === 'ok' })
  }
  for (const survivor of survivors) survivor.finish()
  for (const survivor of survivors) await survivor.ended
  await opened.close()
  await trello.close()
  return outcomes
}

/** Says what is wrong with a round. Nothing: no grant was lost, or the loss is an answer that nobody got. */
export function faultOf(
  { end, answers, wasStored, goesOn }: RoundOutcome,
  leewayMs: number,
): string | undefined {
  // One fault, so one request more than one.
  if (answers.length === 0 || answers.length > 2) return `${answers.length} requests`
  if (end === 'ok') {
    if (!goesOn) return 'the stored refresh token is not the living one'
    return leewayMs === 0 && answers.length > 1 ? 'shown twice, and not revoked' : undefined
  }
  if (leewayMs > 0) return `lost within the leeway: ${end}`
  // The server rotated for the first, whose asker died; nothing of its answer reached the store.
  const isTraced = answers.join() === 'success,invalid_grant' && !wasStored
  if (!isTraced) return `a loss without a lost answer: ${end} after ${answers.join()}`
  return end === 'tokenExpired rotationLost' ? undefined : `a lost answer by another name: ${end}`
}

interface Plan {
  key: string
  survivor: Caller
  /** `true`: the other process asks while the first one still lives. */
  isTogether: boolean
  death: string
  /** It kills itself at this step; otherwise it is killed from here, after so many milliseconds. */
  at: { step: number } | { afterMs: number }
}

function planOf(key: string, survivor: Caller | undefined, random: () => number): Plan {
  const isTogether = random() < 0.25
  const step = 1 + Math.floor(random() * STEPS)
  const afterMs = random() * 3 * ANSWER_MS
  const at = random() < 0.5 ? { step } : { afterMs }
  const when = 'step' in at ? `at step ${at.step}` : `after ${at.afterMs.toFixed(0)} ms`
  return {
    key,
    survivor: asked(survivor),
    isTogether,
    at,
    death: isTogether ? `${when}, another asks` : when,
  }
}

async function killOne(program: string, task: Parameters<typeof startCaller>[1], plan: Plan): Promise<void> {
  const { key, at } = plan
  const victim = await startCaller(program, 'step' in at ? { ...task, dieAtStep: at.step } : task)
  const end = victim.ask({ key, what: 'token', times: 1 })
  if ('afterMs' in at) await delay(at.afterMs)
  // It may have come to its end before that step.
  else await end
  victim.kill()
  const { signal, errors } = await victim.ended
  if (signal !== 'SIGKILL' || errors !== '') throw new Error(`The victim ended by ${signal}: ${errors}`)
}

async function tokenBy(survivor: Caller, key: string): Promise<string> {
  const [end = 'the process ended'] = await survivor.ask({ key, what: 'token', times: 1 })
  return end
}

async function hasLaterToken(
  { store }: OpenStore,
  { log }: LocalTrello,
  key: string,
  firstTokens: ReadonlyMap<string, string>,
): Promise<boolean> {
  const text = (await store.get(key))?.value ?? ''
  const later = log.secrets.filter(
    ({ kind, value }) => kind === 'refresh token' && value !== firstTokens.get(key),
  )
  return later.some(({ value }) => text.includes(value))
}

function asked(survivor: Caller | undefined): Caller {
  if (survivor === undefined) throw new Error('There is no process to go on.')
  return survivor
}

/** Numbers from 0 to 1 by chance, the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
