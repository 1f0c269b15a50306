// @vitest-environment node
import { createContext, runInContext } from 'node:vm'
import { Window } from 'happy-dom'
import { build } from 'vite'
import { describe, expect, it } from 'vitest'
import * as api from '../../src/api'
import * as callback from '../../src/callback'
import * as capabilities from '../../src/capabilities'
import * as compat from '../../src/compat'
import * as script from '../../src/global'
import * as main from '../../src/index'
import * as prompt from '../../src/prompt'
import * as react from '../../src/react'
import * as scopes from '../../src/scopes'
import * as testing from '../../src/testing'
import * as trelloJs from '../../src/trello-js'

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
    ['powerup-oauth/compat', compat, ['adaptRequests', 'install', 'restApiClient']],
    ['powerup-oauth/scopes', scopes, ['SCOPES', 'requiredScopes']],
    ['powerup-oauth/capabilities', capabilities, ['capabilities']],
    ['powerup-oauth/prompt', prompt, ['definePrompt']],
    ['powerup-oauth/react', react, ['Prompt', 'useAuthState']],
    [
      'powerup-oauth/testing',
      testing,
      ['GrantStoreError', 'createFakeClient', 'createFakeTrello', 'testGrantStore'],
    ],
    ['powerup-oauth/trello-js', trelloJs, ['trelloJsClient']],
    [
      'powerup-oauth.global.js',
      script,
      [...Object.keys(main), 'SCOPES', 'capabilities', 'definePrompt', 'requiredScopes'].sort(),
    ],
  ])('of %s are these, and no others', (_entry, exported, names) => {
    expect(Object.keys(exported).sort()).toEqual(names)
  })
})

describe('importing an entry', () => {
  it.each([
    'src/index.ts',
    'src/callback.ts',
    'src/api.ts',
    'src/scopes.ts',
    'src/compat.ts',
    'src/capabilities.ts',
    'src/prompt.ts',
    'src/testing.ts',
    'src/trello-js.ts',
    'src/global.ts',
  ])('%s touches no global, and works where there is neither a page nor a server', async (entry) => {
    const touched: string[] = []
    const exported = runBare(await bundle(entry), touched)
    expect(Object.keys(exported).length).toBeGreaterThan(0)
    expect(touched).toEqual([])
  })

  it('needs nothing but React for the entry of React', async () => {
    const code = await bundle('src/react.ts', ['react'])
    const touched: string[] = []
    const exported = runBare(`var react = { forwardRef: (render) => render }\n${code}`, touched)
    expect(Object.keys(exported)).toEqual(['Prompt', 'useAuthState'])
    expect(touched).toEqual([])
  })

  it('is noticed by this test where it touches one', () => {
    const touched: string[] = []
    runBare('var entry = { id: typeof document, text: globalThis.location }', touched)
    expect(touched).toEqual(['document', 'location'])
  })
})

/** The entry and all that it imports, in one script that sets `entry`. */
async function bundle(entry: string, external: string[] = []): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: false,
      lib: { entry, formats: ['iife'], name: 'entry' },
      rollupOptions: { external },
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
