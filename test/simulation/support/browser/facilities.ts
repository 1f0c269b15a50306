import type { Platform } from '../../../../src/base/platform'
import type { Network } from '../servers/network'
import { type Clock, type Life, type Step, TIMER } from './clock'

/** The facilities that frames and processes have alike: time, chance and the network. */
export function facilitiesOf(
  world: { clock: Clock; wallClock(): number; monotonicClock(): number; network: Network },
  life: Life,
): Pick<Platform, 'now' | 'monotonicNow' | 'random' | 'randomId' | 'setTimeout' | 'clearTimeout' | 'fetch'> {
  const { clock, network } = world
  let ids = 0
  return {
    now: world.wallClock,
    monotonicNow: world.monotonicClock,
    random: clock.random,
    randomId: () => `${life.name}${++ids}`,
    setTimeout: (callback, delayMs) => clock.plan(delayMs, life, TIMER, callback),
    clearTimeout: (timer) => {
      if (timer !== undefined) clock.cancel(timer as Step)
    },
    fetch: network.open(life),
  }
}
