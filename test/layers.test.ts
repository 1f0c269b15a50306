// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { moduleName, problemsIn, type Sources } from './layers'

/** Lowest first. A file imports from lower layers only: never up, never sideways. `docs/architecture.md` says why. */
const layers: readonly (readonly string[])[] = [
  [
    'durations',
    'errors',
    'trello',
    'scope-names',
    'platform',
    'request-init',
    'trustworthy-url',
    'authorization/callback-message',
    'grant/grant-key',
    'grant/key-value-store',
    'prompt/texts',
    'prompt/style',
  ],
  [
    'deadline',
    'option-check',
    'events',
    'operation-scopes',
    'api/api-error',
    'api/rate-limit',
    'api/shown-path',
    'authorization/pending-attempts',
    'authorization/window',
    'token-endpoint/token-endpoint',
  ],
  ['any-error', 'grant/grant'],
  [
    'configuration',
    'token-proxy-options',
    'prompt/situation',
    'prompt/parts',
    'authorization/request',
    'authorization/response',
    'authorization/popup',
    'authorization/account',
    'token-endpoint/direct',
    'token-endpoint/revocation',
    'token-endpoint/trello-host',
    'grant/indexed-db',
    'grant/lock',
    'grant/channel',
    'grant/freshness',
    'grant/lease',
    'grant/consent',
    'grant/removal',
    'grant/entry-format',
    'api/refusal',
  ],
  ['grant/grant-store', 'sign-ins', 'authorization/collector'],
  [
    'access-token',
    'attempts',
    'responses',
    'code-exchange',
    'cool-down',
    'presentation',
    'api/bearer-fetch',
    'api/judgement',
    'client/servers',
    'client/known-state',
    'grant/answers',
  ],
  ['authorize', 'refresh', 'renewal', 'sign-out', 'member-check', 'api/api'],
  ['click', 'shared-grant', 'api/batch', 'api/paginate', 'testing/fake-api'],
  ['client/flows'],
  ['client'],
  ['prompt/element', 'testing/fake-client', 'testing/fake-trello'],
  [
    'index',
    'callback',
    'api/index',
    'scopes',
    'capabilities',
    'prompt/index',
    'token-proxy',
    'testing/index',
  ],
  ['callback-page', 'react', 'global'],
  [
    'compat/filtered-promise',
    'compat/rest-api-error',
    'compat/keyed-request',
    'compat/opened-request',
    'compat/request-view',
    'compat/legacy-token',
  ],
  ['compat/legacy-client'],
  ['compat/bearer', 'compat/connections'],
  ['compat/rest-api-client', 'compat/fetch-adapter', 'compat/xml-http-request-adapter'],
  ['compat/capability-handlers', 'compat/request-adapter'],
  ['compat/install'],
  ['compat/index'],
]

/** Packages, and the only files that may import them. A package that is not here may not be imported at all. */
const packageFences: Record<string, readonly string[]> = {
  oauth4webapi: [
    'authorization/request',
    'authorization/response',
    'token-endpoint/direct',
    'token-endpoint/revocation',
  ],
  'idb-keyval': ['grant/indexed-db'],
  react: ['react'],
}

/** What a file may not even mention unless it is named here. */
const mentionFences = {
  'window.open': ['platform', 'authorization/window'],
  'navigator.locks': ['platform', 'grant/lock'],
}

describe('the layers of src/', () => {
  it('run down only, and the fences hold', () => {
    expect(problemsOf(readSources())).toEqual([])
  })

  it('are those of docs/architecture.md', () => {
    const table =
      readFileSync('docs/architecture.md', 'utf8').match(/^\| layer \|.*\n\|.*\n((?:\|.*\n)+)/m)?.[1] ?? ''
    const rows = table.trimEnd().split('\n').reverse()
    const documented = rows.map((row) => [...(row.split('|')[2] ?? '').matchAll(/`([^`]+)`/g)])
    expect(documented.map((names) => names.flatMap(([, name = '']) => withoutBraces(name)).sort())).toEqual(
      layers.map((layer) => [...layer].sort()),
    )
  })
})

describe('the layer test itself', () => {
  it.each([
    ['an upward import', { errors: "import { createClient } from './client'" }, /errors imports client: up/],
    [
      'a sideways import',
      { authorize: "import { refresh } from './refresh'" },
      /authorize imports refresh: sideways/,
    ],
    ['a type-only import', { errors: "import type { Client } from './client'" }, /errors imports client: up/],
    ['a re-export', { 'grant/grant': "export * from './lock'" }, /grant\/grant imports grant\/lock: up/],
    ['a dynamic import', { errors: "const client = import('./client')" }, /errors imports client: up/],
    [
      'an import in a type',
      { errors: "type Client = import('./client').Client" },
      /errors imports client: up/,
    ],
    ['a file nobody listed', { utils: '' }, /utils is in no layer/],
    [
      'an import of it',
      { client: "import { any } from './utils'" },
      /client imports utils: it is in no layer/,
    ],
    [
      'a fenced package',
      { refresh: "import * as oauth from 'oauth4webapi'" },
      /refresh imports oauth4webapi/,
    ],
    ['a part of one', { client: "import { jsx } from 'react/jsx-runtime'" }, /client imports react/],
    ['an unknown package', { client: "import ky from 'ky'" }, /client imports ky/],
    ['window.open', { authorize: "window.open('/')" }, /authorize mentions window\.open/],
    ['globalThis.open', { authorize: 'const open = globalThis?.open' }, /authorize mentions window\.open/],
    ['a bare open', { authorize: "open('/')" }, /authorize mentions window\.open/],
    ['its door', { authorize: "platform.openWindow('/')" }, /authorize mentions window\.open/],
    ['navigator.locks', { refresh: "navigator.locks.request('a', go)" }, /refresh mentions navigator\.locks/],
    ["navigator['locks']", { refresh: "navigator['locks']" }, /refresh mentions navigator\.locks/],
  ])('reports %s', (_case, sources, report) => {
    expect(problemsOf(sources).join('\n')).toMatch(report)
  })

  it('reports a cycle, which must run up or sideways somewhere', () => {
    const sources = { errors: "import './platform'", platform: "import './errors'" }
    expect(problemsOf(sources)).toHaveLength(2)
    const longer = {
      client: "import './refresh'",
      refresh: "import './grant/grant'",
      'grant/grant': "import '../client'",
    }
    expect(problemsOf(longer)).toEqual(['grant/grant imports client: up'])
  })

  it('accepts what is allowed', () => {
    const sources = {
      client: "import { refresh } from './refresh'\nexport type { Grant } from './grant/grant'",
      refresh:
        "import { lock } from './grant/lock.js'\nconst direct = await import('./token-endpoint/direct')",
      'grant/lock': 'platform.locks()',
      'grant/indexed-db': "import { update } from 'idb-keyval'\nindexedDB.open('name')",
      'token-endpoint/direct': "import * as oauth from 'oauth4webapi'",
      'authorization/window': "// window.open\nplatform.openWindow('/')",
      index: "export { createClient } from './client'",
      authorize:
        "// navigator.locks and window.open are not for this file\npopup.open('a text with window.open')",
    }
    expect(problemsOf(sources)).toEqual([])
  })
})

function problemsOf(sources: Sources): string[] {
  return problemsIn(sources, { layers, packageFences, mentionFences })
}

/** `grant/{lock,lease}` is two files. */
function withoutBraces(name: string): string[] {
  const [, folder = '', inner = ''] = name.match(/^(.*)\{(.*)\}$/) ?? []
  return inner === '' ? [name] : inner.split(',').map((file) => folder + file)
}

function readSources(): Sources {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.tsx?$/.test(file),
  )
  return Object.fromEntries(
    files.map((file) => [moduleName(posix.normalize(file)), readFileSync(join('src', file), 'utf8')]),
  )
}
