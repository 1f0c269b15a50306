import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PromptSituation, PromptTexts } from '../../src/prompt/texts'
import { runSnippet } from '../unit/docs/snippets'
import { axeViolations } from './support/axe'
import { inChromium, inEachEngine } from './support/engines'
import { causes, type Gallery, openGallery, openPromptHost, showExpression } from './support/prompt-gallery'

const situations = Object.keys(causes) as PromptSituation[]

inChromium('the prompt in a frame 300 pixels wide', () => {
  let gallery: Gallery

  beforeAll(async () => {
    gallery = await openGallery()
  })
  afterAll(() => gallery?.close())

  it('the prompt breaks no policy, however strict', async () => {
    for (const situation of situations) await gallery.show(situation, 'light')
    expect(await gallery.trouble()).toEqual([])
    // The styles are there, none the less.
    expect(await inPrompt('getComputedStyle(button).color')).toBe('rgb(255, 255, 255)')
  })

  it.each(situations)('the prompt clips nothing and can be used by everybody: %s', async (situation) => {
    for (const color of ['light', 'dark'] as const) {
      await gallery.show(situation, color)
      expect(await clipped()).toEqual([])
      expect(await axeViolations(gallery.frame)).toEqual([])
    }
  })

  it('a longer language is not clipped', async () => {
    const { german } = await runSnippet<{ german: PromptTexts }>('docs/prompt.md', 'german')
    for (const situation of situations) {
      await gallery.show(situation, 'light', german)
      expect(await inPrompt('title.textContent')).toBe(german[situation].title)
      expect(await clipped()).toEqual([])
    }
  })

  it('a frame that becomes narrower grows until its words are whole again', async () => {
    const { page, frame } = gallery
    const widen = (width: string) =>
      page.$eval('iframe', (each, value) => each.style.setProperty('width', value), width)
    await widen('460px')
    await gallery.show('storageUnavailable', 'light')
    const isAsHighAsItsPage = () =>
      innerWidth === 460 && innerHeight === Math.ceil(document.body.getBoundingClientRect().bottom)
    await frame.waitForFunction(isAsHighAsItsPage)
    const wide = await frame.evaluate('innerHeight')
    await widen('300px')
    await frame.waitForFunction((height) => innerHeight > Number(height), {}, wide)
    expect(await clipped()).toEqual([])
    expect(await gallery.trouble()).toEqual([])
    await gallery.screenshot('screenshots/narrowed.png')
    await widen('')
  })

  it('a frame that is wider only while its words change is as high as its page', async () => {
    const { frame } = gallery
    await gallery.show('storageUnavailable', 'light')
    const isAsHighAsItsPage = () => innerHeight === Math.ceil(document.body.getBoundingClientRect().bottom)
    await frame.waitForFunction(isAsHighAsItsPage)
    // What a ResizeObserver has to say it says with the next frame.
    await frame.evaluate(
      () => new Promise((told) => requestAnimationFrame(() => requestAnimationFrame(told))),
    )
    const width = (value: string) => `frameElement.style.width = '${value}'`
    const meanwhile = `${showExpression('connect')}; ${showExpression('storageUnavailable')}`
    const isLower = `document.body.offsetHeight > frameElement.offsetHeight`
    expect(await frame.evaluate(`${width('460px')}; ${meanwhile}; ${width('300px')}; ${isLower}`)).toBe(true)
    await frame.waitForFunction(isAsHighAsItsPage)
    expect(await clipped()).toEqual([])
    await frame.evaluate(width(''))
  })

  it('this test notices text that is clipped or can hardly be read', async () => {
    const word = 'Donaudampfschifffahrtsgesellschaft'.repeat(4)
    await gallery.show('connect', 'light', { connect: { title: word } })
    expect(await clipped()).toEqual([])
    await inPrompt('title.style.whiteSpace = "nowrap", title.style.overflowWrap = "normal"')
    expect(await clipped()).not.toEqual([])
    await inPrompt('title.style.whiteSpace = title.style.overflowWrap = "", text.style.color = "#bbb"')
    expect(await axeViolations(gallery.frame)).toEqual([expect.stringMatching(/^color-contrast at .*text/)])
    await inPrompt('text.style.color = ""')
  })

  it('the prompt has the colours of Trello where the page has them', async () => {
    await gallery.show('connect', 'dark')
    const token = (name: string, value: string) =>
      gallery.frame.evaluate(`document.documentElement.style.setProperty('${name}', '${value}')`)
    await token('--ds-background-brand-bold', '#123456')
    // At rest, once what was there before has faded.
    await gallery.frame.waitForFunction(
      `getComputedStyle(${inShadow('button')}).backgroundColor === 'rgb(18, 52, 86)'`,
    )
    await token('--ds-background-brand-bold', '')
  })

  it.each([
    ['light', 'dark'],
    ['dark', 'light'],
  ] as const)('the prompt can be read on a page that stays %s on a %s board', async (page, board) => {
    const { frame } = gallery
    await frame.evaluate(`document.documentElement.style.colorScheme = '${page}'`)
    await frame.evaluate('document.body.style.background = "Canvas"')
    await gallery.show('connect', board)
    expect(await axeViolations(frame)).toEqual([])
    expect(await inPrompt('getComputedStyle(title.closest("[part=prompt]")).borderRadius')).toBe('4px')
    await frame.evaluate('document.body.style.background = document.documentElement.style.colorScheme = ""')
    await gallery.show('connect', page)
    expect(await inPrompt('getComputedStyle(title.closest("[part=prompt]")).borderRadius')).toBe('0px')
  })

  it('the hidden attribute hides the prompt, whatever the page says of its display', async () => {
    await gallery.show('connect', 'light')
    const display = 'getComputedStyle(root.host).display'
    expect(await inPrompt(`root.host.style.display = 'flex', root.host.hidden = true, ${display}`)).toBe(
      'none',
    )
    expect(await inPrompt(`root.host.style.display = '', root.host.hidden = false, ${display}`)).toBe('block')
  })

  it('the button has a border where colours are forced', async () => {
    await gallery.show('connect', 'light')
    const borderColor = 'getComputedStyle(button).borderColor'
    expect(await inPrompt(borderColor)).toBe('rgba(0, 0, 0, 0)')
    const devTools = await gallery.page.createCDPSession()
    const force = (value: string) =>
      devTools.send('Emulation.setEmulatedMedia', {
        features: [
          { name: 'forced-colors', value },
          { name: 'prefers-reduced-motion', value: 'reduce' },
        ],
      })
    await force('active')
    expect(await inPrompt(borderColor)).toMatch(/^rgb\(/)
    await force('none')
  })

  it('a keyboard is enough to use the prompt', async () => {
    const { page, frame } = gallery
    await gallery.show('connect', 'light')
    await page.focus('iframe')
    await page.keyboard.press('Tab')
    expect(await inPrompt('root.activeElement === button')).toBe(true)
    expect(await inPrompt('getComputedStyle(button).outlineStyle')).toBe('solid')
    await page.keyboard.press('Enter')
    expect(await situation()).toBe('inProgress')
    expect(await inPrompt('root.activeElement === button && button.textContent')).toBe('Cancel')
    await page.keyboard.press('Space')
    await frame.waitForFunction('document.querySelector("powerup-oauth-prompt").situation === "connect"')
    expect(await inPrompt('root.activeElement === button && button.textContent')).toBe('Connect')
    expect(await frame.evaluate('activations.at(-1)')).toBe(true)
  })

  it('the button calls authorize() while a window may be opened, and forgives a double click', async () => {
    const { page, frame } = gallery
    await gallery.show('expired', 'light')
    await frame.evaluate('activations.length = 0')
    const button = await frame.$('powerup-oauth-prompt >>> button')
    await button?.click({ count: 2 })
    expect(await frame.evaluate('activations')).toEqual([true])
    expect(await situation()).toBe('inProgress')
    await page.mouse.move(0, 0)
  })

  const situation = () => gallery.frame.evaluate('document.querySelector("powerup-oauth-prompt").situation')

  function inPrompt(expression: string): Promise<unknown> {
    const [title, text, button] = ['[part=title]', '[part=text]', 'button'].map(inShadow)
    return gallery.frame.evaluate(`((root, title, text, button) => (${expression}))
      (document.querySelector("powerup-oauth-prompt").shadowRoot, ${title}, ${text}, ${button})`)
  }

  /** What of the frame or of the prompt is not to be seen whole. */
  function clipped(): Promise<unknown> {
    return gallery.frame.evaluate(`[document.documentElement, ...${ALL_PARTS}].flatMap((element) => {
      const { right, bottom } = element.getBoundingClientRect()
      const fits = element.scrollWidth <= element.clientWidth && right <= innerWidth && bottom <= innerHeight
      return fits ? [] : [element.part.value || element.localName]
    })`)
  }
})

inEachEngine('the prompt under a strict policy', (_engine, browser) => {
  it('the prompt is styled, and breaks nothing of the policy', async () => {
    const host = await openPromptHost()
    try {
      const frame = (await browser().openTab(host.url)).frame('iframe')
      await frame.waitFor('window.isReady')
      for (const situation of situations) {
        expect(await frame.evaluate(showExpression(situation, 'dark'))).toBe(situation)
      }
      expect(await frame.evaluate('trouble')).toEqual([])
      const style = `getComputedStyle(${inShadow('[part=title]')})`
      expect(await frame.evaluate(`[${style}.color, ${style}.fontWeight]`)).toEqual([
        'rgb(199, 209, 219)',
        '600',
      ])
      expect(await frame.evaluate('innerHeight')).toBeGreaterThan(100)
    } finally {
      await host.close()
    }
  })
})

const ALL_PARTS = 'document.querySelector("powerup-oauth-prompt").shadowRoot.querySelectorAll("[part]")'

function inShadow(selector: string): string {
  return `document.querySelector("powerup-oauth-prompt").shadowRoot.querySelector("${selector}")`
}
