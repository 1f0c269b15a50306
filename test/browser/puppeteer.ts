import type { ElementHandle, Page, Browser as Puppet, Frame as PuppetFrame } from 'puppeteer-core'
import type { Engine } from '../../scripts/browsers'
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
    async close() {
      await page.close()
      // Firefox answers before the window has gone.
      await until('the window goes', isClosed)
    },
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
    evaluate: (expression) => frame.evaluate(expression),
    async child(selector) {
      const inner = await (await element(selector))?.contentFrame()
      return inner ? openDocument(page, inner) : undefined
    },
    show: () => page.bringToFront(),
    async press(selector) {
      await (await element(selector))?.click()
    },
  }
}
