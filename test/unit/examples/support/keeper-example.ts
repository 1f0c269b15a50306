import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LocalTrello } from '../../../../examples/local-trello/local-trello'

/** `examples/keeper/` in processes of its own, with grants in a folder of its own. */
export interface KeeperExample {
  port: number
  environment: Record<string, string>
  /** An access token as a worker gets it. */
  token(key: string): Promise<string>
  /** Runs one program of the example to its end. */
  run(command: string, file: string, more?: Record<string, string>): Promise<{ code: number; said: string }>
  /** All that the server has written. */
  said(): string
  stop(): Promise<void>
}

export async function startKeeperExample(trello: LocalTrello): Promise<KeeperExample> {
  const folder = mkdtempSync(join(tmpdir(), 'keeper-'))
  const environment = {
    CLIENT_ID: trello.clientId,
    REDIRECT_URI: `${trello.origins.powerUp}/callback.html`,
    POWER_UP_ID: trello.powerUpId,
    TOKEN_ENDPOINT: trello.tokenEndpoint,
    API_ORIGIN: trello.apiOrigin,
    GRANTS: join(folder, 'grants'),
    BROKER_SECRET: 'a-secret-of-workers',
    WEBHOOK_SECRET: 'a-secret-of-webhooks',
    PORT: '0',
  }
  const server = start(process.execPath, 'server.js', environment)
  let said = ''
  server.stdout?.on('data', (text) => {
    said += text
  })
  const [line] = await once(server.stdout ?? server, 'data')
  const port = Number(/port (\d+)/.exec(String(line))?.[1])
  const broker = `http://127.0.0.1:${port}/broker`
  return {
    port,
    environment: { ...environment, BROKER: broker },
    said: () => said,
    token: async (key) => {
      const headers = { authorization: `Bearer ${environment.BROKER_SECRET}` }
      const answer = await fetch(`${broker}?key=${encodeURIComponent(key)}`, { headers })
      return (await answer.json()).access_token
    },
    run: async (command, file, more) => {
      const child = start(command, file, { ...environment, BROKER: broker, ...more })
      let words = ''
      child.stdout?.on('data', (text) => {
        words += text
      })
      const [code] = await once(child, 'close')
      return { code, said: words }
    },
    stop: async () => {
      server.kill()
      await once(server, 'close')
      rmSync(folder, { recursive: true })
    },
  }
}

function start(command: string, file: string, environment: Record<string, string>): ChildProcess {
  const path = fileURLToPath(new URL(`../../../../examples/keeper/${file}`, import.meta.url))
  return spawn(command, [path], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}
