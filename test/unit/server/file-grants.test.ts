// @vitest-environment node
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../../src/base/errors'
import { fileGrants } from '../../../src/server/file-grants'
import { testGrantStore } from '../../../src/testing'

let above: string
let folder: string

beforeEach(async () => {
  above = await mkdtemp(join(tmpdir(), 'powerup-oauth-files-'))
  folder = join(above, 'deep', 'grants')
})

afterEach(() => rm(above, { recursive: true, force: true }))

describe('fileGrants, two stores on one folder', () => {
  for (const { rule, run } of testGrantStore(() => [fileGrants(folder), fileGrants(folder)])) it(rule, run)
})

describe('fileGrants', () => {
  it.each([[''], [undefined], [{}]])('takes no %j for a folder', (wrong) => {
    expect(() => fileGrants(wrong as string)).toThrow(ConfigurationError)
  })

  it('makes nothing before there is a grant', async () => {
    const store = fileGrants(folder)
    expect(await store.get('key')).toBeUndefined()
    expect(await store.keys()).toEqual([])
    expect(await readdir(above)).toEqual([])
  })

  it('gives folders and files to this user only', async () => {
    const store = fileGrants(folder)
    await store.compareAndSwap('key', undefined, 'a')
    await store.compareAndSwap('key', await versionOf('key'), 'b')
    const entries = await readdir(above, { recursive: true, withFileTypes: true })
    for (const entry of entries) {
      const { mode } = await stat(join(entry.parentPath, entry.name))
      expect(mode & 0o777).toBe(entry.isDirectory() ? 0o700 : 0o600)
    }
    expect(entries.filter((entry) => entry.isFile())).toHaveLength(1)
  })

  it('is not upset by a file that a file manager leaves with a grant', async () => {
    const store = fileGrants(folder)
    for (const key of ['key', 'other']) await store.compareAndSwap(key, undefined, 'value')
    for (const name of await readdir(folder)) await writeFile(join(folder, name, '.DS_Store'), '')
    await store.compareAndSwap('key', await versionOf('key'), undefined)
    expect(await store.get('key')).toBeUndefined()
    expect(await store.keys()).toEqual(['other'])
    expect(await store.compareAndSwap('key', undefined, 'again')).toBe(true)
  })

  it('leaves no file of an old value, of a late writer, or of a removed key', async () => {
    const store = fileGrants(folder)
    await store.compareAndSwap('key', undefined, 'secret 0')
    for (let round = 1; round < 5; round += 1) {
      const version = await versionOf('key')
      await Promise.all([1, 2, 3].map((by) => store.compareAndSwap('key', version, `secret ${round} ${by}`)))
      await store.compareAndSwap('key', version, 'late')
    }
    await store.compareAndSwap('key', await versionOf('key'), 'the end')
    expect(await filesIn(folder)).toHaveLength(1)
    await store.compareAndSwap('key', await versionOf('key'), undefined)
    expect(await readdir(folder)).toEqual([])
  })

  it.each([
    ['NUL', 'a\0b', 'a'],
    ['halves of a surrogate pair', '\ud800', '\udc00'],
    ['very long ones', 'x'.repeat(1_000_000), 'x'.repeat(1_000_001)],
  ])('takes odd keys and values: %s', async (_what, one, other) => {
    const store = fileGrants(folder)
    await store.compareAndSwap(one, undefined, one)
    await store.compareAndSwap(other, undefined, other)
    expect((await store.get(one))?.value).toBe(one)
    expect((await store.get(other))?.value).toBe(other)
    expect([...(await store.keys())].sort()).toEqual([one, other].sort())
  })

  it('takes no version that is a path', async () => {
    const store = fileGrants(folder)
    await store.compareAndSwap('key', undefined, 'a')
    for (const version of [
      '..',
      '.',
      '',
      '1',
      1,
      `../${await versionOf('key')}`,
      `${await versionOf('key')}/..`,
    ]) {
      expect(await store.compareAndSwap('key', version, 'b')).toBe(false)
      expect(await store.compareAndSwap('key', version, undefined)).toBe(false)
    }
    expect((await store.get('key'))?.value).toBe('a')
  })

  it.each([
    ['cut off', (text: string) => text.slice(0, 20)],
    ['empty', () => ''],
    ['of another key', (text: string) => text.replace('"key"', '"other"')],
    ['without a value', () => '{"key":"key"}'],
    ['no JSON', () => '\0\0\0'],
  ])('tells a damaged file apart from an absent one: %s', async (_what, damage) => {
    const store = fileGrants(folder)
    await store.compareAndSwap('key', undefined, 'the value')
    const [file = ''] = await filesIn(folder)
    await writeFile(file, damage(await readFile(file, 'utf8')))
    const found = await store.get('key')
    expect(found).toBeDefined()
    expect(found?.value).not.toBe('the value')
    expect(await store.compareAndSwap('key', undefined, 'new')).toBe(false)
    expect(await store.compareAndSwap('key', found?.version, 'new')).toBe(true)
    expect((await store.get('key'))?.value).toBe('new')
  })

  it('tells a missing file apart from a missing key', async () => {
    const store = fileGrants(folder)
    await store.compareAndSwap('key', undefined, 'the value')
    for (const file of await filesIn(folder)) await rm(file)
    const found = await store.get('key')
    expect(found?.value).toBe('')
    expect(await store.compareAndSwap('key', found?.version, 'new')).toBe(true)
    expect((await store.get('key'))?.value).toBe('new')
  })

  it('removes what killed processes have left, once it is old', async () => {
    const store = fileGrants(folder)
    await store.compareAndSwap('key', undefined, 'a')
    const [old, young, gone] = ['new', 'new', 'gone'].map((name) => `${name}.${crypto.randomUUID()}`)
    for (const name of [`${old}`, `${young}`, `${gone}`]) {
      await mkdir(join(folder, name, '1'), { recursive: true })
      await writeFile(join(folder, name, '1', '1'), 'secret')
    }
    await makeOld(`${old}`)
    await store.keys()
    const left = await readdir(folder)
    expect(left.filter((name) => !/^[0-9a-f]{64}$/.test(name))).toEqual([young])
  })

  it('leaves alone what others keep in its folder', async () => {
    const theirs = ['gone.txt', 'new.csv', `new.${crypto.randomUUID()}.json`]
    await mkdir(folder, { recursive: true })
    for (const name of theirs) {
      await writeFile(join(folder, name), 'precious')
      await makeOld(name)
    }
    const store = fileGrants(folder)
    await store.compareAndSwap('key', undefined, 'a')
    expect(await store.keys()).toEqual(['key'])
    expect(await readdir(folder)).toEqual(expect.arrayContaining(theirs))
  })

  it('lists the other keys where one can not be read, and says so where not one can', async () => {
    const store = fileGrants(folder)
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'a'.repeat(64)), 'no folder')
    await expect(store.keys()).rejects.toThrow('ENOTDIR')
    await store.compareAndSwap('key', undefined, 'a')
    expect(await store.keys()).toEqual(['key'])
  })

  it('rejects where the folder is a file, and says so', async () => {
    await writeFile(join(above, 'deep'), '')
    const store = fileGrants(folder)
    await expect(store.get('key')).rejects.toThrow('ENOTDIR')
    await expect(store.compareAndSwap('key', undefined, 'a')).rejects.toThrow('ENOTDIR')
    await expect(store.keys()).rejects.toThrow('ENOTDIR')
  })

  async function makeOld(name: string): Promise<void> {
    const longAgo = new Date(Date.now() - 120_000)
    await utimes(join(folder, name), longAgo, longAgo)
  }

  async function versionOf(key: string): Promise<string> {
    return String((await fileGrants(folder).get(key))?.version)
  }
})

async function filesIn(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}
