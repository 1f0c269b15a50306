// @vitest-environment node
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCommand } from '../../../../tools/check/command'

let scratch: string
let packageFolder: string

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'starter-'))
  packageFolder = join(scratch, 'package')
  write('package/package.json', '{ "name": "powerup-oauth", "version": "1.2.3" }')
  write('package/dist/callback.html', 'the page')
  write('package/dist/powerup-oauth-callback.js', 'its script')
  write('package/examples/starter/package.json', readFileSync('examples/starter/package.json', 'utf8'))
  write('package/examples/starter/gitignore', 'dist/\n')
  write('package/examples/starter/src/calls.ts', 'export {}')
  write('package/examples/starter/node_modules/a/a.js', 'a()')
  write('package/examples/starter/dist/a.js', 'a()')
})
afterEach(() => rmSync(scratch, { recursive: true }))

function write(path: string, text: string): void {
  mkdirSync(join(scratch, path, '..'), { recursive: true })
  writeFileSync(join(scratch, path), text)
}

function run(folder: string): { code: number; said: string } {
  const said: string[] = []
  const code = runCommand(['starter', folder], (text) => said.push(text), packageFolder)
  return { code, said: said.join('\n') }
}

describe('powerup-oauth starter', () => {
  it('makes a folder with the starter and the callback page of its own version', () => {
    const folder = join(scratch, 'Ünsere Karten!')
    const { code, said } = run(folder)
    expect(code).toBe(0)
    expect(said).toContain(`cd "${folder}"\n  npm install\n  npm test\n  npm run build`)
    expect(readdirSync(folder).sort()).toEqual(['.gitignore', 'package.json', 'public', 'src'])
    expect(readFileSync(join(folder, 'public/callback.html'), 'utf8')).toBe('the page')
    expect(readFileSync(join(folder, 'public/powerup-oauth-callback.js'), 'utf8')).toBe('its script')
    expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).toMatchObject({
      name: 'nsere-karten',
      dependencies: { 'powerup-oauth': '1.2.3' },
      scripts: { build: 'tsc && vite build' },
    })
  })

  it('takes an empty folder, and leaves one alone that has something in it', () => {
    const folder = join(scratch, 'mine')
    mkdirSync(folder)
    expect(run(folder).code).toBe(0)
    write('mine/src/calls.ts', 'my own')
    expect(run(folder)).toEqual({ code: 2, said: `${folder} can't be made: It is not empty.` })
    expect(readFileSync(join(folder, 'src/calls.ts'), 'utf8')).toBe('my own')
  })

  it('says why a folder can’t be made', () => {
    write('file', '')
    expect(run(join(scratch, 'file/folder'))).toMatchObject({
      code: 2,
      said: expect.stringContaining('ENOTDIR'),
    })
  })
})

describe('examples/starter', () => {
  const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
  const starter = readJson('examples/starter/package.json')
  const repository = readJson('package.json')

  it('has the versions that this repository is tested with', () => {
    const names = Object.keys(starter.devDependencies)
    const tested = Object.fromEntries(names.map((name) => [name, repository.devDependencies[name]]))
    expect(starter.devDependencies).toEqual(tested)
    expect(starter.dependencies).toEqual({ 'powerup-oauth': repository.version })
  })

  it('has the headers that docs/callback-page.md gives', () => {
    const page = readFileSync('docs/callback-page.md', 'utf8')
    const [, policy = ''] = page.match(/```text\nContent-Security-Policy:\n([\s\S]*?)\n```/) ?? []
    const headers = readFileSync('examples/starter/public/_headers', 'utf8')
    expect(policy).toContain('connect-src')
    expect(headers).toContain(`Content-Security-Policy: ${policy.trim().replace(/\s+/g, ' ')}`)
  })
})
