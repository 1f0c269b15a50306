import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { fileGrants } from '../../src/server/file-grants'
import { startCounter } from './support/counters'

const ROUNDS = 100
const KEY = 'count'
const folder = mkdtempSync(join(tmpdir(), 'powerup-oauth-killed-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/*
 * In each round a process counts, against this one. It kills itself with SIGKILL at a step on the disk that chance gives; in
 * every fourth round it is killed from here, as soon as it has said some numbers. Every fifth round begins with nothing.
 */
it(`is sound after ${ROUNDS} processes that were killed by force`, { timeout: 300_000 }, async () => {
  const store = fileGrants(folder)
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = await store.get(KEY)
    if (before && round % 5 === 0) await store.compareAndSwap(KEY, before.version, undefined)
    const start = Number((await store.get(KEY))?.value ?? 0)

    const isKilledFromHere = round % 4 === 3
    const counter = await startCounter({
      place: { client: 'files', folder },
      key: KEY,
      times: 100_000,
      ...(isKilledFromHere ? {} : { dieAtStep: 1 + Math.floor(Math.random() * 30) }),
    })
    const enough = 1 + Math.floor(Math.random() * 6)
    counter.process.stdout?.on('data', () => {
      if (isKilledFromHere && counter.lines.length >= enough) counter.process.kill('SIGKILL')
    })
    counter.go()
    const told: number[] = []
    let hasEnded = false
    const end = counter.ended.finally(() => {
      hasEnded = true
    })
    while (!hasEnded) told.push(...(await countOnce()))
    expect(await end).toEqual({ code: null, signal: 'SIGKILL', errors: '' })
    told.push(...counter.lines.map(Number))

    const { value } = (await store.get(KEY)) ?? {}
    // What a process was told is written, once. One write of which the killed process was not told may be there too.
    expect(new Set(told).size).toBe(told.length)
    expect(value).toMatch(/^\d+$/)
    expect(Number(value)).toBeGreaterThanOrEqual(Math.max(start, ...told))
    expect(Number(value)).toBeLessThanOrEqual(start + told.length + 1)
    expect(await store.keys()).toEqual([KEY])
  }

  const last = await store.get(KEY)
  expect(await store.compareAndSwap(KEY, last?.version, 'the end')).toBe(true)
  // One value is left, and drafts that are still young.
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  expect(files.filter((file) => !file.parentPath.includes('/new.'))).toHaveLength(1)

  async function countOnce(): Promise<readonly number[]> {
    const stored = await store.get(KEY)
    const next = Number(stored?.value ?? 0) + 1
    return (await store.compareAndSwap(KEY, stored?.version, String(next))) ? [next] : []
  }
})
