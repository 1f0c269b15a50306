import type { Platform, WindowLike } from '../base/platform'

/** The page that a window shows until it is known where it goes. */
export const BLANK = 'about:blank'

/** A consent page's comfortable size. */
const WIDTH = 600
const HEIGHT = 760

/** Opens the sign-in window in the middle of the screen. Call it in the click. `null`: the browser refused. */
export function openSignInWindow(platform: Platform, url: string): WindowLike | null {
  try {
    const screen = platform.availableScreen()
    const width = Math.min(WIDTH, screen.width)
    const height = Math.min(HEIGHT, screen.height)
    const left = Math.round(screen.left + (screen.width - width) / 2)
    const top = Math.round(screen.top + (screen.height - height) / 2)
    const features = `popup,width=${width},height=${height},left=${left},top=${top}`
    const opened = platform.openWindow(url, features)
    // Some blockers give an object that is no window.
    return typeof opened?.close === 'function' && typeof opened.focus === 'function' ? opened : null
  } catch {
    return null // a server has no windows, and what a blocker puts instead of `open` may throw
  }
}
