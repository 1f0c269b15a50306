import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '../../scripts/browsers'
import type { Tab } from './support/driver'
import { inEachEngine } from './support/engines'
import { markdownRow, writeToPromises } from './support/promises-table'
import { type Ending, openScene } from './support/scene'
import { openSecretScan, type SecretScan } from './support/secret-scan'
import { races } from './support/sign-in-races'
import type { Scenario } from './support/sign-in-scenario'
import { scenarios as usual } from './support/sign-in-scenarios'
import { openStage, type Stage, signIn } from './support/stage'
import { type Grant, readEntry, writeEntry } from './support/stored-grant'
import { until } from './support/until'

const engines: readonly Engine[] = ['chromium', 'firefox', 'webkit']
const scenarios = [...usual, ...races]
const found = new Map<string, Ending>()

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ isRecorded: true })
})
afterAll(async () => {
  await stage.close()
  if (found.size === scenarios.length * engines.length) writeToPromises('sign-in table', table())
})

inEachEngine('a sign-in', (engine, browser) => {
  let board: Tab
  let scan: SecretScan
  beforeAll(async () => {
    board = await browser().openTab(stage.trello.boardUrl())
    scan = await openSecretScan(stage, browser(), board)
  })

  it.each(scenarios)('the sign-in ends as documented: $name', async (scenario) => {
    const ending = await play(scenario, oldGrant)
    expect(ending).toEqual(expectedIn(engine, scenario))
    found.set(keyOf(engine, scenario), ending)
  })

  /** Plays the scenario; one that is to fail, with `before` in the store. */
  async function play(scenario: Scenario, before: Grant): Promise<Ending> {
    stage.trello.switches.reset()
    stage.trello.log.clear()
    stage.trello.switches.set(scenario.switches ?? {})
    const isOtherBoard = scenario.switches?.boardOpenerPolicy !== undefined
    const scene = await openScene(stage, browser(), scenario.setup?.(stage), isOtherBoard ? undefined : board)
    await scan.watch(scene.board)
    try {
      if (scenario.fails) await writeEntry(scene.frame, { version: 1, attempts: [], record: before })
      const ending = await scene.ending(...(await scenario.play(scene, stage, engine)))
      if (scenario.fails) expect((await readEntry(scene.frame))?.record).toEqual(before)
      const left = scenario.leavesWindows ?? 0
      await until(`${left} windows are left`, async () => {
        const windows = await scene.openWindows()
        if (windows.length === left) return true
        const pages = windows.map((window) => window.evaluate('location.pathname'))
        throw new Error(`There are ${windows.length}, with ${await Promise.all(pages)}`)
      })
      await scan.look(scene)
      return ending
    } finally {
      await scene.end()
    }
  }

  // What a store holds has nothing to do with the engine: once is enough for a grant that is alive.
  if (engine === 'chromium') {
    describe('beside a smaller grant', () => {
      let smallerGrant: Grant
      beforeAll(async () => {
        stage.trello.switches.reset()
        const scene = await openScene(
          stage,
          browser(),
          { options: { scopes: ['read:member:trello'] } },
          board,
        )
        expect(await signIn(browser(), scene.frame)).toBe('authorized')
        smallerGrant = (await readEntry(scene.frame))?.record ?? {}
        await scene.end()
      })

      it.each(scenarios.filter(({ fails }) => fails))(
        'the smaller grant stays at work: $name',
        async (scenario) => {
          const ending = await play(scenario, smallerGrant)
          const expected = expectedIn(engine, scenario)
          const state = expected.state.replace('tokenExpired', 'authorized')
          expect(ending).toEqual({ ...expected, state })
        },
      )
    })
  }

  it('no secret got out in all of these', async () => {
    expect(await scan.leaks()).toEqual([])
  })
})

/** One that has ended, as a failed refresh leaves it. */
const oldGrant: Grant = {
  status: 'expired',
  grantedAt: 1,
  generation: 'an old one',
  scopes: ['read:member:trello'],
  reason: 'revoked',
  since: 2,
}

function expectedIn(engine: Engine, { expected }: Scenario): Ending {
  return typeof expected === 'function' ? expected(engine) : expected
}

function keyOf(engine: Engine, { name }: Scenario): string {
  return `${engine}: ${name}`
}

const names: Record<Engine, string> = { chromium: 'Chromium', firefox: 'Firefox', webkit: 'WebKit' }

const caption = [
  'Written by `test/browser/sign-in.test.ts`. Clicks are those in the Power-Up. Scenarios that fail begin with a grant that',
  'has ended, `tokenExpired`: what was stored is still there. "Unfinished" means that the next click first looks for a',
  'response.',
]

/** One row for each scenario, and one more where engines differ. */
function table(): string[] {
  const head = ['scenario', 'engines', '`authorize()` settles with', 'clicks', 'state after']
  const rows = [head, head.map(() => '---'), ...scenarios.flatMap(rowsOf)]
  return [...caption, '', ...rows.map(markdownRow)]
}

function rowsOf(scenario: Scenario): string[][] {
  const groups = new Map<string, { ending: Ending; engines: Engine[] }>()
  for (const engine of engines) {
    const ending = found.get(keyOf(engine, scenario))
    if (ending === undefined) continue
    const group = groups.get(JSON.stringify(ending)) ?? { ending, engines: [] }
    groups.set(JSON.stringify(ending), { ending, engines: [...group.engines, engine] })
  }
  return [...groups.values()].map(({ ending, engines: same }) => [
    scenario.name,
    same.length === engines.length ? 'all' : same.map((engine) => names[engine]).join(', '),
    ending.results.map((result) => `\`${result}\``).join(', '),
    String(ending.clicks),
    ending.state,
  ])
}
