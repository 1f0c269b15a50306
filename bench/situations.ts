import type { Frame } from '../test/browser/support/driver'
import { CANNOT, type ClientName, type Pages } from './bundles'
import { type FrameBench, type FrameSetup, only } from './frames'

interface Situation {
  setup: FrameSetup
  /** What a client may be unable to do, by its name in `CANNOT`. */
  takes?: 'hold' | 'connect'
  act(frame: Frame, bench: FrameBench): Promise<unknown>
}

/** What frames do, in the words of the table. */
export const SITUATIONS: Readonly<Record<string, Situation>> = {
  'a hidden connector, never connected: `isAuthorized()`': {
    setup: { grant: 'none', isHidden: true },
    act: (frame) => frame.evaluate('isAuthorized()'),
  },
  'a good token: one API call': {
    setup: { grant: 'good' },
    takes: 'hold',
    act: callOnce,
  },
  'its token ran out: one API call': {
    setup: { grant: 'expired' },
    takes: 'hold',
    act: callOnce,
  },
  'a click on Connect, to the stored grant': {
    setup: { grant: 'none' },
    takes: 'connect',
    act: (frame, bench) => bench.connect(frame),
  },
}

/** Measures the gzip of what a frame has loaded once it has done this, in bytes; or says why it can't. */
export async function loadedBytes(
  bench: FrameBench,
  pages: Pages,
  client: ClientName,
  { setup, takes, act }: Situation,
): Promise<number | string> {
  const reason = takes && CANNOT[client]?.[takes]
  if (reason !== undefined) return reason
  if (setup.grant !== 'none') await bench.renewGrant()
  return bench.withFrames(client, setup, async (frames) => {
    const frame = only(frames)
    await act(frame, bench)
    return pages.gzipOf(client, await frame.evaluate<string[]>('loadedFiles()'))
  })
}

async function callOnce(frame: Frame): Promise<void> {
  const status = await frame.evaluate('callOnce()')
  if (status !== 200) throw new Error(`The API answered with ${status}`)
}
