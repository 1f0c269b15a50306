import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type LocalTrello, startLocalTrello } from '../../examples/local-trello/local-trello'
import { inEachEngine } from './support/engines'
import { answerConsent } from './support/stage'

/** The folder that docs/getting-started.md makes, as it says. */
let folder: string
let trello: LocalTrello

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'my-power-up-'))
  const page = await readFile('docs/getting-started.md', 'utf8')
  const [, copied = ''] = page.match(/^cp (.+) \.\.\/my-power-up\/$/m) ?? []
  for (const file of copied.split(' ')) await cp(file, join(folder, file.split('/').at(-1) ?? ''))
  for (const [, name = '', content = ''] of page.matchAll(/<!-- file: (.+) -->\n```\w+\n([\s\S]*?)```/g)) {
    await writeFile(join(folder, name), content)
  }
  trello = await startLocalTrello({
    port: 0,
    quiet: true,
    powerUpDirectory: folder,
    packageDirectory: false,
  })
})
afterAll(async () => {
  await trello.close()
  await rm(folder, { recursive: true })
})

inEachEngine(
  'docs/getting-started.md',
  (_engine, browser) => {
    it('the page leads to the first call, as it is written there', async () => {
      const board = await browser().openTab(trello.boardUrl({ openCard: true }))
      const section = board.frame('iframe[data-frame="section"]')
      const asksTo = (situation: string) =>
        section.waitFor(
          (wanted: string) => document.querySelector('powerup-oauth-prompt')?.situation === wanted,
          { args: [situation] as const },
        )
      await asksTo('connect')
      await answerConsent(await browser().popupOf(() => section.click('powerup-oauth-prompt >>> button')))
      await section.waitFor(
        (name: string) => document.querySelector('p')?.textContent === `Hello, ${name}!`,
        { args: [trello.members[0].fullName] as const },
      )
      trello.revokeGrants()
      await board.reload()
      await asksTo('revoked')
      expect(
        browser()
          .consoleMessages()
          .filter((message) => /policy|uncaught/i.test(message)),
      ).toEqual([])
    })
  },
  ['chromium'],
)
