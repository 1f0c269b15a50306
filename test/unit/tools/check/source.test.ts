// @vitest-environment node
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { check } from '../../../../tools/check/check'

// Whoever runs the tests may be allowed to read everything.
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>()
  const refuse = (path: unknown) => {
    if (String(path).includes('foreign')) throw new Error(`EACCES: permission denied, ${path}`)
  }
  const refusing =
    <Given extends unknown[], Result>(read: (...given: Given) => Result) =>
    (...given: Given) => {
      refuse(given[0])
      return read(...given)
    }
  return { ...fs, readdirSync: refusing(fs.readdirSync), readFileSync: refusing(fs.readFileSync) }
})

const folder = mkdtempSync(join(tmpdir(), 'power-up-'))
afterAll(() => rmSync(folder, { recursive: true }))

it('what may not be read, as the volume of a container, is named and ends nothing', () => {
  mkdirSync(join(folder, 'foreign-data'))
  writeFileSync(join(folder, 'foreign.js'), '')
  writeFileSync(join(folder, 'popup.js'), "form.append('token', token)")
  const { findings, read } = check(folder)
  expect(read).toBe(1)
  expect(findings.map(({ path, kind }) => `${path} ${kind}`).sort()).toEqual([
    'foreign-data unread',
    'foreign.js unread',
    'popup.js request',
  ])
  expect(() => check(join(folder, 'foreign-data'))).toThrow('EACCES')
})
