import { afterAll, beforeAll, expect, it } from 'vitest'
import { type LocalTrello, startLocalTrello } from '../../examples/local-trello/local-trello'
import type { Frame, Tab } from './support/driver'
import { inEachEngine } from './support/engines'
import { buildReactExample, frameOf, PROMPT_BUTTON } from './support/example-pages'
import { answerConsent } from './support/stage'

/** What the prompt is about; `undefined`: it shows nothing. */
async function showsPrompt(frame: Frame, situation: string | undefined): Promise<void> {
  await frame.waitFor(
    (wanted: string | null) => {
      const prompt = document.querySelector('powerup-oauth-prompt')
      return prompt?.matches(':defined') && (prompt.situation ?? null) === wanted
    },
    { args: [situation ?? null] as const },
  )
}

async function shows(frame: Frame, words: string): Promise<void> {
  await frame.waitFor(`document.body.innerText.includes(${JSON.stringify(words)})`)
}

inEachEngine('the example Power-Up', (_engine, browser) => {
  let trello: LocalTrello
  let board: Tab
  let section: Frame
  beforeAll(async () => {
    trello = await startLocalTrello({ port: 0, quiet: true })
    board = await browser().openTab(trello.boardUrl({ openCard: true }))
    section = frameOf(board, 'section')
  })
  afterAll(() => trello.close())

  it('the card connects, and greets by name', async () => {
    await showsPrompt(section, 'connect')
    await answerConsent(await browser().popupOf(() => section.click(PROMPT_BUTTON)))
    await shows(section, `Hello, ${trello.members[0].fullName}!`)
    await showsPrompt(section, undefined)
  })

  it('a token that has run out is refreshed unseen', async () => {
    trello.expireAccessTokens()
    trello.log.clear()
    await section.click('#again')
    await section.waitFor('document.body.dataset.greeted === "2"')
    expect(trello.log.tokenRequests).toHaveLength(1)
  })

  it('a dead grant makes the card ask to connect again, and go on where it was', async () => {
    trello.revokeGrants()
    await section.click('#again')
    await showsPrompt(section, 'revoked')
    await answerConsent(await browser().popupOf(() => section.click(PROMPT_BUTTON)))
    await section.waitFor('document.body.dataset.greeted === "3"')
  })

  it('the popup of the board button counts the cards', async () => {
    await board.click('#close-card')
    await board.click('[data-test="board-button-0"]')
    await shows(frameOf(board, 'popup'), 'Ideas: 2 cards')
  })

  it('Disconnect in the settings shows on the card', async () => {
    await board.click('#power-ups')
    await shows(board, 'Account authorized')
    await board.click('#settings-power-up')
    await frameOf(board, 'popup').click('#disconnect')
    await showsPrompt(frameOf(board, 'popup'), 'connect')
    await board.click('#power-ups')
    await shows(board, 'Account not authorized yet')
    await board.click('.card')
    await showsPrompt(section, 'connect')
  })

  it('no page broke a policy', () => {
    expect(
      browser()
        .consoleMessages()
        .filter((message) => /policy|uncaught/i.test(message)),
    ).toEqual([])
  })
})

inEachEngine(
  'the example in React',
  (_engine, browser) => {
    let trello: LocalTrello
    let built: Awaited<ReturnType<typeof buildReactExample>>
    beforeAll(async () => {
      built = await buildReactExample()
      trello = await startLocalTrello({ port: 0, quiet: true, powerUpDirectory: built.directory })
    })
    afterAll(async () => {
      await trello.close()
      await built.remove()
    })

    it('the card connects, and greets by name', async () => {
      const board = await browser().openTab(trello.boardUrl({ openCard: true }))
      const section = frameOf(board, 'section')
      await showsPrompt(section, 'connect')
      await answerConsent(await browser().popupOf(() => section.click(PROMPT_BUTTON)))
      await shows(section, `Hello, ${trello.members[0].fullName}!`)
      trello.revokeGrants()
      await section.click('main button')
      await showsPrompt(section, 'revoked')
    })
  },
  ['chromium'],
)
