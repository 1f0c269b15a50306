// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { Platform } from '../../../src/base/platform'
import type { GrantEntry, LiveGrant } from '../../../src/grant/grant'
import { openAnswers } from '../../../src/token/siblings'
import { settle } from '../support/clock'
import { expiredGrant, liveGrant, storedEntry } from '../support/grants'
import { watch } from '../support/outcome'
import { createPartition, KEY, type Partition } from '../support/store'

const CHANNEL = `powerup-oauth:answers:${KEY}`
const put = (record: LiveGrant) => (entry: GrantEntry) => ({ ...entry, record })
const rotated = (to: number) =>
  liveGrant({
    generation: `generation-${to}`,
    parent: { generation: `generation-${to - 1}`, presentation: 1 },
  })

/** A frame that has read what is stored. */
async function openFrame(partition: Partition, differences?: Partial<Platform>) {
  const { platform, store } = partition.open(differences)
  await store.read()
  return { store, answers: openAnswers({ platform, store }, KEY) }
}

function partitionWith(record: LiveGrant) {
  const partition = createPartition()
  partition.plant(storedEntry({ record }))
  return partition
}

describe('asking the siblings for an answer', () => {
  it('finds the one that holds it and could not store it', async () => {
    const partition = partitionWith(liveGrant())
    const [asking, holding] = [await openFrame(partition), await openFrame(partition)]
    partition.storage.writes = 'fail'
    await holding.store.commit(put(rotated(1)))
    const answer = watch(asking.answers.isHeldElsewhere('generation-0'))
    await partition.clock.advance(500)
    expect(answer).toEqual({ status: 'resolved', value: true })
  })

  it('finds it also after two rotations of which none could be stored', async () => {
    const partition = partitionWith(liveGrant())
    const [asking, holding] = [await openFrame(partition), await openFrame(partition)]
    partition.storage.writes = 'fail'
    await holding.store.commit(put(rotated(1)))
    await holding.store.commit(put(rotated(2)))
    const answer = watch(asking.answers.isHeldElsewhere('generation-0'))
    await partition.clock.advance(500)
    expect(answer).toEqual({ status: 'resolved', value: true })
  })

  it('waits half a second for a word, and takes none for no', async () => {
    const partition = partitionWith(rotated(1))
    const [asking] = [await openFrame(partition), await openFrame(partition)]
    const answer = watch(asking.answers.isHeldElsewhere('generation-0'))
    await partition.clock.advance(499)
    expect(answer.status).toBe('pending')
    await partition.clock.advance(1)
    expect(answer).toEqual({ status: 'resolved', value: false })
    const message = { type: 'whoHasAnswer', generation: 'generation-0' }
    expect(partition.said).toEqual([{ channel: CHANNEL, message }])
  })

  it('believes an answer for that generation alone, and only after the question', async () => {
    const partition = createPartition()
    const { answers } = await openFrame(partition)
    const sibling = partition.frame().platform.openChannel(CHANNEL)
    sibling?.postMessage({ type: 'iHaveAnswer', generation: 'generation-0' })
    await settle()
    const answer = watch(answers.isHeldElsewhere('generation-0'))
    sibling?.postMessage({ type: 'iHaveAnswer', generation: 'another' })
    await partition.clock.advance(500)
    expect(answer).toEqual({ status: 'resolved', value: false })
  })

  it.each([
    undefined,
    null,
    'iHaveAnswer',
    { type: 'iHaveAnswer' },
    { type: 'iHaveAnswer', generation: ['generation-0'] },
    { type: 'odd', generation: 'generation-0' },
  ])('hears nothing in %o', async (message) => {
    const partition = createPartition()
    const { answers } = await openFrame(partition)
    const answer = watch(answers.isHeldElsewhere('generation-0'))
    partition.frame().platform.openChannel(CHANNEL)?.postMessage(message)
    await partition.clock.advance(500)
    expect(answer).toEqual({ status: 'resolved', value: false })
  })

  it('asks nobody without a channel', async () => {
    const { answers } = await openFrame(createPartition(), { openChannel: () => undefined })
    expect(await answers.isHeldElsewhere('generation-0')).toBe(false)
  })
})

describe('a frame that is asked', () => {
  /** Asks a frame that holds `record`, unstored, over a store that holds generation 5. */
  async function isHeld(record: GrantEntry['record'], asked: string): Promise<unknown> {
    const partition = partitionWith(rotated(5))
    const [asking, holding] = [await openFrame(partition), await openFrame(partition)]
    partition.storage.writes = 'fail'
    await holding.store.commit((entry) => ({ attempts: entry.attempts, ...(record && { record }) }))
    const answer = watch(asking.answers.isHeldElsewhere(asked))
    await partition.clock.advance(500)
    return answer.value
  }

  it('has the answer to the generation before its own, and to the stored one', async () => {
    expect(await isHeld(rotated(1), 'generation-0')).toBe(true)
    expect(await isHeld(rotated(1), 'generation-5')).toBe(true)
  })

  it('has none to its own generation, to one that it knows nothing of, and without a grant', async () => {
    expect(await isHeld(rotated(1), 'generation-1')).toBe(false)
    expect(await isHeld(rotated(1), 'generation-3')).toBe(false)
    expect(await isHeld(liveGrant({ generation: 'generation-9' }), 'generation-3')).toBe(false)
    expect(await isHeld(expiredGrant({ generation: 'generation-9' }), 'generation-5')).toBe(false)
    expect(await isHeld(undefined, 'generation-5')).toBe(false)
  })

  it('has none where its grant is the stored one', async () => {
    const partition = partitionWith(rotated(5))
    const [asking] = [await openFrame(partition), await openFrame(partition)]
    const answer = watch(asking.answers.isHeldElsewhere('generation-4'))
    await partition.clock.advance(500)
    expect(answer.value).toBe(false)
  })

  it('answers a question only', async () => {
    const partition = partitionWith(liveGrant())
    const holding = await openFrame(partition)
    partition.storage.writes = 'fail'
    await holding.store.commit(put(rotated(1)))
    const sibling = partition.frame().platform.openChannel(CHANNEL)
    const said = partition.said.length
    sibling?.postMessage({ type: 'odd', generation: 'generation-0' })
    await settle()
    expect(partition.said).toHaveLength(said + 1)
  })
})
