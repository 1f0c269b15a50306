// @vitest-environment node
import { spawnSync } from 'node:child_process'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

/** Runs code that uses the library in a Node process of its own, which is ended by force after twenty seconds. */
async function run(code: string): Promise<{ status: number | null; stderr: string }> {
  const contents = `
    import { createClient } from './src/index'
    const redirectUri = 'https://power-up.example/callback.html'
    const make = (workspace) => createClient({ clientId: 'client-1', redirectUri, scopes: ['read'], workspace })
    const client = make('workspace-1')
    ${code}`
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: '.' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  })
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module'], {
    input: outputFiles[0]?.text ?? '',
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { status, stderr }
}

describe('a Node process', () => {
  it.each([
    ['isAuthorized()', 'await client.isAuthorized()'],
    ['a subscription', 'client.subscribe(() => undefined); await client.readState()'],
    ['getAccessToken()', 'await client.getAccessToken().catch(() => undefined)'],
    ['a sign-out that can’t be stored', 'await client.signOut().catch(() => undefined)'],
    ['a thousand clients', "for (let i = 0; i < 1000; i++) await make('w' + i).isAuthorized()"],
  ])('ends after %s', async (_case, code) => {
    expect(await run(code)).toEqual({ status: 0, stderr: '' })
  })
}, 120_000)
