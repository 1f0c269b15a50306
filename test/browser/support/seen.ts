import type { Frame, Tab } from './driver'
import { until } from './until'

/** Words of a frame as a person sees them on the board. */
export interface Seen {
  /** The text of the element. */
  words: string
  /** The part of its letters, from 0 to 1, that neither the frame, nor the board, nor an ancestor cuts off. */
  share: number
  /** Tells that nothing lies over its letters, in the frame and on the board. */
  isOnTop: boolean
  /** The contrast of the letters with what is behind them, from 1 to 21. */
  contrast: number
}

/**
 * Looks at an element of a frame from outside: what is in the document may be cut off, covered or without contrast.
 * @param selector - an element; ` >>> ` goes from a host into its open shadow tree
 */
export async function seenOn(board: Tab, frameSelector: string, selector: string): Promise<Seen> {
  const inFrame = await board.frame(frameSelector).evaluate(lookInFrame, selector)
  const onBoard = await board.evaluate(lookOnBoard, frameSelector, inFrame.box)
  const behind = inFrame.background ?? (inFrame.scheme === onBoard.scheme ? onBoard.background : CANVAS)
  return {
    words: inFrame.words,
    share: onBoard.share,
    isOnTop: inFrame.isOnTop && onBoard.isOnTop,
    contrast: contrastOf(channels(inFrame.color), channels(behind)),
  }
}

/** Waits until all of the words can be seen: whole, on top of everything, and with the contrast that WCAG AA asks for. */
export async function waitUntilRead(
  board: Tab,
  frame: string,
  selector: string,
  words: string,
): Promise<void> {
  const within: Frame = board.frame(frame)
  await within.waitFor(
    (wanted: string, path: string) => {
      const [first = '', ...inner] = path.split(' >>> ')
      let element = document.querySelector<HTMLElement>(first)
      for (const step of inner) element = element?.shadowRoot?.querySelector(step) ?? null
      // biome-ignore lint/performance/useDomNodeTextContent: what is hidden is not seen.
      return element?.innerText.includes(wanted)
    },
    { args: [words, selector] as const },
  )
  // Frames get the height that their page asks for some time after the words are there.
  await until(`"${words}" can be read`, async () => {
    const seen = await seenOn(board, frame, selector)
    const isRead = seen.share > 0.99 && seen.isOnTop && seen.contrast >= 4.5
    if (!isRead) throw new Error(JSON.stringify(seen))
    return true
  })
}

/** The colour of a frame whose colour scheme is another than that of the page around it: browsers make it opaque then. */
const CANVAS = 'rgb(255, 255, 255)'

interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

/** Runs in the frame: the letters within the frame and all ancestors, and their colours. */
function lookInFrame(path: string) {
  const [first = '', ...inner] = path.split(' >>> ')
  let found = document.querySelector<HTMLElement>(first)
  for (const step of inner) found = found?.shadowRoot?.querySelector(step) ?? null
  if (!found) throw new Error(`There is no ${path}`)
  const element = found
  const letters = document.createRange()
  letters.selectNodeContents(element)
  const { left, top, right, bottom } = letters.getBoundingClientRect()
  const clip = { left: 0, top: 0, right: innerWidth, bottom: innerHeight }
  let background: string | undefined
  for (let each: Element | null = element; each; each = parentOf(each)) {
    const style = getComputedStyle(each)
    if (!/, 0\)$/.test(style.backgroundColor)) background ??= style.backgroundColor
    if (style.overflow === 'visible') continue
    const around = each.getBoundingClientRect()
    clip.left = Math.max(clip.left, around.left)
    clip.top = Math.max(clip.top, around.top)
    clip.right = Math.min(clip.right, around.right)
    clip.bottom = Math.min(clip.bottom, around.bottom)
  }
  const root = element.getRootNode() as Document | ShadowRoot
  const corners = [...letters.getClientRects()].flatMap((line) => [
    [line.left + 1, (line.top + line.bottom) / 2],
    [line.right - 1, (line.top + line.bottom) / 2],
  ])
  return {
    // biome-ignore lint/performance/useDomNodeTextContent: what is hidden is not seen.
    words: element.innerText,
    box: { whole: { left, top, right, bottom }, clip },
    isOnTop: corners.every(([x = 0, y = 0]) => element.contains(root.elementFromPoint(x, y))),
    color: getComputedStyle(element).color,
    background,
    scheme: schemeOf(document.documentElement),
  }

  function parentOf(each: Element): Element | null {
    const { host } = each.getRootNode() as ShadowRoot
    return each.parentElement ?? host ?? null
  }

  function schemeOf(page: Element): string {
    const { colorScheme } = getComputedStyle(page)
    return colorScheme === 'normal' ? 'light' : colorScheme
  }
}

/** Runs on the board: how much of that box the frame's place on the screen leaves. */
function lookOnBoard(selector: string, { whole, clip }: { whole: Box; clip: Box }) {
  const frame = document.querySelector(selector)
  if (!frame) throw new Error(`There is no ${selector}`)
  frame.scrollIntoView({ block: 'center', behavior: 'instant' })
  const place = frame.getBoundingClientRect()
  const seen = {
    left: Math.max(place.left + clip.left, 0),
    top: Math.max(place.top + clip.top, 0),
    right: Math.min(place.left + clip.right, innerWidth),
    bottom: Math.min(place.top + clip.bottom, innerHeight),
  }
  let background: string | undefined
  for (let each: Element | null = frame; each; each = each.parentElement) {
    const style = getComputedStyle(each)
    if (!/, 0\)$/.test(style.backgroundColor)) background ??= style.backgroundColor
    if (style.overflow === 'visible' || each === document.documentElement || each === document.body) continue
    const around = each.getBoundingClientRect()
    seen.left = Math.max(seen.left, around.left)
    seen.top = Math.max(seen.top, around.top)
    seen.right = Math.min(seen.right, around.right)
    seen.bottom = Math.min(seen.bottom, around.bottom)
  }
  const letters = {
    left: Math.max(seen.left, place.left + whole.left),
    top: Math.max(seen.top, place.top + whole.top),
    right: Math.min(seen.right, place.left + whole.right),
    bottom: Math.min(seen.bottom, place.top + whole.bottom),
  }
  const area = Math.max(0, letters.right - letters.left) * Math.max(0, letters.bottom - letters.top)
  const all = (whole.right - whole.left) * (whole.bottom - whole.top)
  const middle = document.elementFromPoint(
    (letters.left + letters.right) / 2,
    (letters.top + letters.bottom) / 2,
  )
  const { colorScheme } = getComputedStyle(frame)
  return {
    share: all === 0 ? 0 : area / all,
    isOnTop: middle === frame,
    background: background ?? 'rgb(255, 255, 255)',
    scheme: colorScheme === 'normal' ? 'light' : colorScheme,
  }
}

function channels(color: string): readonly number[] {
  return (color.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number)
}

/** Computes the contrast of two opaque colours. @see WCAG 2.2, relative luminance */
function contrastOf(one: readonly number[], other: readonly number[]): number {
  const [dark = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (bright + 0.05) / (dark + 0.05)
}

function luminance(color: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = color
    .map((channel) => channel / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
