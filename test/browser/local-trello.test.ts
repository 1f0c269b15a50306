import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalTrello, startLocalTrello } from '../../examples/local-trello/local-trello'
import type { Frame, Tab } from './support/driver'
import { inEachEngine } from './support/engines'
import { until } from './support/until'

inEachEngine('a Power-Up with every capability on the local Trello', (_engine, browser) => {
  let trello: LocalTrello
  let board: Tab
  let connector: Frame

  beforeAll(async () => {
    trello = await startLocalTrello({
      port: 0,
      quiet: true,
      packageDirectory: false,
      powerUpDirectory: resolve('test/browser/fixtures/every-capability'),
    })
    board = await browser().openTab(trello.boardUrl())
    connector = board.frame('iframe[data-frame="connector"]')
    await board.waitFor('document.querySelector("#board-buttons").children.length > 0')
  })
  afterAll(() => trello.close())

  const calls = () => connector.evaluate<unknown[][]>('calls')
  const frame = (kind: string) => board.frame(`iframe[data-frame="${kind}"]`)
  const says = (kind: string, from: string) =>
    frame(kind).waitFor(`document.querySelector("#from")?.textContent === ${JSON.stringify(from)}`)
  const press = (words: string) =>
    board.evaluate((wanted: string) => {
      const shown = [...document.querySelectorAll<HTMLElement>('button, a')].filter(
        (each) => each.textContent?.trim() === wanted && each.getClientRects().length > 0,
      )
      if (shown.length !== 1) throw new Error(`${shown.length} buttons say ${wanted}`)
      // As a mouse does it: popups close when something else is pressed.
      shown[0]?.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }))
      shown[0]?.click()
    }, words)
  const shows = (words: string) => board.waitFor(`document.body.innerText.includes(${JSON.stringify(words)})`)
  const popup = () =>
    board.evaluate<string | null>(
      'document.querySelector("#popup").hidden ? null : document.querySelector("#popup-title").textContent',
    )
  const closedPopup = () => board.waitFor('document.querySelector("#popup").hidden')

  describe('on the board', () => {
    it('buttons have texts of the locale, links, and conditions', async () => {
      const buttons = await board.evaluate<string[]>(
        '[...document.querySelectorAll("#board-buttons > *")].map((each) => each.textContent)',
      )
      expect(buttons).toEqual(['Menu of Ada', 'Search', 'Modal', 'Bar', 'A link'])
    })

    it('cards have badges, some of which are asked again', async () => {
      await board.waitFor('document.querySelectorAll(".power-up-badges .badge").length >= 10')
      const badges = await board.evaluate<string[]>(
        '[...document.querySelectorAll(".card .power-up-badges")].map((each) => each.textContent)',
      )
      expect(badges[0]).toMatch(/^1n\d+$/)
    })

    it('a popup of items leads to a page, and back', async () => {
      await press('Menu of Ada')
      await shows('A page')
      await press('A page')
      await says('popup', 'item')
      expect(await popup()).toBe('Page')
      await board.click('#popup-back')
      await shows('Sure?')
      expect(await popup()).toBe('Menu')
      await press('Close')
      await closedPopup()
    })

    it('a question has two answers', async () => {
      await press('Menu of Ada')
      await shows('Sure?')
      await press('Sure?')
      await shows('It is for good.')
      await press('No')
      await shows('When?')
      await press('Sure?')
      await shows('It is for good.')
      await press('Yes')
      await closedPopup()
      expect(await calls()).toContainEqual(['confirmed'])
    })

    it('a date is chosen', async () => {
      await press('Menu of Ada')
      await shows('When?')
      await press('When?')
      await shows('Save')
      await press('Save')
      await closedPopup()
      expect(await calls()).toContainEqual(['date', '2026-12-24'])
    })

    it('a search asks the Power-Up for what was typed', async () => {
      await press('Search')
      await shows('Cid')
      await board.evaluate(() => {
        const input = document.querySelector<HTMLInputElement>('#popup input')
        if (input === null) throw new Error('There is no search field')
        input.value = 'bo'
        input.dispatchEvent(new Event('input'))
      })
      await board.waitFor('document.querySelectorAll("#popup .menu-item").length === 1')
      await press('Bob')
      await board.waitFor('document.querySelector("#alert").textContent === "Found Bob"')
      expect(await board.evaluate('document.querySelector("#alert").dataset.display')).toBe('success')
    })

    it('a modal takes the place of a popup that closes, is changed, and tells that it closed', async () => {
      await press('Modal')
      await says('modal', 'modal')
      expect(await popup()).toBe(null)
      await board.click('#modal-actions button')
      await board.waitFor('document.querySelector("#modal").classList.contains("fullscreen")')
      expect(await board.text('#modal-title')).toBe('Wider')
      await board.click('#modal-close')
      await until('the Power-Up hears of it', async () =>
        (await calls()).some(([name]) => name === 'modal closed'),
      )
    })

    it.each([
      ['#leave', 'closed popup'],
      ['#leave-slowly', 'popup that waited'],
    ])('a page in a popup closes it and opens a modal in a row: %s', async (button, from) => {
      await press('Menu of Ada')
      await shows('A page')
      await press('A page')
      await says('popup', 'item')
      await frame('popup').click(button)
      await says('modal', from)
      expect(await popup()).toBe(null)
      await board.click('#modal-close')
      await board.waitFor('document.querySelector("#modal").hidden')
    })

    it('a popup over a modal closes first when Escape is pressed', async () => {
      await press('Modal')
      await says('modal', 'modal')
      await frame('modal').click('#again')
      await says('popup', 'again')
      await frame('popup').evaluate('window.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }))')
      await closedPopup()
      expect(await board.evaluate('document.querySelector("#modal").hidden')).toBe(false)
      await board.evaluate('document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }))')
      await board.waitFor('document.querySelector("#modal").hidden')
    })

    it('a board bar lies under the lists', async () => {
      await press('Bar')
      await says('board-bar', 'bar')
      await board.click('#board-bar-close')
      await board.waitFor('document.querySelector("#board-bar").hidden')
    })

    it('a list has actions, and is sorted', async () => {
      await board.click('[data-list] .menu')
      await shows('List action')
      await press('List action')
      await until('the Power-Up hears of it', async () => (await calls()).some(([name]) => name === 'list'))
      expect(await calls()).toContainEqual(['list', 'Ideas'])
      await press('Sort by name')
      await board.waitFor('document.querySelector(".card .name").textContent === "Ask for a larger tent"')
    })

    it('a link becomes a card, by the Power-Up or as it is', async () => {
      for (const url of ['https://made.example/1', 'https://other.example/2']) {
        await board.evaluate((link: string) => {
          const input = document.querySelector<HTMLInputElement>('.add-card input')
          if (input === null) throw new Error('There is no field')
          input.value = link
          input.form?.requestSubmit()
        }, url)
      }
      await shows('Made of a link')
      await shows('https://other.example/2')
    })

    it('the menu leads to settings and authorization, and tells of adding and taking off', async () => {
      await board.click('#power-ups')
      await shows('Account not authorized yet')
      await press('Edit settings')
      await says('popup', 'settings')
      await board.click('#power-ups')
      await shows('Account not authorized yet')
      await press('Authorize account')
      await says('popup', 'authorize')
      for (const [words, name] of [
        ['Add it once more', 'on-enable'],
        ['Take it off the board', 'on-disable'],
        ['Remove personal data', 'remove-data'],
      ] as const) {
        await board.click('#power-ups')
        await shows(words)
        await press(words)
        await until(`it hears of ${name}`, async () => (await calls()).some(([called]) => called === name))
        await closedPopup()
      }
    })
  })

  describe('on a card', () => {
    it('section, badges, buttons, attachments and links are shown', async () => {
      await board.evaluate(
        `[...document.querySelectorAll('.card')].find((each) => each.textContent.includes('choir')).click()`,
      )
      await says('section', 'section')
      await says('attachment-section', 'attachment')
      await shows('A late title')
      await shows('Formatted choir.example')
      await shows('Detail')
      await press('More')
      await press('Act')
      await press('Card')
      await until('the Power-Up hears of it', async () => (await calls()).some(([name]) => name === 'card'))
      expect(await calls()).toContainEqual(['card', 'Invite the choir'])
      expect(
        (await calls()).filter(([name]) => name === 'detail' || name === 'section action'),
      ).toMatchObject([
        ['detail', true, {}],
        ['section action', true, {}],
      ])
    })

    it('an attachment of t.attach is shown with the thumbnail of the Power-Up', async () => {
      await frame('section').evaluate('t.attach({ name: "Thumb", url: "https://a.example/thumb" })')
      await shows('With a picture')
      await shows('Look')
    })

    it('t.hideCard and t.showCard close and open it', async () => {
      const id = await frame('section').evaluate<string>('t.getContext().card')
      await frame('section').evaluate('void t.hideCard()')
      await board.waitFor('document.querySelector("#card").hidden')
      await connector.evaluate(`TrelloPowerUp.indexConnector.showCard(${JSON.stringify(id)})`)
      await says('section', 'section')
    })
  })

  describe('t in a frame', () => {
    it('promises are Bluebird’s, with filtered catch, tap and done', async () => {
      const result = await frame('section').evaluate(`t.get('nothing', 'private')
        .catch(TypeError, () => 'wrong')
        .catch(Error, (error) => error.message)
        .tap(() => { window.tapped = true })
        .finally(() => { window.ended = true })`)
      expect(result).toBe('Invalid scope: nothing')
      expect(await frame('section').evaluate('[tapped, ended, typeof t.sizeTo(90).done]')).toEqual([
        true,
        true,
        'function',
      ])
      expect(
        await frame('section').evaluate('TrelloPowerUp.Promise.resolve(1) instanceof TrelloPowerUp.Promise'),
      ).toBe(true)
    })

    it('texts are localized, also those of attributes', async () => {
      expect(await frame('section').text('[data-i18n-id]')).toBe('Hello, Bob')
      expect(await frame('section').evaluate('document.querySelector("[data-i18n-id]").title')).toBe(
        'A title',
      )
      expect(
        await frame('section').evaluate('t.localizeKeys(["title", ["hello", { name: "Cid" }]])'),
      ).toEqual(['A title', 'Hello, Cid'])
    })

    it('a signed address carries the context and the arguments', async () => {
      const signed = await frame('section').evaluate<string>('t.signUrl("./other.html#old", { a: 1 })')
      const { hash, pathname } = new URL(signed)
      expect(pathname).toBe('/other.html')
      expect(JSON.parse(decodeURIComponent(hash.slice(1)))).toMatchObject({
        args: { a: 1 },
        context: { board: trello.boards[0].id },
        secret: expect.any(String),
      })
    })

    it('secrets, colours, safe texts and errors are there', async () => {
      expect(
        await frame('section').evaluate(`t.storeSecret('key', 'hidden').then(() => t.loadSecret('key'))`),
      ).toBe('hidden')
      expect(
        await frame('section').evaluate(
          `t.clearSecret('key').then(() => t.loadSecret('key')).catch((e) => e.message)`,
        ),
      ).toBe('Unable to load secret')
      expect(await frame('section').evaluate('t.safe("<b>&</b>")')).toBe('&#60;b&#62;&#38;&#60;&#47;b&#62;')
      expect(await frame('section').evaluate('TrelloPowerUp.util.colors.namedColorStringToHex("blue")')).toBe(
        '#0079bf',
      )
      expect(await frame('section').evaluate('t.getColorToken("color.text.subtle", "#000")')).toBe(
        'var(--ds-text-subtle, #000)',
      )
      expect(await frame('section').evaluate('t.getComputedColorToken("color.text") !== ""')).toBe(true)
      const named = 'TrelloPowerUp.util.makeErrorEnum("mine", ["Odd"]).Odd("words")'
      expect(
        await frame('section').evaluate(`[${named}.name, ${named}.message, ${named} instanceof Error]`),
      ).toEqual(['mine::Odd', 'words', true])
    })

    it('a ticket of t.jwt has three parts', async () => {
      expect(await frame('section').evaluate('t.jwt({ state: "s" })')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
    })

    it('the API is asked at its own address, with fetch, a Request and XMLHttpRequest', async () => {
      const token = trello.legacyTokens.issue(trello.members[0].id)
      const query = `?fields=username&key=k&token=${token}`
      const asked = await frame('section').evaluate(`Promise.all([
        fetch('https://api.trello.com/1/members/me${query}').then((answer) => answer.json()),
        fetch(new Request('https://api.trello.com/1/cards/' + t.getContext().card + '/actions/comments${query}', {
          method: 'POST', body: new URLSearchParams({ text: 'From a Request' }),
        })).then((answer) => answer.json()),
        new Promise((resolve) => {
          const request = new XMLHttpRequest()
          request.open('GET', 'https://api.trello.com/1/members/me${query}')
          request.onload = () => resolve(JSON.parse(request.responseText))
          request.send()
        }),
      ])`)
      expect(asked).toMatchObject([
        { username: 'amaokafor' },
        { data: { text: 'From a Request' } },
        { username: 'amaokafor' },
      ])
      await shows('From a Request')
    })
  })

  it('what is not there, and what a strict policy would block, is named in the log', async () => {
    const words = () => trello.log.lines.filter(({ isBad }) => isBad).map((line) => line.words)
    expect(words()).toContain('The local Trello has no capability "card-confetti"')
    await until('the browser reports', async () =>
      words().some((line) => line.startsWith('A strict policy would block something inline in /index.html')),
    )
  })

  it('the theme of the board comes through to the frames', async () => {
    await board.evaluate(() => {
      const theme = document.querySelector<HTMLSelectElement>('#theme')
      if (theme === null) throw new Error('There is no theme')
      theme.value = 'dark'
      theme.dispatchEvent(new Event('change'))
    })
    await frame('section').waitFor('document.documentElement.dataset.colorMode === "dark"')
    expect(await frame('section').evaluate('t.getContext().theme')).toBe('dark')
  })

  it('a frame that is still loading gets the theme that was chosen meanwhile', async () => {
    await board.evaluate(() => {
      document.querySelector<HTMLElement>('#close-card')?.click()
      document.querySelector<HTMLElement>('button.card')?.click()
      new MutationObserver((_, observer) => {
        const theme = document.querySelector<HTMLSelectElement>('#theme')
        if (theme === null || document.querySelector('iframe[data-frame="section"]') === null) return
        observer.disconnect()
        theme.value = 'light'
        theme.dispatchEvent(new Event('change'))
      }).observe(document.body, { childList: true, subtree: true })
    })
    await frame('section').waitFor('document.documentElement.dataset.colorMode === "light"')
  })

  describe('the dock of the stand-in', () => {
    const isHidden = (id: string) => board.evaluate<boolean>(`document.querySelector('#${id}').hidden`)
    const pressKey = (selector: string, key: string) =>
      board.evaluate(
        (where: string, pressed: string) => {
          const event = new KeyboardEvent('keydown', { key: pressed, bubbles: true, cancelable: true })
          document.querySelector(where)?.dispatchEvent(event)
        },
        selector,
        key,
      )

    it('is beside an open card, and a preset is one click', async () => {
      expect(await isHidden('card')).toBe(false)
      await board.click('#show-switches')
      await shows('Trello is down')
      await press('Too many requestsThe API answers the next three calls with 429.')
      await until('the switch is turned', async () => trello.switches.get().api === '429')
      await press('Everything as usual')
      await until('the switch is back', async () => trello.switches.get().api === 'ok')
      expect(await isHidden('card')).toBe(false)
    })

    it('a popup stays open while something is pressed there', async () => {
      await press('Menu of Ada')
      await shows('Sure?')
      await board.click('#show-log')
      expect(await popup()).toBe('Menu')
      await board.click('#popup-close')
    })

    it('Escape in it closes it and gives the focus back; the next one closes the card', async () => {
      await pressKey('#close-dock', 'Escape')
      expect(await isHidden('dock')).toBe(true)
      expect(await board.evaluate('document.activeElement.id')).toBe('show-log')
      expect(await isHidden('card')).toBe(false)
      await pressKey('body', 'Escape')
      expect(await isHidden('card')).toBe(true)
    })

    it('a window takes the focus and gives it back', async () => {
      await board.evaluate('document.querySelector(".card button, button.card").focus()')
      const before = await board.evaluate<string>('document.activeElement.dataset.card')
      await board.evaluate('document.activeElement.click()')
      await says('section', 'section')
      expect(await board.evaluate('document.activeElement.id')).toBe('card')
      await pressKey('body', 'Escape')
      expect(await board.evaluate('document.activeElement.dataset.card')).toBe(before)
    })
  })
})
