import { fieldsOf } from '../../../src/base/fields'
import type { Asked, LentAnswer } from './lent-store'
import { openStore, type Place } from './stores'

/*
 * A process with a Node of its own: opens the store that its argument names, and does with it what its parent asks for.
 */

const place: Place = JSON.parse(process.argv[2] ?? '')
const { store, close } = await openStore(place)
process.once('disconnect', () => void close())
process.on('message', (asked: Asked) => {
  void answerOf(asked).then((answer) => process.send?.(answer))
})

async function answerOf({ id, call }: Asked): Promise<LentAnswer> {
  try {
    return { id, ...(await carryOut(call)) }
  } catch (error) {
    return { id, error: String(fieldsOf(error).message ?? error) }
  }
}

async function carryOut(asked: Asked['call']): Promise<Omit<LentAnswer, 'id'>> {
  switch (asked.name) {
    case 'get': {
      const found = await store.get(asked.key)
      return found ? { found } : {}
    }
    case 'compareAndSwap':
      return { isSwapped: await store.compareAndSwap(asked.key, asked.version, asked.value) }
    case 'keys':
      return { keys: await store.keys() }
    case 'migrate':
      await store.migrate?.()
      return {}
  }
}
