import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { chosenEngines, ensureBrowser } from '../scripts/browsers'
import { ensureNodeWithSqlite } from '../scripts/node-with-sqlite'
import { ensureService, serviceNames } from '../scripts/services'
import { packageChecks } from './package/checks'
import { command, type Outcome, outputOf } from './package/command'
import { sizeChecks } from './package/size'

// `npm test`, or `npm test -- unit browser` for some of the steps. Each step runs, also when one before it failed.

const scratch = mkdtempSync(join(tmpdir(), 'powerup-oauth-test-'))

const steps: Record<string, () => Promise<readonly Outcome[]>> = {
  build: () => check('build', 'tsup'),
  size: sizeChecks,
  package: () => packageChecks(scratch),
  server: async () => [...serverParts(), ...(await vitest('server'))],
  browser: async () => [...(await browsers()), ...(await vitest('browser', 'browser*'))],
  lint: () => check('lint', 'biome', 'ci', '.'),
  types: () => check('types', 'tsc', '--noEmit'),
  unit: () => vitest('unit'),
  simulation: () => vitest('simulation'),
}

/**
 * The steps in their order, and those that go on beside them: servers, disks and browsers are waited for much of the
 * time. Browsers are at work on one side only, and come first there: on a busy machine they lose clicks. What the other
 * side prints follows when it is over.
 */
const stages: readonly { inOrder: readonly string[]; beside?: readonly string[] }[] = [
  { inOrder: ['build', 'size'] },
  { inOrder: ['package', 'lint', 'types'], beside: ['server'] },
  { inOrder: ['browser'], beside: ['unit', 'simulation'] },
]

/** In the environment of a run that goes on beside a step: the file for its outcomes, which it doesn't sum up. */
const OUTCOMES_FILE = 'POWERUP_OAUTH_OUTCOMES'

process.exitCode = await run(process.argv.slice(2))

async function run(wanted: readonly string[]): Promise<number> {
  const unknown = wanted.filter((name) => !(name in steps))
  if (unknown.length > 0) {
    console.error(`There is no step ${unknown.join(', ')}; there are ${Object.keys(steps).join(', ')}`)
    return 2
  }
  const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name)
  const outcomes: Outcome[] = []
  for (const { inOrder, beside = [] } of stages) {
    const main = inOrder.filter(isWanted)
    const others = beside.filter(isWanted)
    const isAlone = main.length === 0
    const ofOthers = isAlone || others.length === 0 ? [] : runBeside(others, main.includes('browser'))
    for (const name of isAlone ? others : main) outcomes.push(...(await runStep(name)))
    outcomes.push(...(await ofOthers))
  }
  rmSync(scratch, { recursive: true, force: true })
  const file = process.env[OUTCOMES_FILE]
  if (file === undefined) return summary(outcomes)
  writeFileSync(file, JSON.stringify(outcomes))
  return 0
}

async function runStep(name: string): Promise<readonly Outcome[]> {
  console.log(`\n── ${name}`)
  const start = Date.now()
  const outcomes = (await steps[name]?.()) ?? []
  console.log(`── ${name}: ${((Date.now() - start) / 1000).toFixed(1)} s`)
  return outcomes
}

/** Runs steps, one after the other, in a process of their own. */
async function runBeside(names: readonly string[], isPatient: boolean): Promise<readonly Outcome[]> {
  const file = join(scratch, `${names.join('-')}.json`)
  const environment = { [OUTCOMES_FILE]: file }
  const { output } = await outputOf('tsx', ['test/run.ts', ...names], {
    environment,
    isPatient,
    stderr: 'pipe',
  })
  process.stdout.write(output)
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return [{ name: `${names.join(', ')}: the run beside came to its end`, result: 'failed' }]
  }
}

function summary(outcomes: readonly Outcome[]): number {
  const passed = outcomes.filter((outcome) => outcome.result === 'passed')
  const skipped = outcomes.filter((outcome) => outcome.result === 'skipped')
  const failed = outcomes.filter((outcome) => outcome.result === 'failed')
  console.log('')
  for (const { name } of skipped) console.log(`skipped: ${name}`)
  for (const { name } of failed) console.log(`failed: ${name}`)
  console.log(`${passed.length} passed, ${failed.length} failed`)
  return failed.length === 0 && passed.length > 0 ? 0 : 1
}

async function check(name: string, program: string, ...args: string[]): Promise<readonly Outcome[]> {
  const { status } = await command(program, args)
  return [{ name, result: status === 0 ? 'passed' : 'failed' }]
}

async function browsers(): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const engine of chosenEngines()) {
    const name = `browser: ${engine} is on this machine`
    try {
      const paths = await ensureBrowser(engine)
      outcomes.push({ name, result: paths === undefined ? 'skipped' : 'passed' })
    } catch (error) {
      console.error(String(error))
      outcomes.push({ name, result: 'failed' })
    }
  }
  return outcomes
}

function serverParts(): readonly Outcome[] {
  const parts = Object.fromEntries(serviceNames.map((name) => [name, () => ensureService(name)]))
  return Object.entries({ ...parts, 'a Node with SQLite': ensureNodeWithSqlite }).map(([part, ensure]) => {
    const name = `server: ${part} is on this machine`
    try {
      return { name, result: ensure() === undefined ? 'skipped' : 'passed' }
    } catch (error) {
      console.error(String(error))
      return { name, result: 'failed' }
    }
  })
}

interface Report {
  testResults: readonly {
    name: string
    status: string
    assertionResults: readonly { fullName: string; status: string }[]
  }[]
}

/** Every test of one project; what went wrong outside of a test, a crash or an empty project too, is one failure. */
async function vitest(name: string, projects = name): Promise<readonly Outcome[]> {
  const report = join(scratch, `${name}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const { status } = await command('vitest', ['run', '--project', projects, ...reporters])
  const outcomes = readReport(report).testResults.flatMap(({ name: file, status, assertionResults }) => {
    const title = `${name}: ${relative(process.cwd(), file)}`
    const tests = assertionResults.map((test) => ({
      name: `${title}: ${test.fullName}`,
      result: resultOf(test.status),
    }))
    const failedOutside = status === 'failed' && tests.every(({ result }) => result !== 'failed')
    return failedOutside ? [...tests, { name: title, result: 'failed' as const }] : tests
  })
  const ran = outcomes.some(({ result }) => result !== 'skipped')
  const failed = outcomes.some(({ result }) => result === 'failed')
  if (!ran) outcomes.push({ name: `${name}: no test ran`, result: 'failed' })
  else if (status !== 0 && !failed)
    outcomes.push({ name: `${name}: vitest ended with ${status}`, result: 'failed' })
  return outcomes
}

function readReport(file: string): Report {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { testResults: [] }
  }
}

function resultOf(status: string): Outcome['result'] {
  if (status === 'passed' || status === 'failed') return status
  return 'skipped'
}
