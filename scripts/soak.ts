import { rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { build } from 'tsup'
import type { SoakNews, SoakTask } from '../test/simulation/support/soak-worker'

// The long simulation: `npm run soak -- --runs 100000`, with `--seed` for the same again.
// One failure again: `--seed … --path …`, or `--schedule '…'`, both as the failure printed them.

/** Schedules that one worker plays before it tells how it goes. A failure names the seed of its batch. */
const RUNS_PER_SEED = 250
/** Inside of `node_modules`, where the bundle finds its packages and git looks away. A folder for each run. */
const BUNDLE_FOLDER = join('node_modules', '.cache', `powerup-oauth-soak-${process.pid}`)

const { values } = parseArgs({
  args: withJoinedNumbers(process.argv.slice(2)),
  options: {
    runs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    path: { type: 'string' },
    schedule: { type: 'string' },
    workers: { type: 'string', default: String(Math.min(2, availableParallelism())) },
  },
})

try {
  process.exitCode = await soak(tasks())
} finally {
  rmSync(BUNDLE_FOLDER, { recursive: true, force: true })
}

/** Joins a negative number to the name of its option: `parseArgs` would take `-123` for an option of its own. */
function withJoinedNumbers(args: readonly string[]): string[] {
  const joined: string[] = []
  for (const arg of args) joined.push(/^-\d/.test(arg) ? `${joined.pop()}=${arg}` : arg)
  return joined
}

function tasks(): readonly SoakTask[] {
  const seed = Number(values.seed)
  if (values.schedule !== undefined) return [{ kind: 'play', schedule: JSON.parse(values.schedule) }]
  if (values.path !== undefined) return [{ kind: 'again', seed, path: values.path }]
  const workers = Number(values.workers)
  const batches = Math.ceil(Number(values.runs) / RUNS_PER_SEED)
  const seeds = Array.from({ length: batches }, (_, batch) => seed + batch)
  console.log(
    `${batches * RUNS_PER_SEED} schedules, seeds ${seed} to ${seed + batches - 1}, ${workers} workers`,
  )
  return Array.from({ length: workers }, (_, worker) => ({
    kind: 'explore',
    seeds: seeds.filter((_, batch) => batch % workers === worker),
    runsPerSeed: RUNS_PER_SEED,
  }))
}

async function soak(tasks: readonly SoakTask[]): Promise<number> {
  const bundle = await bundled()
  const beganAt = Date.now()
  const total = { runs: 0, steps: 0, failures: 0 }
  const counts: Record<string, number> = {}

  const tell = ({ runs, steps, counts: more, failure, told }: SoakNews) => {
    if (told !== undefined) console.log(told)
    total.runs += runs
    total.steps += steps
    for (const [what, times] of Object.entries(more)) counts[what] = (counts[what] ?? 0) + times
    if (failure !== undefined) {
      total.failures++
      console.log(`\n${failure}\n`)
    }
    const seconds = (Date.now() - beganAt) / 1_000
    const megabytes = Math.round(process.memoryUsage().rss / 1_000_000)
    const rate = Math.round(total.runs / seconds)
    console.log(`${total.runs} schedules, ${total.failures} failed, ${rate} a second, ${megabytes} MB`)
  }
  await Promise.all(tasks.map((task) => run(bundle, task, tell)))
  console.log(JSON.stringify(Object.fromEntries(Object.entries(counts).sort()), undefined, 1))
  console.log(`${total.runs} schedules, ${total.steps} steps, ${total.failures} failures`)
  return total.failures === 0 ? 0 : 1
}

/** One file, in which loading on demand takes no time: a worker plays several times as fast as from the sources. */
async function bundled(): Promise<string> {
  await build({
    entry: { soak: 'test/simulation/support/soak-worker.ts' },
    outDir: BUNDLE_FOLDER,
    format: 'esm',
    target: 'node20',
    platform: 'node',
    splitting: false,
    silent: true,
    config: false,
  })
  return join(process.cwd(), BUNDLE_FOLDER, 'soak.js')
}

function run(bundle: string, task: SoakTask, tell: (news: SoakNews) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(bundle, { workerData: task })
    worker.on('message', tell)
    worker.on('error', reject)
    worker.on('exit', () => resolve())
  })
}
