// @vitest-environment node
import { spawnSync } from 'node:child_process'
import { build, type Metafile } from 'esbuild'
import { describe, expect, it } from 'vitest'

async function bundle(contents: string): Promise<{ code: string; modules: readonly string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: '.' },
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    treeShaking: true,
    write: false,
    metafile: true,
  })
  return { code: outputFiles[0]?.text ?? '', modules: modulesIn(metafile) }
}

function modulesIn({ outputs }: Metafile): readonly string[] {
  return Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? path : [])),
  )
}

const PAGE_ONLY =
  /\b(?:document|location|screen)\s*\.|window\.(?:open|addEventListener)|globalThis\.|BroadcastChannel|IDBFactory|indexedDB\.open|onupgradeneeded|[^.]\bopen\(['"`]/g

describe('the bundle of a server', () => {
  it('holds nothing that only a page has', async () => {
    const { code, modules } = await bundle("export * from './src/server'")
    // `window` is the name of a rate limit's interval here, and oauth4webapi looks for the name of a browser.
    const found = code.match(PAGE_ONLY) ?? []
    expect(found).toEqual([])
    expect(
      modules.filter((path) => /idb-keyval|indexed-db|open-window|popup|client\/|prompt\//.test(path)),
    ).toEqual([])
  })

  it('shares nothing with the bundles of pages', async () => {
    for (const entry of ['index', 'global', 'compat', 'callback', 'capabilities', 'api']) {
      const { modules } = await bundle(`export * from './src/${entry}'`)
      expect(modules.filter((path) => path.startsWith('src/server'))).toEqual([])
    }
  })
})

describe('a Node process', () => {
  async function run(work: string): Promise<{ status: number | null; stdout: string; stderr: string }> {
    const { code } = await bundle(`
      import { createKeeper, grantKey, memoryGrants } from './src/server'
      const answer = (body) => new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } })
      let count = 0
      globalThis.fetch = async () => answer({ access_token: 'a' + ++count, refresh_token: 'r' + count, expires_in: 3600 })
      const store = memoryGrants()
      const keeper = createKeeper({ clientId: 'client-1', store, redirectUri: 'https://power-up.example/callback.html' })
      const connect = (key) => keeper.exchange(key, { code: 'c' + key, codeVerifier: 'v' })
      ${work}`)
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module'], {
      input: code,
      encoding: 'utf8',
      timeout: 60_000,
    })
    return { status, stdout, stderr }
  }

  it.each([
    [
      'an exchange and a token',
      "await connect('a'); console.log(await keeper.client('a').getAccessToken())",
      'a1\n',
    ],
    ['a tick', "await connect('a'); console.log((await keeper.tick()).looked)", '1\n'],
    [
      'a sign-out that can’t be stored',
      "await connect('a'); store.compareAndSwap = async () => { throw new Error('x') }; await keeper.client('a').signOut().catch((e) => console.log(e.code))",
      'storageUnavailable\n',
    ],
    [
      'an answer that can’t be stored',
      "store.compareAndSwap = async () => { throw new Error('x') }; await connect('a').catch((e) => console.log(e.cause.code))",
      'storageUnavailable\n',
    ],
    [
      'two thousand grants',
      "for (let i = 0; i < 2000; i++) await connect('k' + i); console.log(await keeper.client('k7').getAccessToken())",
      'a8\n',
    ],
  ])('ends by itself after %s', async (_what, work, stdout) => {
    expect(await run(work)).toEqual({ status: 0, stdout, stderr: '' })
  })
}, 120_000)
