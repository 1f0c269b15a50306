import { expect, it } from 'vitest'
import { A, B, play } from './support/scenario'

/** What random schedules of odd servers and spoiled storage have found, smallest form first. */

it('a refusal that comes after its presentation was overtaken is no lost answer', async () => {
  const { record, story, reason } = await play({
    tabs: [1],
    actions: [
      { after: 0, does: 'revoke' },
      { after: 0, does: 'disturbToken', fault: 'slowToArrive', times: 2 },
      { after: 0, does: 'call', frame: A },
      { after: 31_000, does: 'call', frame: A },
    ],
  })
  expect(story.match(/A: SENT/g)).toHaveLength(2)
  expect(record).toBe('expired')
  expect(reason).toBe('revoked')
})

it("a mark that something else has spoiled is nobody's", async () => {
  const { tokens } = await play({
    partitions: 2,
    actions: [
      { after: 0, does: 'disturbToken', fault: 'hangsAfter' },
      { after: 0, does: 'damage', part: 'lease' },
      { after: 0, does: 'signIn', frame: B, person: 'allows', afterMs: 0, asSomebodyElse: true },
      { after: 0, does: 'call', frame: A },
    ],
  })
  expect(tokens(A).at(-1)).toBe('token')
})

it('a Trello page that refuses the tokens of one tab, and has new ones of another, gives no verdict', async () => {
  const { record, tokens } = await play({
    server: { accessTokenMs: 1_000, hasOneConsent: true, revokesAccessTokens: false },
    partitions: 2,
    endpoint: 'page',
    isVisible: true,
    thaws: false,
    actions: [
      { after: 0, does: 'signIn', frame: A, person: 'allows', afterMs: 0, scope: 1 },
      { after: { moment: 'claimed' }, does: 'signIn', frame: B, person: 'allows', afterMs: 0 },
      { after: 0, does: 'call', frame: A },
    ],
  })
  expect(record).toBe('live')
  expect(tokens(A).at(-1)).toBe('token')
})

it('a consent that could not be stored and has ended since is stored as one that ended', async () => {
  const { record, story } = await play({
    server: { accessTokenMs: 1_000, hasOneConsent: true, revokesAccessTokens: false },
    tabs: [2],
    grant: 'none',
    actions: [
      { after: 0, does: 'breakStorage', outage: 'diskFull' },
      { after: 0, does: 'signIn', frame: B, person: 'allows', afterMs: 0 },
      { after: 40_000, does: 'signIn', frame: A, person: 'allows', afterMs: 0 },
      { after: { steps: 1 }, does: 'call', frame: B },
    ],
  })
  expect(story).toContain('B: getAccessToken → tokenExpired')
  expect(record).toBe('live')
})

it('a token that ended while its account was asked for is not given out', async () => {
  const { record } = await play({
    tabs: [1],
    isVisible: true,
    actions: [
      { after: 0, does: 'signIn', frame: A, person: 'allows', afterMs: 0, scope: 1 },
      { after: { moment: 'answered' }, does: 'sleep', forMs: 20 * 86_400_000 },
      { after: { moment: 'claimed' }, does: 'call', frame: A },
    ],
  })
  expect(record).toBe('live')
})

it('a click finds the grant as it is where a caller lost patience in its sleep, before the episode has failed', async () => {
  const { record, signIns } = await play({
    server: { refusesPreflight: true },
    browser: { hasLocks: false },
    tabs: [1],
    actions: [
      { after: 0, does: 'call', frame: A },
      { after: { moment: 'claimed' }, does: 'sleep', forMs: 60_000 },
      { after: { moment: 'claimed' }, does: 'signIn', frame: A, person: 'allows', afterMs: 0 },
    ],
  })
  expect(signIns(A)[0]).toBe('done')
  expect(record).toBe('live')
})

it('a verdict that froze with its frame is known to nobody: its presentation counts as unclear', async () => {
  const { reason } = await play({
    actions: [
      { after: 0, does: 'revoke' },
      { after: 0, does: 'call', frame: A },
      { after: { moment: 'answered' }, does: 'freeze', frame: A },
      { after: 40_000, does: 'call', frame: B },
      { after: { moment: 'condemned' }, does: 'thaw', frame: A },
    ],
  })
  expect(reason).toBe('rotationLost')
})

it('what waits for a slow storage when the person signs out is not stored', async () => {
  const { record, signIns } = await play({
    grant: 'none',
    isMemberChecked: false,
    thaws: false,
    actions: [
      { after: 40_000, does: 'disturbStorage', frame: A, kind: 'read', fault: 'late', times: 2 },
      { after: 40_000, does: 'signIn', frame: B, person: 'allows', afterMs: 0 },
      { after: { steps: 17 }, does: 'signIn', frame: A, person: 'allows', afterMs: 0 },
      { after: { steps: 1 }, does: 'signOut', frame: A },
    ],
  })
  expect(signIns(A)).toEqual(['aborted'])
  expect(record).toBe('absent')
})

it('an answer that a machine has slept over for months makes the grant younger than it is', async () => {
  const { reason } = await play({
    tabs: [1],
    browser: { countsSleep: false },
    actions: [
      { after: 0, does: 'call', frame: A },
      { after: { moment: 'acted' }, does: 'sleep', forMs: 89 * 86_400_000 },
      { after: 0, does: 'sleep', forMs: 89 * 86_400_000 },
      { after: { moment: 'claimed' }, does: 'disturbToken', fault: 'slow' },
    ],
  })
  expect(reason).toBe('revoked')
})

it('a frame whose storage takes no writes sends a code that no other frame can know of', async () => {
  const { signIns } = await play({
    isMemberChecked: false,
    actions: [
      {
        after: 1_000,
        does: 'signIn',
        frame: B,
        person: 'allows',
        afterMs: 0,
        asSomebodyElse: true,
        scope: 1,
      },
      { after: { steps: 4 }, does: 'freeze', frame: B },
      { after: 0, does: 'breakStorage', outage: 'diskFull' },
      { after: 40_000, does: 'signIn', frame: A, person: 'allows', afterMs: 0, scope: 1 },
    ],
  })
  expect(signIns(A)).toEqual(['accountMismatch'])
})
