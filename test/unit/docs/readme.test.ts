import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createFakeClient } from '../../../src/testing'
import type { Sizes } from '../../package/size'
import { runSnippetWith } from './snippets'

const readme = readFileSync('README.md', 'utf8')

afterEach(() => {
  vi.unstubAllGlobals()
  document.body.replaceChildren()
})

it('README.md says in one sentence of about twenty words that it replaces t.getRestApi()', () => {
  const [, sentence = ''] = readme.split('\n\n')
  expect(sentence).toContain('t.getRestApi()')
  expect(sentence.split(/\s+/).length).toBeLessThan(25)
})

describe('README.md, side by side', () => {
  it('the code from before greets by name, with key and token in the address', async () => {
    const addresses: string[] = []
    vi.stubGlobal('fetch', async (address: string) => {
      addresses.push(address)
      return Response.json({ fullName: 'Ama' })
    })
    const restApi = { authorize: async () => 'token-1', getToken: async () => 'token-1' }
    vi.stubGlobal('TrelloPowerUp', { iframe: () => ({ getRestApi: () => restApi }) })
    expect(await greetingOf('getRestApi')).toBe('Hello, Ama!')
    expect(addresses).toEqual(['https://api.trello.com/1/members/me?key=your-app-key&token=token-1'])
  })

  it('the code from now greets by name', async () => {
    vi.stubGlobal('TrelloPowerUp', { iframe: () => ({}) })
    const client = createFakeClient()
    client.respond('GET', '/1/members/me', { fullName: 'Ama' })
    expect(await greetingOf('createClient', { 'powerup-oauth': { createClient: () => client } })).toBe(
      'Hello, Ama!',
    )
  })
})

it('README.md quotes the sizes that are written down in test/package/size.json', () => {
  const { entries }: Sizes = JSON.parse(readFileSync('test/package/size.json', 'utf8'))
  const inKb = (bytes = 0) => Math.round(bytes / 1_000)
  const core = entries.find(({ name }) => name === 'everyday path')
  expect(readme).toContain(`${inKb(core?.allIn)} KB gzip in all, ${inKb(core?.atStart)} of them at start`)
})

it('README.md has badges that are true: nobody else is asked for them', () => {
  const { version, license, dependencies, types } = JSON.parse(readFileSync('package.json', 'utf8'))
  const [, nodes] = readFileSync('.github/workflows/ci.yml', 'utf8').match(/node: \[(.*)\]/) ?? []
  const badges = [
    version,
    license,
    types && 'types included',
    `${Object.keys(dependencies).length} dependencies`,
  ]
  const [, size] = readme.match(/(\d+ KB gzip) in all/) ?? []
  const line = [...badges, size, `Node ${nodes}`].map((badge) => `\`${badge}\``).join(' · ')
  expect(readme.split('\n')).toContain(line)
  expect(readme).not.toMatch(/!\[[^\]]*\]\(https?:/)
})

/** Runs the code that mentions `name` in a page with a button, and presses it. */
async function greetingOf(name: string, modules: Record<string, unknown> = {}): Promise<string> {
  const button = document.createElement('button')
  document.body.append(button)
  runSnippetWith('README.md', name, modules)
  button.click()
  await vi.waitFor(() => expect(button.textContent).not.toBe(''))
  return button.textContent
}
