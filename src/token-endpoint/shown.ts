import type { Platform } from '../base/platform'

/** Waits until the tab is in front. */
export function shown(platform: Platform): Promise<void> {
  if (platform.isVisible()) return Promise.resolve()
  return new Promise((resolve) => {
    const stop = platform.onWake(() => {
      stop()
      resolve()
    })
  })
}
