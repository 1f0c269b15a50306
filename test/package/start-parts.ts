import { bundleApp } from './app-bundle'

/** Measures what each part adds to the start of a bundle: its name and its gzip bytes, the largest first. */
export async function startParts(source: string): Promise<string[][]> {
  const { atStart, modules: all } = await bundleApp(source)
  const loaded = new Set(all.filter(({ isAtStart }) => isAtStart).map(({ path }) => path))
  const gone = Object.values(PARTS)
    .flat()
    .filter((name) => !loaded.has(`src/${name}.ts`))
  if (gone.length > 0) throw new Error(`Not at start: ${gone.join(', ')}. Change the parts in this file.`)
  const rows = await Promise.all(
    Object.entries(PARTS).map(async ([name, modules]) => {
      const rest = await bundleApp(source, modules)
      return { name, bytes: atStart - rest.atStart }
    }),
  )
  return rows.sort((a, b) => b.bytes - a.bytes).map(({ name, bytes }) => [name, String(bytes)])
}

/** The parts of the start, and their modules. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  '`client.api`: paths, queries, bodies and answers': [
    'api/api',
    'api/address',
    'api/given',
    'api/load-refusal',
    'api/query',
    'api/request-body',
  ],
  '`client.fetch`: origins, options, the bearer, old credentials': [
    'api/bearer-fetch',
    'api/bearer-request',
    'api/legacy-parameters',
    'api/taken-body',
    'api/token-use',
  ],
  'the rate limit: a queue, and what the server says of it': [
    'api/counted-fetch',
    'api/rate-limit',
    'api/rate-window',
    'api/request-queue',
    'base/retry-after',
  ],
  'the errors and their messages': ['base/api-error', 'base/error-messages', 'base/errors'],
  'the checks of the options': ['base/option-check', 'base/url', 'client/options'],
  'storing: one memory, writes that are tried again, hints to other frames': [
    'grant/channel',
    'grant/freshness',
    'grant/retry',
    'grant/store',
    'grant/transaction',
    'grant/unsaved',
  ],
  'IndexedDB, and what breaks in it': ['grant/indexed-db'],
  'the check of what is stored': ['grant/entry-format'],
  'the window of a click, before the sign-in is loaded': [
    'sign-in/authorize-options',
    'sign-in/click',
    'sign-in/open-window',
  ],
  'renewal in the background': ['token/renewal'],
  'signing out, offline too, and of each workspace': ['client/sign-out', 'grant/on-sign-out'],
  'the state: changes, sign-ins elsewhere, time': [
    'client/changes',
    'client/owners',
    'client/state',
    'grant/auth-state',
  ],
}
