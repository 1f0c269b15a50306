import { expect, it } from 'vitest'
import { A, B, play } from './support/scenario'

/** What random schedules have found in the code, smallest form first. */

it('an answer without a refresh token does not outlive the rotation that spent the kept one', async () => {
  const { record } = await play({
    tabs: [1],
    actions: [
      { after: 0, does: 'disturbToken', fault: 'slowToArrive' },
      { after: 0, does: 'disturbToken', fault: 'withoutRefreshToken' },
      { after: 0, does: 'call', frame: A },
      { after: 32_000, does: 'call', frame: A },
    ],
  })
  expect(record).toBe('live')
})

it('a sign-out that could not be stored is made up for, also when the clock was set back before it', async () => {
  const { record } = await play({
    tabs: [1],
    grant: 'fresh',
    actions: [
      { after: 100, does: 'setClock', byMs: -3_600_000 },
      { after: 100, does: 'disturbStorage', frame: A, kind: 'write', fault: 'fails' },
      { after: 0, does: 'signOut', frame: A },
    ],
  })
  expect(record).toBe('absent')
})

it('an owner whose lock came too late is not taken for dead', async () => {
  const { sent } = await play({
    actions: [
      { after: 0, does: 'disturbToken', fault: 'slower' },
      { after: 0, does: 'call', frame: A },
      // Not the queue but the owner's own lock is slow.
      { after: { steps: 6 }, does: 'delayLocks', delayMs: 60_000 },
      { after: 26_000, does: 'call', frame: B },
    ],
  })
  expect(sent).toBe(1)
})

it('a grant whose write was given up, but was done all the same, is not presented without a mark', async () => {
  await play({
    tabs: [1],
    browser: { hasChannel: false },
    actions: [
      { after: 0, does: 'call', frame: A },
      { after: { moment: 'sent' }, does: 'disturbStorage', frame: A, kind: 'read', fault: 'late' },
      { after: { moment: 'answered' }, does: 'freeze', frame: A },
      { after: 40_000, does: 'setClock', byMs: -3_600_000 },
      { after: 40_000, does: 'thaw', frame: A },
    ],
  })
})

it('an attempt that seemed not to be stored does not come back after a sign-out', async () => {
  const { record, signIns } = await play({
    tabs: [1],
    grant: 'none',
    actions: [
      { after: 1_000, does: 'disturbStorage', frame: A, kind: 'write', fault: 'answerLate' },
      { after: 0, does: 'signIn', frame: A, person: 'allows', afterMs: 0 },
      { after: { steps: 1 }, does: 'signOut', frame: A },
    ],
  })
  expect(signIns(A)).toEqual(['aborted'])
  expect(record).toBe('absent')
})

it('an attempt that is stored at the second try is stored once', async () => {
  for (const steps of [4, 5, 6, 7, 8]) {
    const { record, signIns } = await play({
      grant: 'none',
      actions: [
        { after: 1_000, does: 'disturbStorage', frame: A, kind: 'write', fault: 'fails' },
        { after: 0, does: 'signIn', frame: A, person: 'allows', afterMs: 0 },
        { after: { steps }, does: 'signOut', frame: B },
      ],
    })
    // A sign-out that comes before the attempt is stored can't call it off.
    const expected = record === 'live' ? ['done'] : ['aborted']
    expect(signIns(A), `after ${steps} steps`).toEqual(expected)
  }
})

it('a frame that rotated twice and could store neither still has the answer', async () => {
  const { sent, tokens } = await play({
    actions: [
      { after: 0, does: 'call', frame: A },
      {
        after: { moment: 'sent' },
        does: 'disturbStorage',
        frame: A,
        kind: 'write',
        fault: 'fails',
        times: 12,
      },
      { after: 2_000, does: 'disturbApi', fault: 'refusedAsDead' },
      { after: 0, does: 'callApi', frame: A },
      { after: 32_000, does: 'call', frame: B },
    ],
  })
  expect(sent).toBe(2)
  expect(tokens(B)[0]).toBe('storageUnavailable')
})

it('a late write does not take along what was to be stored after a sign-out', async () => {
  const { record, story } = await play({
    tabs: [1],
    browser: { hasLocks: false },
    grant: 'none',
    actions: [
      { after: { steps: 1 }, does: 'signIn', frame: A, person: 'allows', afterMs: 0 },
      { after: { steps: 1 }, does: 'disturbStorage', frame: A, kind: 'write', fault: 'late', times: 2 },
      { after: { moment: 'answered' }, does: 'signOut', frame: A },
      { after: 600, does: 'signIn', frame: A, person: 'allows', afterMs: 0 },
    ],
  })
  expect(record).toBe('live')
  expect(story).not.toContain('SIGNEDOUT')
})

it('what a late write has stored is not stored again after a sign-out', async () => {
  const { record } = await play({
    tabs: [2],
    browser: { hasLocks: false },
    grant: 'fresh',
    actions: [
      { after: 40_000, does: 'disturbStorage', frame: B, kind: 'write', fault: 'late', times: 2 },
      { after: 0, does: 'signIn', frame: B, person: 'allows', afterMs: 0, scope: 1 },
      { after: { moment: 'consented' }, does: 'signOut', frame: A },
    ],
  })
  expect(record).toBe('absent')
})

it('a rotation that could not be stored is stored together with the verdict on what came of it', async () => {
  const { record, tokens } = await play({
    server: { leewayMs: 2_000, accessTokenMs: 60_000, revokesAccessTokens: false },
    tabs: [1],
    isVisible: true,
    isMemberChecked: false,
    actions: [
      { after: 0, does: 'call', frame: A },
      { after: { moment: 'claimed' }, does: 'disturbToken', fault: 'verySlow', times: 2 },
      { after: 23_000, does: 'call', frame: A },
      {
        after: { moment: 'claimed', frame: A },
        does: 'disturbStorage',
        frame: A,
        kind: 'write',
        fault: 'fails',
        times: 3,
      },
      {
        after: { moment: 'acted', frame: A },
        does: 'disturbStorage',
        frame: A,
        kind: 'write',
        fault: 'fails',
        times: 2,
      },
    ],
  })
  expect(record).toBe('expired')
  expect(tokens(A).at(-1)).toBe('tokenExpired')
})

it('an attempt that is stored again, since its frame could not know that it was overtaken, counts as new', async () => {
  await play({
    server: { leewayMs: 2_000, revokesAccessTokens: false },
    tabs: [2],
    grant: 'none',
    actions: [
      { after: { steps: 3 }, does: 'disturbStorage', frame: A, kind: 'write', fault: 'answerLate' },
      { after: { moment: 'claimed' }, does: 'signIn', frame: A, person: 'allows', afterMs: 20_000 },
      { after: 20, does: 'signIn', frame: B, person: 'allows', afterMs: 0 },
    ],
  })
})

it('a sign-out that could not be stored is not tried again by a frame that freezes for good', async () => {
  const { record } = await play({
    server: { leewayMs: 2_000, revokesAccessTokens: false },
    tabs: [1],
    grant: 'none',
    thaws: false,
    actions: [
      { after: { steps: 1 }, does: 'signIn', frame: A, person: 'allows', afterMs: 0 },
      {
        after: { moment: 'claimed' },
        does: 'disturbStorage',
        frame: A,
        kind: 'write',
        fault: 'fails',
        times: 2,
      },
      { after: { moment: 'claimed', frame: A }, does: 'signOut', frame: A },
      { after: { steps: 4 }, does: 'freeze', frame: A },
    ],
  })
  expect(record).toBe('live')
})

it('a frame that could not store what it got, nor the sign-out after it, keeps no sibling from presenting', async () => {
  const { record, sent } = await play({
    server: { leewayMs: 2_000 },
    browser: { cutsOpener: true },
    tabs: [2],
    isVisible: true,
    isMemberChecked: false,
    actions: [
      { after: 0, does: 'call', frame: A },
      { after: 0, does: 'call', frame: B },
      {
        after: { steps: 13 },
        does: 'disturbStorage',
        frame: 2,
        kind: 'write',
        fault: 'fails',
        times: 4,
      },
      { after: { steps: 9 }, does: 'signOut', frame: 2 },
    ],
  })
  expect(sent).toBe(2)
  expect(record).toBe('absent')
})

it('a verdict may come after the patience of a caller, where a frame that freezes for good stands in the queue', async () => {
  const { record, tokens } = await play({
    server: { leewayMs: 2_000, revokesAccessTokens: false },
    browser: { cutsOpener: true },
    isVisible: true,
    isMemberChecked: false,
    grant: 'due',
    thaws: false,
    seed: 170_169,
    actions: [
      { after: { moment: 'answered' }, does: 'freeze', frame: 3 },
      { after: { moment: 'claimed' }, does: 'callApi', frame: A },
      { after: 0, does: 'call', frame: A },
    ],
  })
  expect(record).toBe('expired')
  expect(tokens(A)).toEqual(['token', 'token', 'tokenEndpointUnavailable'])
})

it('a mark that its owner has just renewed, after being frozen, is not taken over on the strength of the old one', async () => {
  const { sent } = await play({
    browser: { hasLocks: false },
    tabs: [2],
    seed: 10,
    actions: [
      { after: 0, does: 'disturbToken', fault: 'slower' },
      { after: 0, does: 'call', frame: A },
      { after: { moment: 'claimed' }, does: 'freeze', frame: A },
      { after: 75_000, does: 'thaw', frame: A },
      { after: 1, does: 'call', frame: B },
    ],
  })
  expect(sent).toBe(1)
})

it('a sign-out in the task of the click comes before the attempt is stored, and nothing is stored any more', async () => {
  const { record, signIns } = await play({
    tabs: [1],
    grant: 'none',
    actions: [
      { after: 1_000, does: 'signIn', frame: A, person: 'allows', afterMs: 0 },
      { after: 0, does: 'signOut', frame: A },
    ],
  })
  expect(signIns(A)).toEqual(['aborted'])
  expect(record).toBe('absent')
})

it('a sign-in that was superseded in the task of a sign-out stores nothing either', async () => {
  const { record, signIns } = await play({
    tabs: [1],
    grant: 'none',
    actions: [
      { after: 1_000, does: 'signIn', frame: A, person: 'allows', afterMs: 0, scope: 0 },
      { after: 0, does: 'signIn', frame: A, person: 'allows', afterMs: 0, scope: 1 },
      { after: 0, does: 'signOut', frame: A },
    ],
  })
  expect(signIns(A)).toEqual(['superseded', 'aborted'])
  expect(record).toBe('absent')
})

it('a refusal of the client that comes after its episode, in a frame that was frozen, ends the renewals all the same', async () => {
  await play({
    server: { accessTokenMs: 300_000, revokesAccessTokens: false },
    browser: { hasChannel: false },
    tabs: [1],
    isVisible: true,
    isMemberChecked: false,
    seed: 185_879,
    grant: 'over',
    actions: [
      { after: { moment: 'claimed' }, does: 'call', frame: A },
      { after: { moment: 'opened' }, does: 'disturbApi', fault: 'lost', times: 1 },
      { after: 125_000, does: 'readState', frame: A },
      { after: { moment: 'claimed', frame: A }, does: 'disturbToken', fault: 'grantTypeRefused', times: 1 },
      { after: { moment: 'sent', frame: A }, does: 'freeze', frame: A },
    ],
  })
})

it('a response that two sign-ins of a page have collected is exchanged once, also where no claim can be stored', async () => {
  await play({
    browser: { hasLocks: false, cutsOpener: true },
    tabs: [4],
    closesWindows: false,
    grant: 'none',
    seed: 219_126,
    actions: [
      { after: 0, does: 'disturbStorage', frame: 3, kind: 'write', fault: 'fails', times: 3 },
      { after: 0, does: 'signIn', frame: A, person: 'allows', afterMs: 0, scope: 1 },
      { after: { moment: 'claimed' }, does: 'signIn', frame: 3, person: 'allows', afterMs: 0, scope: 0 },
      { after: 0, does: 'signIn', frame: 3, person: 'allows', afterMs: 0, asSomebodyElse: true, scope: 1 },
    ],
  })
})

it('a client that is rejected while the disk is full is not asked for again in the background', async () => {
  await play({
    server: { leewayMs: 2_000, accessTokenMs: 300_000, revokesAccessTokens: false },
    browser: { cutsOpener: true, countsSleep: false },
    tabs: [2],
    isVisible: true,
    seed: 7,
    grant: 'due',
    actions: [
      { after: { steps: 10 }, does: 'breakStorage', outage: 'diskFull' },
      { after: 31_000, does: 'disturbToken', fault: 'requestLost' },
      { after: { steps: 13 }, does: 'signIn', frame: 2, person: 'allows', afterMs: 0, scope: 0 },
      { after: { moment: 'claimed' }, does: 'call', frame: A },
      { after: { moment: 'claimed', frame: A }, does: 'disturbToken', fault: 'requestLost' },
      { after: { moment: 'claimed' }, does: 'breakTokens', fault: 'requestLost' },
      { after: { moment: 'claimed' }, does: 'signIn', frame: 3, person: 'allows', afterMs: 0, scope: 1 },
      { after: { moment: 'claimed', frame: A }, does: 'breakTokens', fault: 'grantTypeRefused' },
      { after: { steps: 1 }, does: 'disturbToken', fault: 'requestLost' },
    ],
  })
})

it('a refresh token that an answer left in use is not presented without a mark while the disk is full', async () => {
  await play({
    server: { leewayMs: 2_000, accessTokenMs: 1_000, revokesAccessTokens: false },
    browser: { hasLocks: false, countsSleep: false },
    tabs: [1],
    grant: 'over',
    actions: [
      { after: { steps: 1 }, does: 'disturbToken', fault: 'withoutRefreshToken' },
      { after: { moment: 'claimed' }, does: 'show', frame: A, isVisible: true },
      { after: { steps: 1 }, does: 'call', frame: A },
      { after: { moment: 'claimed', frame: A }, does: 'breakStorage', outage: 'diskFull' },
      { after: { steps: 1 }, does: 'disturbMessages', lateMs: null, times: 1 },
    ],
  })
})

it('a consent that is stored again, since its first write seemed to have failed, undoes no refresh', async () => {
  const { record } = await play({
    server: { kind: 'plain', leewayMs: 2_000, accessTokenMs: 1_000, revokesAccessTokens: false },
    browser: { countsSleep: false },
    tabs: [1],
    isVisible: true,
    grant: 'over',
    isMemberChecked: false,
    actions: [
      { after: 0, does: 'disturbStorage', frame: A, kind: 'write', fault: 'answerLost', times: 4 },
      { after: { steps: 1 }, does: 'signIn', frame: A, person: 'allows', afterMs: 0, scope: 1 },
      { after: { moment: 'claimed' }, does: 'signIn', frame: A, person: 'allows', afterMs: 0, scope: 0 },
      { after: 0, does: 'disturbToken', fault: 'requestLost', times: 1 },
    ],
  })
  expect(record).toBe('live')
})

it('a consent of another account that could not be stored is taken back together with its removal', async () => {
  const { record } = await play({
    runs: 'processes',
    server: { leewayMs: 2_000, revokesAccessTokens: false },
    browser: { hasLocks: false, hasChannel: false },
    tabs: [1],
    grant: 'over',
    isMemberChecked: false,
    actions: [
      { after: { steps: 1 }, does: 'disturbStorage', frame: A, kind: 'write', fault: 'answerLate', times: 2 },
      { after: { steps: 1 }, does: 'disturbApi', fault: 'lost' },
      { after: 0, does: 'breakStorage', outage: 'diskFull' },
      { after: { moment: 'claimed', frame: A }, does: 'call', frame: A },
      { after: 20, does: 'signIn', frame: A, person: 'allows', afterMs: 0, asSomebodyElse: true },
      { after: { steps: 21 }, does: 'call', frame: A },
    ],
  })
  expect(record).toBe('absent')
})

it('a server that failed is left alone for a while, also where the next mark could not be written', async () => {
  await play({
    runs: 'processes',
    server: { leewayMs: 2_000, revokesAccessTokens: false },
    browser: { hasLocks: false, hasChannel: false },
    tabs: [1],
    grant: 'over',
    actions: [
      { after: { moment: 'claimed', frame: A }, does: 'disturbToken', fault: 'failsBefore', times: 4 },
      { after: 0, does: 'call', frame: A },
      {
        after: { moment: 'claimed', frame: A },
        does: 'disturbStorage',
        frame: A,
        kind: 'write',
        fault: 'fails',
      },
      { after: { moment: 'answered', frame: A }, does: 'call', frame: A },
      { after: 600, does: 'call', frame: A },
      { after: { moment: 'claimed' }, does: 'call', frame: A },
    ],
  })
})
