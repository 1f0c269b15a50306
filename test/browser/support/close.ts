import { until } from './until'

/**
 * Closes a window and waits until it has gone. One that is closing itself just then is no failure, though a driver says
 * so; and Firefox answers before the window has gone.
 */
export async function closeSurely(
  close: () => Promise<void>,
  isClosed: () => Promise<boolean>,
): Promise<void> {
  let failure: unknown
  await close().catch((error: unknown) => {
    failure = error
  })
  await until('the window goes', isClosed).catch((error: unknown) => {
    throw failure ?? error
  })
}
