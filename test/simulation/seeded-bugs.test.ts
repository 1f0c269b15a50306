import { describe, expect, it } from 'vitest'
import { A, B, play } from './support/scenario'

/** The bugs that were put into the model to see it fail: each one played where the code would show it. */
describe('the rules, one by one', () => {
  it('a refresh that ends after a sign-out is dropped', async () => {
    const { record, tokens } = await play({
      actions: [
        { after: 0, does: 'call', frame: A },
        { after: { moment: 'sent' }, does: 'signOut', frame: B },
      ],
    })
    expect(record).toBe('absent')
    expect(tokens(A)).toEqual(['notAuthorized', 'notAuthorized', 'notAuthorized'])
  })

  it('a refresh that ends after a new consent adopts that', async () => {
    const { record, story } = await play({
      actions: [
        { after: 0, does: 'disturbToken', fault: 'slow' },
        { after: 0, does: 'call', frame: A },
        { after: { moment: 'sent' }, does: 'signIn', frame: B, person: 'allows', afterMs: 0, scope: 1 },
      ],
    })
    expect(record).toBe('live')
    expect(story.indexOf('B: CONSENTED')).toBeLessThan(story.indexOf('A: token answer'))
  })

  it('a verdict on an old grant does not end a new one', async () => {
    const { record } = await play({
      actions: [
        { after: 0, does: 'revoke' },
        { after: 0, does: 'call', frame: A },
        { after: { moment: 'acted' }, does: 'freeze', frame: A },
        { after: 0, does: 'signIn', frame: B, person: 'allows', afterMs: 0, scope: 1 },
        { after: { moment: 'consented' }, does: 'thaw', frame: A },
      ],
    })
    expect(record).toBe('live')
  })

  it('nothing is given out before it is stored', async () => {
    const { story } = await play({
      actions: [
        { after: 0, does: 'disturbStorage', frame: A, kind: 'write', fault: 'answerLate' },
        { after: 0, does: 'call', frame: A },
        { after: { moment: 'answered' }, does: 'readState', frame: A },
      ],
    })
    expect(story.indexOf('COMMITTED')).toBeLessThan(story.indexOf('A: getAccessToken → access'))
  })

  it('a late success puts a condemned grant back', async () => {
    const { record, story } = await play({
      server: { kind: 'plain' },
      actions: [
        { after: 0, does: 'disturbToken', fault: 'verySlow' },
        { after: 0, does: 'call', frame: A },
        { after: 32_000, does: 'call', frame: B },
      ],
    })
    expect(story).toContain('B: CONDEMNED')
    expect(record).toBe('live')
  })

  it('a late success for an old grant does not stand in for the one that ended', async () => {
    const { record, story } = await play({
      actions: [
        { after: 0, does: 'disturbToken', fault: 'verySlow' },
        { after: 0, does: 'call', frame: A },
        { after: 1_000, does: 'signIn', frame: B, person: 'allows', afterMs: 0, scope: 1 },
        { after: { moment: 'consented' }, does: 'revoke' },
        { after: 12_000, does: 'callApi', frame: B },
        { after: 33_000, does: 'readState', frame: A },
      ],
    })
    expect(story).toContain('B: CONDEMNED')
    expect(record).toBe('expired')
  })

  it('a grant that never got into the store is no sign-out', async () => {
    const { record, signIns } = await play({
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
    })
    expect(signIns(A)).toEqual(['done'])
    expect(record).toBe('live')
  })

  it('frames that call at the same moment share one request', async () => {
    const everybody = [0, 1, 2, 3, 4, 5, 6, 7]
    for (const hasLocks of [true, false]) {
      const { sent } = await play({
        tabs: [3, 3, 2],
        browser: { hasLocks },
        actions: everybody.map((frame) => ({ after: 0, does: 'call' as const, frame })),
      })
      expect(sent).toBe(1)
    }
  })
})
