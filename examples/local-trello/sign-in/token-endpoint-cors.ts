import type { WritableLog } from '../log'
import type { SwitchBoard } from '../switch-board'
import type { Switches } from '../switches'
import type { Context } from './token-endpoint'

/** Answers the question that a browser asks before it lets a page send JSON. */
export function answerPreflight(ctx: Context, switches: SwitchBoard, log: WritableLog): void {
  const outcome = switches.forPreflight()
  log.addPreflight({ at: Date.now(), origin: ctx.get('origin'), outcome })
  if (outcome === 'cut') {
    ctx.respond = false
    ctx.req.socket.destroy()
    return
  }
  ctx.status = 204
  if (outcome === 'refused') return
  ctx.set('access-control-allow-origin', '*')
  ctx.set('access-control-allow-methods', 'POST')
  ctx.set('access-control-allow-headers', 'Content-Type, Accept')
  // Each request asks again: a switch that is turned has its effect at once.
  ctx.set('access-control-max-age', '0')
}

/** Lets pages of all origins read the answer, or none. */
export function allowReading(ctx: Context, cors: Switches['cors']): void {
  ctx.remove('access-control-allow-origin')
  const isReadable = cors === 'all' || (cors === 'successesOnly' && ctx.status < 300)
  if (isReadable) ctx.set('access-control-allow-origin', '*')
}
