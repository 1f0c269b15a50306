import { parentPort, workerData } from 'node:worker_threads'
import { explore } from './explore'
import { reportOn } from './report'
import type { Schedule } from './schedule'

/** What one worker of the soak is to do. */
export type SoakTask =
  /** Plays batch after batch, each with the next seed of its own. */
  | { kind: 'explore'; seeds: readonly number[]; runsPerSeed: number }
  | { kind: 'again'; seed: number; path: string }
  | { kind: 'play'; schedule: Schedule }

/** What it tells. `failure` is a report for people, `told` is the story of a run that was asked for. */
export interface SoakNews {
  runs: number
  steps: number
  counts: Record<string, number>
  failure?: string
  told?: string
}

/** A number of runs after which fast-check stops for sure once its path is followed. */
const ONE = 1

for await (const news of work(workerData as SoakTask)) parentPort?.postMessage(news)

async function* work(task: SoakTask): AsyncGenerator<SoakNews> {
  if (task.kind === 'explore') {
    for (const seed of task.seeds) yield await batch({ numRuns: task.runsPerSeed, seed })
  } else if (task.kind === 'again') {
    yield await batch({ numRuns: ONE, seed: task.seed, path: task.path })
  } else {
    const { violations, text } = await reportOn(task.schedule)
    yield { runs: 1, steps: 0, counts: {}, [violations > 0 ? 'failure' : 'told']: text }
  }
}

async function batch(options: { numRuns: number; seed: number; path?: string }): Promise<SoakNews> {
  const news: SoakNews = { runs: 0, steps: 0, counts: {} }
  const failure = await explore(options, ({ steps, counts }) => {
    news.runs++
    news.steps += steps
    for (const [what, times] of Object.entries(counts)) news.counts[what] = (news.counts[what] ?? 0) + times
  })
  return failure === '' ? news : { ...news, failure }
}
