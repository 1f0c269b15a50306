/** The part of Trello's `t` that the prompt uses. */
export interface PromptFrame {
  /** Sizes the frame to an element. */
  sizeTo(target: Element): unknown
}

/** The height of the frame around a page. */
export interface FrameHeight {
  /** Keeps the frame as high as its page from now on. A narrower one makes words higher, and pages add content of their own. */
  watch(): void
  /** Sizes the frame to what was changed just now, and watches. */
  fit(): void
  /** Leaves the frame as it is from now on. */
  stop(): void
}

/** Makes the height of the frame that `frame` gives, if any. Old engines notice only what is fitted. */
export function createFrameHeight(frame: () => PromptFrame | undefined): FrameHeight {
  /** The height of the page that the frame was sized to last, in CSS pixels. */
  let sizedPx: number | undefined
  const observer =
    globalThis.ResizeObserver &&
    new ResizeObserver(() => {
      if (document.body.offsetHeight !== sizedPx) size()
    })

  function watch(): void {
    // The observer tells what differs from what it told last: not a width that changes and changes back before it tells.
    // Chromium takes no notice of a second observe(), unless the first is over.
    observer?.disconnect()
    observer?.observe(document.body)
  }

  async function size(): Promise<void> {
    sizedPx = document.body.offsetHeight
    try {
      await frame()?.sizeTo(document.body)
    } catch {
      // A frame that is just being closed can't be sized any more, which is no fault.
    }
  }

  return {
    watch,
    fit: () => {
      watch()
      size()
    },
    stop: () => observer?.disconnect(),
  }
}
