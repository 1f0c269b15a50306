import { describe, expect, it } from 'vitest'
import { A, B, play } from './support/scenario'

/** The counterexamples that a model of the first protocol gave: each one played against the rule that closes it. */
describe('the counterexamples of the model', () => {
  it('1: a sign-in in flight does not survive a sign-out', async () => {
    const { record, signIns } = await play({
      grant: 'none',
      actions: [
        { after: 1_000, does: 'signIn', frame: A, person: 'allows', afterMs: 400 },
        { after: { moment: 'exchanged' }, does: 'signOut', frame: B },
      ],
    })
    expect(record).toBe('absent')
    expect(signIns(A)).toEqual(['aborted'])
  })

  it('2: a free queue and a mark do not make a dead owner', async () => {
    const { sent, tokens } = await play({
      actions: [
        { after: 0, does: 'disturbToken', fault: 'slower' },
        { after: 0, does: 'call', frame: A },
        { after: 22_000, does: 'call', frame: B },
      ],
    })
    expect(sent).toBe(1)
    expect(tokens(A)).toEqual(['tokenEndpointUnavailable', 'token', 'token'])
    expect(tokens(B)).toEqual(['token', 'token', 'token'])
  })

  it('3: a frame that wakes between mark and request does not send on the old mark', async () => {
    const { record, sent, tokens } = await play({
      actions: [
        { after: 0, does: 'call', frame: A },
        { after: { moment: 'claimed', frame: A }, does: 'freeze', frame: A },
        { after: 31_000, does: 'call', frame: B },
        { after: { moment: 'committed', frame: B }, does: 'thaw', frame: A },
      ],
    })
    expect(record).toBe('live')
    expect(sent).toBe(1)
    expect(tokens(B).slice(1)).toEqual(['token', 'token'])
  })

  it('4: nobody waits for ever for a holder that never wrote a mark', async () => {
    const { story, sent, tokens } = await play({
      actions: [
        { after: 0, does: 'call', frame: A },
        { after: { steps: 5 }, does: 'freeze', frame: A },
        { after: 0, does: 'call', frame: B },
        { after: 31_000, does: 'call', frame: B },
        { after: 1_000, does: 'thaw', frame: A },
      ],
    })
    expect(story).toMatch(/30\.\d+ B: SENT/)
    expect(sent).toBe(1)
    expect(tokens(B)).toEqual(['tokenEndpointUnavailable', 'token', 'token', 'token'])
  })

  it('5: a request that never ends holds nobody up past the lease', async () => {
    const { sent, tokens } = await play({
      tabs: [1],
      actions: [
        { after: 0, does: 'disturbToken', fault: 'hangsBefore' },
        { after: 0, does: 'call', frame: A },
        { after: 35_000, does: 'call', frame: A },
      ],
    })
    expect(sent).toBe(2)
    expect(tokens(A)).toEqual(['tokenEndpointUnavailable', 'token', 'token', 'token'])
  })

  it('6: nobody presents over a frame that holds the answer and cannot store it', async () => {
    const { record, sent, tokens } = await play({
      actions: [
        { after: 0, does: 'call', frame: A },
        {
          after: { moment: 'sent' },
          does: 'disturbStorage',
          frame: A,
          kind: 'write',
          fault: 'fails',
          times: 6,
        },
        { after: 32_000, does: 'call', frame: B },
      ],
    })
    expect(sent).toBe(1)
    expect(record).toBe('live')
    expect(tokens(A)[0]).toBe('token')
    expect(tokens(B)).toEqual(['storageUnavailable', 'token', 'token'])
  })

  it('7: of two successes for one generation the later presentation counts', async () => {
    const { record, sent, tokens } = await play({
      server: { kind: 'supersede' },
      actions: [
        { after: 0, does: 'disturbToken', fault: 'verySlow', times: 2 },
        { after: 0, does: 'call', frame: A },
        { after: 32_000, does: 'call', frame: B },
      ],
    })
    expect(sent).toBe(2)
    expect(record).toBe('live')
    expect(tokens(A).slice(1)).toEqual(['token', 'token'])
  })
})
