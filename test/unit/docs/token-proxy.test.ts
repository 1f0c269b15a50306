// @vitest-environment node
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const ORIGIN = 'https://power-up.example'

/** The server of the recipe, over the sources of the proxy. */
function serverOfRecipe(): string {
  const page = readFileSync('docs/recipes/token-proxy.md', 'utf8')
  const [, source = ''] = /<!-- file: server\.js -->\n```js\n(.*?)```/s.exec(page) ?? []
  return source.replace("'powerup-oauth/token-proxy'", JSON.stringify(resolve('src/token-proxy.ts')))
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** The status of an answer, or the code of the error without one. */
function ask(port: number, method: string): Promise<unknown> {
  return new Promise((resolve) => {
    request({ port, method, path: '/token', headers: { origin: ORIGIN } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', (error) => resolve(Reflect.get(error, 'code')))
      .end()
  })
}

it('the server of the recipe outlives requests that no page sends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'recipe-'))
  const file = join(folder, 'server.mjs')
  writeFileSync(file, serverOfRecipe())
  const port = await freePort()
  const env = { ...process.env, CLIENT_ID: 'a', REDIRECT_URI: `${ORIGIN}/callback.html`, PORT: String(port) }
  const server = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), file], { env })
  try {
    await expect.poll(() => ask(port, 'OPTIONS'), { timeout: 20_000 }).toBe(204)
    await ask(port, 'TRACE')
    expect(await ask(port, 'OPTIONS')).toBe(204)
  } finally {
    server.kill()
    rmSync(folder, { recursive: true })
  }
}, 30_000)
