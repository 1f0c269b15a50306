import { createHash } from 'node:crypto'
// What the library loads on demand is loaded already, so that no step waits for real time.
import '../../../src/api/refusal'
import '../../../src/client/refresh-flow'
import '../../../src/client/sign-in-flow'
import '../../../src/api/operation-scopes'
import '../../../src/token-endpoint/trello-host'
import { type Actor, createActor } from './actor'
import { judgeAtRest } from './oracle/rest-rules'
import { judgeWayOut } from './oracle/way-out'
import type { Schedule } from './schedule'
import { createWorld, type World } from './world'

export interface Outcome {
  violations: readonly string[]
  steps: number
  /** What stands in the store at rest. */
  record: 'absent' | 'live' | 'expired'
  /** Why the grant ended, where it did. */
  reason: string | undefined
  /** What each call came to: a token, `done`, or the code of an error. */
  calls: readonly { frame: string; name: string; outcome: string | undefined }[]
  /** What happened, for a look at how far the schedules reach. */
  counts: Record<string, number>
}

/** Plays a schedule with the real code, from the first page load until nothing is left to happen. */
export async function simulate(
  schedule: Schedule,
  trace: (line: string) => void = () => undefined,
): Promise<Outcome> {
  const undo = hashAtOnce()
  const world = createWorld(schedule, trace)
  const { oracle } = world
  const onRejection = (error: unknown) => oracle.violation(`nobody handles the rejection ${error}`)
  process.on('unhandledRejection', onRejection)
  const actor = createActor(world)
  try {
    schedule.tabs.forEach((frames, tab) => {
      for (let i = 0; i < frames; i++) {
        world.frames.push(world.open(String.fromCharCode(65 + world.frames.length), world.placeOf(tab)))
      }
    })
    for (const frame of world.frames) frame.client.subscribe(() => undefined)
    for (const action of schedule.actions) {
      await actor.perform(action)
      if (oracle.violations.length > 0) break
    }
    if (oracle.violations.length === 0) await judgeAtRest(schedule, world, actor)
    const outcome = outcomeOf(world, actor)
    if (oracle.violations.length === 0) await judgeWayOut(schedule, world, actor)
    return { ...outcome, violations: oracle.violations, steps: world.countSteps() }
  } finally {
    process.off('unhandledRejection', onRejection)
    undo()
  }
}

/** What a run has come to so far. */
function outcomeOf({ partitions, oracle }: World, { calls }: Actor): Omit<Outcome, 'violations' | 'steps'> {
  const record = partitions[0]?.entry().record
  return {
    record: record?.status ?? 'absent',
    reason: record?.status === 'expired' ? record.reason : undefined,
    calls: calls.all().map(({ frame, name, outcome }) => ({ frame: frame.name, name, outcome })),
    counts: { ...oracle.counts },
  }
}

/**
 * SHA-256 in the same task. The platform's own comes from another thread, at a moment that no seed decides.
 */
function hashAtOnce(): () => void {
  const { subtle } = globalThis.crypto
  const original = subtle.digest
  subtle.digest = async (_algorithm, data) => {
    const hash = createHash('sha256')
      .update(new Uint8Array(data as ArrayBuffer))
      .digest()
    return hash.buffer.slice(hash.byteOffset, hash.byteOffset + hash.byteLength) as ArrayBuffer
  }
  return () => {
    subtle.digest = original
  }
}
