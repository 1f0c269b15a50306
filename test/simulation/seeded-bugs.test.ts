import { describe, expect, it } from 'vitest'
import { A, B, play, type Scenario } from './support/scenario'
import { playWithBug } from './support/seeded-bug'

/**
 * Resolves with what the oracle says where a bug stands in the code.
 * @param bug a file of `src/`, what stands there, and what is put in its place
 */
async function withBug(scenario: Scenario, ...bug: readonly [string, string, string][]): Promise<string> {
  const changes = bug.map(([file, instead, put]) => ({ file, instead, put }))
  return (await playWithBug(changes, scenario)).join('\n')
}

/** The bugs that were put into the model to see it fail: each one put into the code, and played where it shows. */
describe('the rules, one by one', () => {
  it('a refresh that ends after a sign-out is dropped', async () => {
    const scenario: Scenario = {
      actions: [
        { after: 0, does: 'call', frame: A },
        { after: { moment: 'sent' }, does: 'signOut', frame: B },
      ],
    }
    const { record, tokens } = await play(scenario)
    expect(record).toBe('absent')
    expect(tokens(A)).toEqual(['notAuthorized', 'notAuthorized', 'notAuthorized'])
    expect(
      await withBug(scenario, [
        'grant/on-refresh.ts',
        'if (!record || !parent) return entry',
        `if (!parent) return entry\nif (!record) return { ...entry, record: rotated }`,
      ]),
    ).toContain('a record is there after the sign-out')
  })

  it('a refresh that ends after a new consent adopts that', async () => {
    const scenario: Scenario = {
      actions: [
        { after: 0, does: 'disturbToken', fault: 'slow' },
        { after: 0, does: 'call', frame: A },
        { after: { moment: 'sent' }, does: 'signIn', frame: B, person: 'allows', afterMs: 0, scope: 1 },
      ],
    }
    const { record, story } = await play(scenario)
    expect(record).toBe('live')
    expect(story.indexOf('B: CONSENTED')).toBeLessThan(story.indexOf('A: token answer'))
    expect(
      await withBug(scenario, [
        'grant/on-refresh.ts',
        'if (record.generation === parent.generation) return',
        `if (record.status === 'live') return`,
      ]),
    ).toContain('a refresh wrote over another consent, or over nothing')
  })

  it('a verdict on an old grant does not end a new one', async () => {
    const scenario: Scenario = {
      actions: [
        { after: 0, does: 'revoke' },
        { after: 0, does: 'call', frame: A },
        { after: { moment: 'acted' }, does: 'freeze', frame: A },
        { after: 0, does: 'signIn', frame: B, person: 'allows', afterMs: 0, scope: 1 },
        { after: { moment: 'consented' }, does: 'thaw', frame: A },
      ],
    }
    const { record } = await play(scenario)
    expect(record).toBe('live')
    expect(
      await withBug(scenario, [
        'grant/on-refresh.ts',
        `if (record?.status !== 'live' || record.generation !== verdict.generation) return entry`,
        `if (record?.status !== 'live') return entry`,
      ]),
    ).toContain('a grant expired without a verdict on its refresh token')
  })

  it('nothing is given out before it is stored', async () => {
    const scenario: Scenario = {
      actions: [
        { after: 0, does: 'disturbStorage', frame: A, kind: 'write', fault: 'answerLate' },
        { after: 0, does: 'call', frame: A },
        { after: { moment: 'answered' }, does: 'readState', frame: A },
      ],
    }
    const { story } = await play(scenario)
    expect(story.indexOf('COMMITTED')).toBeLessThan(story.indexOf('A: getAccessToken → access'))
    expect(
      await withBug(
        scenario,
        [
          'token/rotation.ts',
          'dealtWith = (await commitAnswer(frame, client, presented, answer)).stored',
          'dealtWith = commitAnswer(frame, client, presented, answer).then(({ stored }) => stored)',
        ],
        ['token/refresh.ts', `case 'tokens':`, `case 'tokens':\nreturn outcome.accessToken`],
      ),
    ).toContain('was given out before it was stored')
  })

  it('a late success puts a condemned grant back', async () => {
    const scenario: Scenario = {
      server: { kind: 'plain' },
      actions: [
        { after: 0, does: 'disturbToken', fault: 'verySlow' },
        { after: 0, does: 'call', frame: A },
        { after: 32_000, does: 'call', frame: B },
      ],
    }
    const { record, story } = await play(scenario)
    expect(story).toContain('B: CONDEMNED')
    expect(record).toBe('live')
    expect(
      await withBug(scenario, [
        'grant/on-refresh.ts',
        'if (record.generation === parent.generation) return',
        `if (record.status === 'live' && record.generation === parent.generation) return`,
      ]),
    ).toContain('tokenExpired, although the server accepts')
  })

  it('a late success for an old grant does not stand in for the one that ended', async () => {
    const scenario: Scenario = {
      actions: [
        { after: 0, does: 'disturbToken', fault: 'verySlow' },
        { after: 0, does: 'call', frame: A },
        { after: 1_000, does: 'signIn', frame: B, person: 'allows', afterMs: 0, scope: 1 },
        { after: { moment: 'consented' }, does: 'revoke' },
        { after: 12_000, does: 'callApi', frame: B },
        { after: 33_000, does: 'readState', frame: A },
      ],
    }
    const { record, story } = await play(scenario)
    expect(story).toContain('B: CONDEMNED')
    expect(record).toBe('expired')
    expect(
      await withBug(scenario, [
        'grant/on-refresh.ts',
        `if (record.status === 'expired') return entry`,
        `if (record.status === 'expired') return { ...entry, record: rotated }`,
      ]),
    ).toContain('a refresh wrote over a newer generation')
  })

  it('a grant that never got into the store is no sign-out', async () => {
    const scenario: Scenario = {
      grant: 'none',
      actions: [
        { after: 1_000, does: 'signIn', frame: A, person: 'allows', afterMs: 400 },
        {
          after: { moment: 'exchanged' },
          does: 'disturbStorage',
          frame: A,
          kind: 'write',
          fault: 'fails',
          times: 3,
        },
        { after: 2_000, does: 'readState', frame: A },
      ],
    }
    const { record, signIns } = await play(scenario)
    expect(signIns(A)).toEqual(['done'])
    expect(record).toBe('live')
    expect(
      await withBug(scenario, ['grant/store.ts', 'removal.look()', 'if (!stored.record) unsaved.clear()']),
    ).toContain('no record is there after a sign-in that was done')
  })

  it('frames that call at the same moment share one request', async () => {
    const everybody = [0, 1, 2, 3, 4, 5, 6, 7]
    for (const hasLocks of [true, false]) {
      const scenario: Scenario = {
        tabs: [3, 3, 2],
        browser: { hasLocks },
        actions: everybody.map((frame) => ({ after: 0, does: 'call' as const, frame })),
      }
      expect((await play(scenario)).sent).toBe(1)
      if (hasLocks) continue
      expect(
        await withBug(scenario, [
          'grant/on-refresh.ts',
          'if (!isAsJudged && record.lease?.owner !== lease.owner) return entry',
          '',
        ]),
      ).toContain('was presented 2 times with 0 faults')
    }
  })
})
