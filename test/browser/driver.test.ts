import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PageError, type Tab } from './support/driver'
import { inEachEngine } from './support/engines'
import { serveThreeHosts, type ThreeHosts } from './support/three-hosts'
import { until } from './support/until'

let hosts: ThreeHosts
beforeAll(async () => {
  hosts = await serveThreeHosts()
})
afterAll(() => hosts.close())

inEachEngine('the driver', (engine, browser) => {
  let board: Tab
  beforeAll(async () => {
    board = await browser().openTab(hosts.trello)
  })

  it('evaluate() gives values, nothing, and what was thrown', async () => {
    const frame = board.frame('#first')
    expect(await frame.evaluate((a: number, b: string) => ({ a, b }), 1, 'two "quoted"')).toEqual({
      a: 1,
      b: 'two "quoted"',
    })
    expect(await frame.evaluate('1 + 1')).toBe(2)
    expect(await frame.evaluate(() => undefined)).toBeUndefined()
    const failing = frame.evaluate(async () => {
      throw Object.assign(new TypeError('no'), { code: 'some' })
    })
    await expect(failing).rejects.toEqual(new PageError({ name: 'TypeError', message: 'no', code: 'some' }))
  })

  it('frames are found by selector and by address, hidden ones too', async () => {
    expect(await board.frame('#connector').url()).toBe(`${hosts.powerup}/frame?connector`)
    expect(await board.frameAt('?second').evaluate(() => location.search)).toBe('?second')
    expect(await board.frameAt(/first$/).text('h1')).toBe('/frame')
  })

  it('a frame that is not found is an error that says why', async () => {
    await expect(board.frame('#none').waitFor('true', { within: 100 })).rejects.toMatchObject({
      message: 'Not within 100 ms: true in #none in the top document',
      cause: { message: 'There is no #none in the top document' },
    })
  })

  it('each of many frames that load at once is reached', async () => {
    for (let load = 0; load < 3; load++) {
      const crowd = await browser().openTab(`${hosts.trello}/many`)
      for (const name of ['connector', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth']) {
        expect(await crowd.frame(`#${name}`).evaluate(() => location.search)).toBe(`?${name}`)
      }
      await crowd.close()
    }
  })

  it('a click happens exactly once', async () => {
    const frame = board.frame('#second')
    for (let click = 1; click <= 10; click++) {
      await frame.click('#count')
      expect(await frame.evaluate('clicks')).toBe(click)
    }
  })

  it('a click is repeated if the element moved away under it', async () => {
    const frame = board.frame('#second')
    await frame.evaluate(() => {
      const button = document.createElement('button')
      button.id = 'shy'
      button.onmousedown = () => {
        button.style.marginLeft = '150px'
      }
      button.onclick = () => Object.assign(window, { caught: true })
      button.append('shy')
      document.body.append(button)
    })
    await frame.click('#shy')
    expect(await frame.evaluate('caught')).toBe(true)
  })

  it('a click works in a window behind another, inside a shadow tree, and after a reload', async () => {
    const other = await browser().openTab(`${hosts.powerup}/other`)
    await board.frame('#first').click('#host >>> button')
    expect(await board.frame('#first').evaluate('inShadow')).toBe(true)
    await board.reload()
    await board.frame('#first').click('#count')
    expect(await board.frame('#first').evaluate('clicks')).toBe(1)
    await other.close()
  })

  it('the driver goes on while a page is still waiting', async () => {
    const waiting = board.frame('#first').evaluate(async () => {
      while (!('released' in window)) await new Promise((resolve) => setTimeout(resolve, 10))
      return 'released'
    })
    await board.frame('#second').click('#count')
    await board.frame('#first').evaluate('released = true')
    expect(await waiting).toBe('released')
  })

  it('a popup whose opener was cut is driven, and seen to close itself', async () => {
    const frame = board.frame('#first')
    const popup = await browser().popupOf(() => frame.click('#cut'))
    await frame.waitFor('opened.closed')
    expect(await popup.text('h1')).toBe('Consent')
    await popup.click('#back')
    await popup.waitFor('location.pathname === "/callback"')
    expect(await popup.evaluate(() => window.opener)).toBeNull()
    await popup.click('#close')
    await until('the popup closes itself', () => popup.isClosed())
    // As a test does that clears up while a window is on its way out.
    await popup.close()
  })

  // WebKitGTK tells nobody what its pages write, and takes no pictures as it is started here.
  if (engine === 'webkit') return
  it('the console of every frame and popup is heard', async () => {
    await board.frame('#second').evaluate('console.warn("heard from a frame")')
    const popup = await browser().popupOf(() => board.frame('#first').click('#popup'))
    await popup.waitFor('document.querySelector("#popup")')
    await popup.evaluate('console.log("heard from a popup")')
    await popup.evaluate(() => void setTimeout(() => Promise.reject(new Error('heard as an error'))))
    for (const text of ['heard from a frame', 'heard from a popup', 'heard as an error']) {
      await until(`"${text}" is heard`, async () =>
        browser()
          .consoleMessages()
          .some((line) => line.includes(text)),
      )
    }
    await popup.close()
  })

  it('the driver takes a picture', async () => {
    const path = join(tmpdir(), `powerup-oauth-picture-${process.pid}.png`)
    await board.screenshot(path)
    expect((await readFile(path)).subarray(1, 4).toString()).toBe('PNG')
    await rm(path)
  })
})
