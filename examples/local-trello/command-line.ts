import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { LocalTrelloOptions } from './local-trello'

/** The words after the command, as they are typed. */
export interface TypedWords {
  'power-up': string | undefined
  port: string
  data: string | undefined
  connector: string | undefined
  callback: string[]
  name: string | undefined
  help: boolean
  version: boolean
}

export const optionsHelp = `
  <folder or url>     your Power-Up: the folder of its files, or the address of its connector page, as
                      http://localhost:5173; without one it is the Greeter that comes with this tool
  --connector <path>  its connector page, where that is not /index.html
  --callback <path>   its callback page, where that is not /callback.html; may be given more than once
  --name <words>      its name on the board and on the consent page (the title of its connector page)
  --data <file>       the people, boards and cards, in the form of data/trello.json
  --port <n>          the port to begin with (8080); a taken one means the next`

/**
 * Reads what was typed after the command.
 * @returns the words, or a complaint about them
 */
export function readCommandLine(args: readonly string[]): TypedWords | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        'power-up': { type: 'string' },
        port: { type: 'string', default: '8080' },
        data: { type: 'string' },
        connector: { type: 'string' },
        callback: { type: 'string', multiple: true, default: [] },
        name: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
        version: { type: 'boolean', default: false },
      },
    })
    const [powerUp = values['power-up'], more] = positionals
    if (more !== undefined) return `One Power-Up at a time: "${more}" is one too many.`
    return {
      ...values,
      'power-up': powerUp,
      data: values.data,
      connector: values.connector,
      name: values.name,
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/**
 * Makes options of the typed words.
 * @param base - the folder that relative paths count from
 * @returns the options, or a complaint about what was typed
 */
export function optionsOf(words: TypedWords, base: string): LocalTrelloOptions | string {
  const port = Number(words.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    return `--port takes a number from 0 to 65535, not "${words.port}".`
  }
  const paths = [...words.callback, ...(words.connector === undefined ? [] : [words.connector])]
  const wrong = paths.find((path) => !path.startsWith('/'))
  if (wrong !== undefined) return `"${wrong}" is no path: it begins with a slash, as /${wrong}.`
  const dataFile = words.data === undefined ? undefined : resolve(base, words.data)
  if (dataFile !== undefined && !existsSync(dataFile)) return `There is no file ${dataFile}.`
  const powerUp = powerUpOf(words, base)
  if (typeof powerUp === 'string') return powerUp
  return {
    port,
    ...powerUp,
    ...(words.callback.length > 0 && { callbackPaths: words.callback }),
    ...(words.name !== undefined && { powerUpName: words.name }),
    ...(dataFile !== undefined && { dataFile }),
  }
}

function powerUpOf({ 'power-up': typed, connector }: TypedWords, base: string): LocalTrelloOptions | string {
  if (typed === undefined) return {}
  // Its files are served as they are, and nothing is put beside them.
  const own = { packageDirectory: false } as const
  if (URL.canParse(typed) && /^https?:/.test(typed)) {
    return { ...own, powerUpUrl: new URL(connector ?? '', typed).href }
  }
  const powerUpDirectory = resolve(base, typed)
  const page = connector ?? '/index.html'
  if (!statSync(powerUpDirectory, { throwIfNoEntry: false })?.isDirectory()) {
    return `${powerUpDirectory} is no folder. Give the folder of the Power-Up's files, or an address that begins with http.`
  }
  if (!existsSync(join(powerUpDirectory, page))) {
    return `${powerUpDirectory} has no ${page.slice(1)}: --connector names the page that calls TrelloPowerUp.initialize().`
  }
  return { ...own, powerUpDirectory, ...(connector !== undefined && { connectorPath: connector }) }
}
