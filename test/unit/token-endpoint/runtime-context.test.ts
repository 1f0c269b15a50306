import { describe, expect, it } from 'vitest'
import { waitedFor } from '../../../src/token-endpoint/runtime-context'

describe('the arguments of a platform', () => {
  it.each<[string, (context: object) => readonly unknown[]]>([
    ['first', (context) => [context]],
    ['behind the bindings of a Worker', (context) => [{ STORE: {} }, context]],
    ['behind nothing', (context) => [undefined, null, context]],
  ])('hold the context %s, which waits for the work', async (_place, argumentsWith) => {
    const told: unknown[] = []
    const work = Promise.resolve('done')
    waitedFor(argumentsWith({ waitUntil: (each: unknown) => told.push(each) }), work)
    expect(told).toEqual([work])
  })

  it('may hold no context', () => {
    waitedFor(['127.0.0.1', 5, { waitUntil: true }], Promise.resolve())
  })
})
