import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { GrantVersion, StoredGrant } from '../../../src/server/grant-store'
import type { OpenStore, Place } from './stores'

/** One call of a store, as it goes to another process. */
export interface Asked {
  id: number
  call:
    | { name: 'get'; key: string }
    // Left out: the absence that the store speaks of.
    | { name: 'compareAndSwap'; key: string; version?: GrantVersion; value?: string }
    | { name: 'keys' | 'migrate' }
}

/** The answer to one. */
export interface LentAnswer {
  id: number
  found?: StoredGrant
  isSwapped?: boolean
  keys?: readonly string[]
  error?: string
}

/** Opens a store in a process with another Node: what this one has no module for can be tested all the same. */
export async function borrowStore(place: Place, node: string, program: string): Promise<OpenStore> {
  const child = fork(program, [JSON.stringify(place)], { execPath: node })
  const waiting = new Map<number, (answer: LentAnswer) => void>()
  let count = 0
  child.on('message', (answer: LentAnswer) => {
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  })
  child.once('exit', (code) => {
    const error = `The process with the store ended with ${code}.`
    for (const [id, answer] of waiting) answer({ id, error })
  })
  await once(child, 'spawn')

  async function ask(call: Asked['call']): Promise<LentAnswer> {
    const id = ++count
    const answer = await new Promise<LentAnswer>((resolve) => {
      waiting.set(id, resolve)
      child.send({ id, call } satisfies Asked)
    })
    if (answer.error !== undefined) throw new Error(answer.error)
    return answer
  }

  return {
    store: {
      get: async (key) => (await ask({ name: 'get', key })).found,
      compareAndSwap: async (key, version, value) => {
        const given = { ...(version !== undefined && { version }), ...(value !== undefined && { value }) }
        return (await ask({ name: 'compareAndSwap', key, ...given })).isSwapped === true
      },
      keys: async () => (await ask({ name: 'keys' })).keys ?? [],
      migrate: async () => void (await ask({ name: 'migrate' })),
    },
    close: async () => {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}
