import { By, type WebDriver, type WebElement } from 'selenium-webdriver'
import { closeSurely } from './close'
import type { Browser, Tab } from './driver'
import { type Document, frameOver } from './frame'
import { elementExpression } from './in-page'
import { pause, until } from './until'
import { openMiniBrowser } from './webkit-process'

/** The frames to go through from the top document of a window. */
interface Place {
  window: string
  path: readonly WebElement[]
}

/**
 * WebDriver has one current window and frame for all: each visit goes there, if it isn't there yet, and does its work
 * before the next begins.
 */
type Visit = <T>(place: Place, work: (driver: WebDriver) => Promise<T>) => Promise<T>

export async function driveWebKit(): Promise<Browser> {
  const { driver, close } = await openMiniBrowser()
  const tabs = new Map<string, Tab>()
  let queue: Promise<unknown> = Promise.resolve()

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = queue.then(work)
    queue = turn.catch(() => undefined)
    return turn
  }

  let current: Place | undefined
  async function goTo(place: Place): Promise<void> {
    if (place === current) return
    const isNear = place.window === current?.window
    current = undefined
    if (!isNear) await driver.switchTo().window(place.window)
    await driver.switchTo().defaultContent()
    for (const element of place.path) await driver.switchTo().frame(element)
    current = place
  }

  const visit: Visit = (place, work) =>
    inTurn(async () => {
      try {
        await goTo(place)
        return await work(driver)
      } catch (error) {
        current = undefined
        throw error
      }
    })
  const windows = () => inTurn(() => driver.getAllWindowHandles())

  function tabOf(window: string): Tab {
    const tab = tabs.get(window) ?? driveTab(visit, window, windows)
    tabs.set(window, tab)
    return tab
  }

  return {
    engine: 'webkit',
    async openTab(url) {
      const window = await inTurn(async () => {
        current = undefined
        await driver.switchTo().window((await driver.getAllWindowHandles())[0] ?? '')
        // In a tab of MiniBrowser a click opens no popup; in a window it does.
        await driver.switchTo().newWindow('window')
        await driver.get(url)
        return driver.getWindowHandle()
      })
      return tabOf(window)
    },
    tabs: async () => (await windows()).map(tabOf),
    async popupOf(action) {
      const before = new Set(await windows())
      await action()
      const opened = await until('a window opens', async () =>
        (await windows()).find((window) => !before.has(window)),
      )
      return tabOf(opened)
    },
    // This WebDriver has no log, and an automated session prints none.
    hearsConsole: false,
    consoleMessages: () => [],
    takesPictures: false,
    close,
  }
}

function driveTab(visit: Visit, window: string, windows: () => Promise<readonly string[]>): Tab {
  const top: Place = { window, path: [] }
  const isClosed = async () => !(await windows()).includes(window)
  return {
    ...frameOver('the top document', async () => openDocument(visit, top)),
    frameAt: (address) => frameOver(`a frame at ${address}`, () => findFrame(visit, top, address)),
    goto: (url) => visit(top, (driver) => driver.get(url)),
    reload: () => visit(top, (driver) => driver.navigate().refresh()),
    close: () => closeSurely(() => visit(top, (driver) => driver.close()), isClosed),
    isClosed,
    screenshot: () => Promise.reject(new Error('WebKitGTK takes no pictures, as it is started here')),
  }
}

async function findFrame(
  visit: Visit,
  place: Place,
  address: string | RegExp,
): Promise<Document | undefined> {
  const document = openDocument(visit, place)
  const url = await document.url()
  if (typeof address === 'string' ? url.includes(address) : address.test(url)) return document
  for (const element of await visit(place, (driver) => driver.findElements(By.css('iframe')))) {
    const found = await findFrame(visit, { ...place, path: [...place.path, element] }, address)
    if (found !== undefined) return found
  }
  return undefined
}

let lastOutcome = 0

function openDocument(visit: Visit, place: Place): Document {
  const ask = <T>(script: string) => visit(place, (driver) => driver.executeScript<T>(script))

  return {
    url: () => ask('return location.href'),
    // Elements go stale without a word: the path to a frame is looked for each time.
    isGone: () => true,
    async evaluate(expression) {
      // The outcome is left in the page and fetched from there: WebDriver does nothing else while a script runs, and what
      // a script waits for may be a click in another window.
      const name = `outcome${++lastOutcome}`
      await ask(`window.${name} = {}; (${expression}).then((json) => { window.${name} = { json } })`)
      for (let pauseMs = 5; ; pauseMs = Math.min(2 * pauseMs, 20)) {
        const slot = await ask<{ json?: string } | null>(`return window.${name} ?? null`)
        if (slot === null) throw new Error('The document went away while it was evaluating')
        if (slot.json !== undefined) return slot.json
        await pause(pauseMs)
      }
    },
    async child(selector) {
      const element = await ask<WebElement | null>(`return ${elementExpression(selector)}`)
      return element === null ? undefined : openDocument(visit, { ...place, path: [...place.path, element] })
    },
    // WebDriver goes to the window by itself.
    show: async () => undefined,
    async press(selector) {
      await visit(place, async (driver) => {
        const element = await driver.executeScript<WebElement | null>(`return ${elementExpression(selector)}`)
        await element?.click()
      })
    },
  }
}
