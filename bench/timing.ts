import { type FrameBench, only, type Way } from './frames'

/** Measures one warm look at a token, in microseconds. */
export function lookup(bench: FrameBench, client: Way): Promise<number> {
  return bench.withFrames(client, { grant: 'good' }, (frames) => only(frames).evaluate('lookupUs(2_000)'))
}

/** Measures from the start of a frame to its first answer of the API, in milliseconds. */
export function coldStart(bench: FrameBench, client: Way): Promise<number> {
  return bench.withFrames(client, { grant: 'good', isCold: true }, (frames) =>
    only(frames).waitFor('window.firstAnswerMs'),
  )
}

export interface AtExpiry {
  tokenRequests: number
  /** Until the last of all calls has ended. */
  ms: number
  failed: number
}

/** Lets so many frames, open for a while, make ten calls each, when the access token has just run out. */
export async function atExpiry(bench: FrameBench, client: Way, count: number): Promise<AtExpiry> {
  await bench.renewGrant()
  return bench.withFrames(client, { grant: 'expired', count, isOld: true }, async (frames) => {
    bench.trello.log.clear()
    const startAt = Date.now() + 500
    const ended = await Promise.all(
      frames.map((frame) => frame.evaluate<{ endedAt: number; failed: number }>(`callAt(${startAt}, 10)`)),
    )
    return {
      tokenRequests: bench.trello.log.tokenRequests.length,
      ms: Math.max(...ended.map(({ endedAt }) => endedAt)) - startAt,
      failed: ended.reduce((sum, { failed }) => sum + failed, 0),
    }
  })
}
