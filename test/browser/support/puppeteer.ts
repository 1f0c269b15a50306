import type { ElementHandle, Page, Browser as Puppet, Frame as PuppetFrame } from 'puppeteer-core'
import type { Engine } from '../../../scripts/browsers'
import { closeSurely } from './close'
import type { Browser, Tab } from './driver'
import { type Document, frameOver } from './frame'
import { elementExpression } from './in-page'
import { until } from './until'

/** The driver over Puppeteer, for both of its protocols. */
export function drive(engine: Engine, puppet: Puppet): Browser {
  const messages: string[] = []
  const tabs = new WeakMap<Page, Tab>()

  puppet.on('targetcreated', async (target) => {
    const page = await target.page().catch(() => null)
    page?.on('console', (message) => messages.push(message.text()))
    page?.on('pageerror', (error) => messages.push(String(error)))
  })

  function tabOf(page: Page): Tab {
    const tab = tabs.get(page) ?? driveTab(page)
    tabs.set(page, tab)
    return tab
  }

  return {
    engine,
    async openTab(url) {
      const page = await puppet.newPage()
      await page.goto(url, { waitUntil: 'load' })
      return tabOf(page)
    },
    tabs: async () => (await puppet.pages()).map(tabOf),
    async popupOf(action) {
      const before = new Set(await puppet.pages())
      await action()
      const opened = async () => (await puppet.pages()).filter((page) => !before.has(page)).map(tabOf)
      return until('a window opens', async () => (await opened())[0])
    },
    hearsConsole: true,
    consoleMessages: () => [...messages],
    takesPictures: true,
    close: () => puppet.close(),
  }
}

function driveTab(page: Page): Tab {
  const documentOf = (frame: PuppetFrame | undefined) => frame && openDocument(page, frame)
  const matches = (address: string | RegExp) => (frame: PuppetFrame) =>
    typeof address === 'string' ? frame.url().includes(address) : address.test(frame.url())
  const isClosed = async () => !(await page.browser().pages()).includes(page)
  return {
    ...frameOver('the top document', async () => documentOf(page.mainFrame())),
    frameAt: (address) =>
      frameOver(`a frame at ${address}`, async () => documentOf(page.frames().find(matches(address)))),
    async goto(url) {
      await page.goto(url, { waitUntil: 'load' })
    },
    async reload() {
      await page.reload({ waitUntil: 'load' })
    },
    close: () => closeSurely(() => page.close(), isClosed),
    isClosed,
    async screenshot(path) {
      await page.bringToFront()
      await page.screenshot({ path, type: 'png' })
    },
  }
}

function openDocument(page: Page, frame: PuppetFrame): Document {
  async function element(selector: string): Promise<ElementHandle<Element> | null> {
    const handle = await frame.evaluateHandle(elementExpression(selector))
    return handle.asElement() as ElementHandle<Element> | null
  }

  return {
    url: async () => frame.url(),
    isGone: () => frame.detached,
    evaluate: (expression) => frame.evaluate(expression),
    async child(selector) {
      const inner = await (await element(selector))?.contentFrame()
      return inner ? openDocument(page, inner) : undefined
    },
    show: () => page.bringToFront(),
    async press(selector) {
      const { x, y } = await middleOf(selector, frame)
      await page.mouse.click(x, y)
    },
  }
}

interface Box {
  x: number
  y: number
  width: number
  height: number
  left: number
  top: number
}

/** The middle of an element, in the window. Puppeteer's own click asks the browser five times as often. */
async function middleOf(selector: string, frame: PuppetFrame): Promise<{ x: number; y: number }> {
  const inner = await frame.evaluate(`(${measure})(${elementExpression(selector)})`)
  const { width, height, ...corner } = JSON.parse(String(inner)) as Box
  let [x, y] = [corner.x + width / 2, corner.y + height / 2]
  for (let each: PuppetFrame | null = frame; each?.parentFrame(); each = each.parentFrame()) {
    const outer = JSON.parse(String(await (await iframeOf(each))?.evaluate(measure))) as Box
    x += outer.x + outer.left
    y += outer.y + outer.top
  }
  return { x, y }
}

const iframes = new WeakMap<PuppetFrame, ElementHandle<Element>>()

async function iframeOf(frame: PuppetFrame): Promise<ElementHandle<Element> | null> {
  const iframe = iframes.get(frame) ?? (await frame.frameElement())
  if (iframe) iframes.set(frame, iframe)
  return iframe
}

/** Runs in the page: where the element is in its document, and how wide its borders are. */
function measure(element: Element): string {
  const { x, y, width, height } = element.getBoundingClientRect()
  return JSON.stringify({ x, y, width, height, left: element.clientLeft, top: element.clientTop })
}
