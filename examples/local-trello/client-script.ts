import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Settings } from './client/settings'

export type ClientScript = 'trello-power-up' | 'client-js' | 'page-endpoints'

/**
 * Reads a script that pages of a Power-Up load, with the settings before it. The packed tool has the scripts built; in
 * the repository they are built when they are asked for the first time.
 */
export async function clientScript(name: ClientScript, settings: Settings): Promise<string> {
  const code = built.get(name) ?? build(name)
  built.set(name, code)
  return `(() => {\nconst localTrelloSettings = ${JSON.stringify(settings)};\n${await code}\n})()`
}

const built = new Map<ClientScript, Promise<string>>()

async function build(name: ClientScript): Promise<string> {
  const packed = await readFile(at(`client/${name}.js`), 'utf8').catch(() => undefined)
  if (packed !== undefined) return packed
  const { buildClientScript } = await import('./client-build')
  return buildClientScript(at(`client/${name}.ts`))
}

function at(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
