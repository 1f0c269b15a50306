import { describe, expect, it } from 'vitest'
import { A, B, play, type Scenario } from './support/scenario'
import { type Change, playWithBug } from './support/seeded-bug'

/** Three processes over one store, on a server without a leeway. */
const PROCESSES: Partial<Scenario> = {
  runs: 'processes',
  browser: { hasLocks: false, hasChannel: false },
  server: { kind: 'strict' },
  tabs: [1, 1, 1],
}

const C = 2

async function withBug(scenario: Scenario, ...bug: readonly Change[]): Promise<string> {
  return (await playWithBug(bug, scenario)).join('\n')
}

describe('the rules of a keeper, one by one', () => {
  it('processes that call at the same moment share one request', async () => {
    const scenario: Scenario = {
      ...PROCESSES,
      tabs: Array.from({ length: 8 }, () => 1),
      actions: Array.from({ length: 8 }, (_, frame) => ({ after: 0, does: 'call' as const, frame })),
    }
    expect((await play(scenario)).sent).toBe(1)
    expect(
      await withBug(scenario, {
        file: 'server/stored-values.ts',
        instead: 'if (await isSwapped(key, found?.version, text)) return after',
        put: 'await isSwapped(key, found?.version, text)\nreturn after',
      }),
    ).toContain('was presented')
  })

  it('a store that takes no writes spends no refresh token', async () => {
    const scenario: Scenario = {
      ...PROCESSES,
      actions: [
        { after: 0, does: 'breakStorage', outage: 'diskFull' },
        { after: 0, does: 'call', frame: A },
        { after: 13_000, does: 'breakStorage', outage: 'over' },
      ],
    }
    const { tokens, record } = await play(scenario)
    expect(tokens(A)[0]).toBe('storageUnavailable')
    expect(record).toBe('live')
    expect(
      await withBug(scenario, {
        file: 'token/rotation.ts',
        instead: "return { kind: 'notMarked', cause }",
        put: 'return undefined',
      }),
    ).toContain('a refresh token was sent without the mark')
  })

  it('a process that hangs is taken over after eight seconds, and not before', async () => {
    const scenario: Scenario = {
      ...PROCESSES,
      server: { kind: 'same' },
      actions: [
        { after: 0, does: 'disturbToken', fault: 'slow' },
        { after: 0, does: 'call', frame: A },
        { after: { moment: 'sent' }, does: 'call', frame: B },
        { after: 4_000, does: 'call', frame: C },
      ],
    }
    const { sent } = await play(scenario)
    expect(sent).toBe(1)
    expect(
      await withBug(scenario, {
        file: 'server/owners.ts',
        instead: 'now - seen.at >= OWNER_SILENCE_MS',
        put: 'now - seen.at >= 1_000',
      }),
    ).toContain('a lease was taken over although its owner lives')
  })

  it('a process that dies between mark and answer costs a call some seconds, and nothing else', async () => {
    const scenario: Scenario = {
      ...PROCESSES,
      server: { kind: 'same' },
      actions: [
        { after: 0, does: 'call', frame: A },
        { after: { moment: 'acted' }, does: 'die', frame: A },
        { after: 0, does: 'call', frame: B },
      ],
    }
    const { tokens, record, sent } = await play(scenario)
    expect(tokens(B)[0]).toBe('token')
    expect([record, sent]).toEqual(['live', 2])
  })

  it('an answer that could not be stored is stored later', async () => {
    const scenario: Scenario = {
      ...PROCESSES,
      actions: [
        { after: 0, does: 'call', frame: A },
        { after: { moment: 'sent' }, does: 'breakStorage', outage: 'diskFull' },
        { after: 3_000, does: 'breakStorage', outage: 'over' },
        { after: 5_000, does: 'call', frame: B },
      ],
    }
    const { tokens, record, sent } = await play(scenario)
    expect([tokens(A)[0], tokens(B)[0], record, sent]).toEqual(['token', 'token', 'live', 1])
    expect(
      await withBug(scenario, {
        file: 'grant/store.ts',
        instead: 'unsaved.add(item)',
        put: 'void item',
      }),
    ).not.toBe('')
  })

  it('a tick presents again what a process left that died', async () => {
    const scenario: Scenario = {
      ...PROCESSES,
      server: { kind: 'same' },
      actions: [
        { after: 0, does: 'call', frame: A },
        { after: { moment: 'acted' }, does: 'die', frame: A },
        { after: 20_000, does: 'tick', frame: B },
      ],
    }
    const { story } = await play(scenario)
    expect(story.indexOf('B: COMMITTED')).toBeLessThan(story.indexOf('B: tick'))
  })

  it('a sign-out in one process drops what another brings later', async () => {
    const scenario: Scenario = {
      ...PROCESSES,
      actions: [
        { after: 0, does: 'call', frame: A },
        { after: { moment: 'sent' }, does: 'signOut', frame: B },
      ],
    }
    expect((await play(scenario)).record).toBe('absent')
    expect(
      await withBug(scenario, {
        file: 'grant/on-refresh.ts',
        instead: 'if (!record || !parent) return entry',
        put: 'if (!parent) return entry\nif (!record) return { ...entry, record: rotated }',
      }),
    ).toContain('a record is there after the sign-out')
  })
})
