import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Tab } from './support/driver'
import { inEachEngine } from './support/engines'
import { serveThreeHosts, type ThreeHosts } from './support/three-hosts'

// A harness that leaves the popup blocker or partitioning off makes every other browser test green for nothing.

let hosts: ThreeHosts
beforeAll(async () => {
  hosts = await serveThreeHosts()
})
afterAll(() => hosts.close())

inEachEngine('the platform is what people have', (_engine, browser) => {
  let board: Tab
  beforeAll(async () => {
    board = await browser().openTab(hosts.trello)
  })

  it('the browser blocks a popup that no click asked for', async () => {
    const frame = board.frame('#first')
    const before = (await browser().tabs()).length
    expect(await frame.evaluate(openUnasked, 0)).toBe('null')
    expect(await frame.evaluate(openUnasked, 300)).toBe('null')
    expect(await browser().tabs()).toHaveLength(before)
  })

  it('the browser opens one popup for a click', async () => {
    const frame = board.frame('#first')
    const popup = await browser().popupOf(() => frame.click('#popup'))
    // Firefox shows the empty document first.
    await popup.waitFor('location.pathname === "/popup"')
    expect(await popup.evaluate(() => window.opener !== null)).toBe(true)
    await popup.close()
    expect(await popup.isClosed()).toBe(true)
    await frame.waitFor('opened.closed')
  })

  it('a first-party window of the same origin does not see what the frame stored', async () => {
    const frame = board.frame('#first')
    await frame.evaluate(store, 'kept under trello')
    expect(await board.frame('#second').evaluate(stored)).toEqual(['kept under trello', 'kept under trello'])
    const popup = await browser().popupOf(() => frame.click('#popup'))
    await popup.waitFor('document.querySelector("#popup")')
    expect(await popup.evaluate(() => origin)).toBe(hosts.powerup)
    expect(await popup.evaluate(stored)).toEqual([null, null])
    await popup.close()
  })

  it('*.localhost is a secure context', async () => {
    for (const document of [board, board.frame('#first')]) {
      expect(await document.evaluate(() => isSecureContext)).toBe(true)
      expect(await document.evaluate(() => 'locks' in navigator && 'subtle' in crypto)).toBe(true)
    }
  })
})

// What follows runs in the page.

function openUnasked(delay: number): Promise<string> {
  return new Promise((resolve) => {
    const open = () => resolve(String(window.open('/popup', '_blank', 'popup,width=500,height=400')))
    if (delay === 0) open()
    else setTimeout(open, delay)
  })
}

async function store(value: string): Promise<void> {
  localStorage.setItem('kept', value)
  await new Promise((resolve, reject) => {
    const opening = indexedDB.open('kept', 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore('values')
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const writing = opening.result.transaction('values', 'readwrite')
      writing.objectStore('values').put(value, 'kept')
      writing.oncomplete = resolve
      writing.onerror = () => reject(writing.error)
    }
  })
}

async function stored(): Promise<(string | null)[]> {
  const inDatabase = await new Promise<string | null>((resolve, reject) => {
    const opening = indexedDB.open('kept', 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore('values')
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const reading = opening.result.transaction('values').objectStore('values').get('kept')
      reading.onsuccess = () => resolve(reading.result ?? null)
      reading.onerror = () => reject(reading.error)
    }
  })
  return [localStorage.getItem('kept'), inDatabase]
}
