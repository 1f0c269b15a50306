// @vitest-environment node
import { createContext, runInContext } from 'node:vm'
import { Window } from 'happy-dom'
import { build } from 'vite'
import { describe, expect, it } from 'vitest'
import * as api from '../../src/api/index'
import * as callback from '../../src/callback'
import * as main from '../../src/index'
import * as scopes from '../../src/scopes'

describe('the public names', () => {
  it.each<[string, object, string[]]>([
    [
      'powerup-oauth',
      main,
      [
        'ApiError',
        'AuthorizationError',
        'ConfigurationError',
        'NetworkError',
        'NotAuthorizedError',
        'PowerUpOAuthError',
        'TokenEndpointError',
        'TokenExpiredError',
        'createClient',
        'isPowerUpOAuthError',
      ],
    ],
    ['powerup-oauth/callback', callback, ['completeAuthorization']],
    ['powerup-oauth/api', api, ['batch', 'paginate']],
    ['powerup-oauth/scopes', scopes, ['SCOPES', 'requiredScopes']],
  ])('of %s are these, and no others', (_entry, exported, names) => {
    expect(Object.keys(exported).sort()).toEqual(names)
  })
})

describe('importing an entry', () => {
  it.each(['src/index.ts', 'src/callback.ts', 'src/api/index.ts', 'src/scopes.ts'])(
    '%s touches no global, and works where there is neither a page nor a server',
    async (entry) => {
      const touched: string[] = []
      const exported = runBare(await bundle(entry), touched)
      expect(Object.keys(exported).length).toBeGreaterThan(0)
      expect(touched).toEqual([])
    },
  )

  it('is noticed by this test where it touches one', () => {
    const touched: string[] = []
    runBare('var entry = { id: typeof document, text: globalThis.location }', touched)
    expect(touched).toEqual(['document', 'location'])
  })
})

/** The entry and all that it imports, in one script that sets `entry`. */
async function bundle(entry: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: false,
      lib: { entry, formats: ['iife'], name: 'entry' },
    },
  })
  const [first] = Array.isArray(built) ? built : [built]
  if (!first || !('output' in first)) throw new Error('Nothing was built.')
  return first.output[0].code
}

/** Runs a script with the globals of ECMAScript alone, and notes each of a page or of Node that it looks for. */
function runBare(code: string, touched: string[]): object {
  const context = createContext({})
  const bare = runInContext('globalThis', context) as Record<string, unknown>
  const own = Object.getOwnPropertyNames(bare)
  const others = [...Object.getOwnPropertyNames(new Window()), ...Object.getOwnPropertyNames(globalThis)]
  for (const name of new Set(others)) {
    if (own.includes(name)) continue
    Object.defineProperty(bare, name, { configurable: true, get: () => void touched.push(name) })
  }
  runInContext(code, context)
  return bare.entry as object
}
