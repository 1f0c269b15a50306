// @vitest-environment node
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCommand } from '../../../../tools/check/command'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'check-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

function run(...args: string[]): { code: number; said: string } {
  const said: string[] = []
  const code = runCommand(args, (text) => said.push(text))
  return { code, said: said.join('\n') }
}

describe('powerup-oauth check', () => {
  it('says what changes, what it leaves to a person, and where', () => {
    write('js/popup.js', 'const a = 1\nform.append("token", a)\nrestApi.storeToken(a)')
    const { code, said } = run('check', folder)
    expect(code).toBe(0)
    expect(said).toBe(`What a move to OAuth 2.0 touches
================================

Key and token in a request
  To Trello: the adapter puts a Bearer header in. To your own server: change it. (#script-tags)
    js/popup.js:2

What this check can't decide: look at each
==========================================

A token kept in localStorage, sessionStorage or storeToken()
  It is stale in an hour. Ask for it with getToken() where it is needed. (#what-needs-a-human)
    js/popup.js:3

1 file read, 2 findings. Nothing was changed.
The headings are of docs/migration.md in the package powerup-oauth.`)
  })

  it('leaves packages, builds, types and minified files alone, and says which it did not read', () => {
    const found = 'restApi.storeToken(a)'
    for (const path of ['node_modules/a/a.js', 'dist/a.js', '.cache/a.js', 'types.d.ts', 'a.css'])
      write(path, found)
    write('lib/jquery.min.js', found)
    write('powerup-oauth-compat.global.js', found)
    write('vendor.js', `${found};${'a();'.repeat(500)}`)
    write('a.js', 'const a = 1')
    const { code, said } = run('check', folder)
    expect(code).toBe(0)
    expect(said).toBe(`1 file read, 0 findings. Nothing was changed.
Not read, because they are minified: lib/jquery.min.js, powerup-oauth-compat.global.js, vendor.js`)
  })

  it('reads a file of one’s own that is named after this package', () => {
    write('js/powerup-oauth-setup.js', 'restApi.storeToken(a)')
    expect(run('check', folder).said).toContain('1 file read, 1 finding')
  })

  it('reads the headers that a host is told, wherever that host reads them', () => {
    const policy = 'Content-Security-Policy: x'
    for (const path of ['public/_headers', 'netlify.toml', 'vercel.json', 'tsconfig.json', 'x_headers'])
      write(path, policy)
    const places = / {4}netlify\.toml:1\n {4}public\/_headers:1\n {4}vercel\.json:1\n\n3 files read/
    expect(run('check', folder).said).toMatch(places)
  })

  it('reads files and script tags that are written in capitals', () => {
    write('POPUP.JS', 'restApi.storeToken(a)')
    write('Store.TS', 'const a: string = restApi.storeToken(b)')
    write('a.htm', '<SCRIPT TYPE="TEXT/JAVASCRIPT">restApi.storeToken(a)</SCRIPT>')
    const places = / {4}POPUP\.JS:1\n {4}Store\.TS:1\n {4}a\.htm:1\n\n3 files read, 3 findings/
    expect(run('check', folder).said).toMatch(places)
  })

  it('changes nothing', () => {
    write('a.js', 'restApi.storeToken(a)')
    run('check', folder)
    expect(readdirSync(folder)).toEqual(['a.js'])
    expect(readFileSync(join(folder, 'a.js'), 'utf8')).toBe('restApi.storeToken(a)')
  })

  it('ends with 2 for a folder that is not there', () => {
    const { code, said } = run('check', join(folder, 'nothing'))
    expect(code).toBe(2)
    expect(said).toMatch(/nothing can't be read: ENOENT/)
  })
})

describe('powerup-oauth', () => {
  it.each([[[]], [['--help']], [['check', '--help']]])('with %j says what there is', (args) => {
    const { code, said } = run(...args)
    expect(code).toBe(0)
    expect(said).toMatch(/^Usage: npx powerup-oauth <command>\n[\s\S]*check <folder>/)
  })

  it.each([
    [['cheque'], /^There is no command cheque\.\nUsage/],
    [['check'], /^check takes one folder\.\nUsage/],
    [['constructor', 'a'], /^There is no command constructor\.\nUsage/],
    [['starter'], /^starter takes one folder\.\nUsage/],
    [['check', ''], /^check takes one folder\.\nUsage/],
    [['check', 'a', 'b'], /^check takes one folder\.\nUsage/],
  ])('with %j says what is wrong, and what there is', (args, words) => {
    const { code, said } = run(...args)
    expect(code).toBe(2)
    expect(said).toMatch(words)
  })
})
