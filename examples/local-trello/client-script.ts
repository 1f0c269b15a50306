import { readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import type { Settings } from './client/settings'
import { ownFile } from './own-files'

export type ClientScript = (typeof clientScripts)[number]

/** The scripts that pages of a Power-Up load. */
export const clientScripts = ['trello-power-up', 'client-js', 'page-endpoints'] as const

/**
 * Reads a script that pages of a Power-Up load, with the settings before it. The package has the scripts built; in the
 * repository each is built when it is asked for the first time.
 */
export async function clientScript(name: ClientScript, settings: Settings): Promise<string> {
  const code = built.get(name) ?? build(name)
  built.set(name, code)
  return `(() => {\nconst localTrelloSettings = ${JSON.stringify(settings)};\n${await code}\n})()`
}

const built = new Map<ClientScript, Promise<string>>()

async function build(name: ClientScript): Promise<string> {
  const packed = await readFile(ownFile(`client/${name}.js`), 'utf8').catch(() => undefined)
  if (packed !== undefined) return packed
  // The address is put together here so that no bundler follows it: the package has no bundler of its own.
  const { buildClientScript }: typeof import('./client-build') = await import(
    pathToFileURL(ownFile('client-build.ts')).href
  )
  return buildClientScript(ownFile(`client/${name}.ts`))
}
