import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { faultOf, playKillRounds, type RoundOutcome } from '../test/server/support/kill-rounds'
import { keeperPlaces, type PlaceName } from '../test/server/support/places'
import { buildPrograms } from '../test/server/support/programs'
import { ensureNodeWithSqlite } from './node-with-sqlite'
import { ensureService, type Service, type ServiceName, startService } from './services'

// `npm run kill-rounds -- --rounds 100 --store file`: processes with keepers are killed by force in the middle of a refresh, at
// a server with the documented leeway and at one without. Stores: file, sqlite, postgres, redis. `--seed` makes the same choices.

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '100' },
    store: { type: 'string', default: 'file' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
  },
})
const LEEWAYS = { 'with ten minutes of leeway': 600_000, 'without leeway': 0 }

const scratch = mkdtempSync(join(tmpdir(), 'powerup-oauth-kill-rounds-'))
const { programs, remove } = await buildPrograms()
const services: Service[] = []
try {
  const name = nameOf(values.store)
  const ports = {
    postgresPort: name === 'postgres' ? await portOf('postgres') : undefined,
    redisPort: name === 'redis' ? await portOf('redis') : undefined,
    nodeWithSqlite: name === 'sqlite' ? ensureNodeWithSqlite() : undefined,
  }
  for (const [words, leewayMs] of Object.entries(LEEWAYS)) {
    const place = keeperPlaces({ ...ports, programs }, scratch)[name]
    if (place === undefined) throw new Error(`This machine has not what ${name} needs.`)
    const count = Number(values.rounds)
    const seed = Number(values.seed)
    const begun = performance.now()
    const outcomes = await playKillRounds({ place, program: programs.caller, count, seed, leewayMs })
    report(`${name}, ${words}, seed ${seed}`, outcomes, leewayMs, performance.now() - begun)
  }
} finally {
  for (const service of services) await service.stop()
  remove()
  rmSync(scratch, { recursive: true, force: true })
}

function nameOf(text: string): PlaceName {
  if (text === 'file' || text === 'sqlite' || text === 'postgres' || text === 'redis') return text
  throw new Error(`There is no store ${text}; there are file, sqlite, postgres, redis.`)
}

async function portOf(name: ServiceName): Promise<number | undefined> {
  const folder = ensureService(name)
  if (folder === undefined) return undefined
  const service = await startService(name, folder)
  services.push(service)
  return service.port
}

function report(words: string, outcomes: readonly RoundOutcome[], leewayMs: number, ms: number): void {
  const lost = outcomes.filter(({ end }) => end !== 'ok')
  const twice = outcomes.filter(({ answers }) => answers.length > 1)
  const counts = `${outcomes.length} rounds, ${twice.length} answers asked for again, ${lost.length} grants lost`
  console.log(`${words}: ${counts} (${(ms / 1_000).toFixed(0)} s)`)
  for (const { key, death, answers, end } of lost)
    console.log(
      `  ${key}: killed ${death}; server: ${answers.join(', ')}; stored: nothing of it; then ${end}`,
    )
  for (const outcome of outcomes) {
    const fault = faultOf(outcome, leewayMs)
    if (fault === undefined) continue
    console.log(`! ${outcome.key}: ${fault} (${JSON.stringify(outcome)})`)
    process.exitCode = 1
  }
}
