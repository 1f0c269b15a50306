// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { moduleName, problemsIn, type Sources } from './layers'

/**
 * The folders of `src/`, lowest layer first. A file imports from its own folder and from lower layers. Entries, the files
 * directly in `src/`, are above all of them.
 */
const layers: readonly (readonly string[])[] = [
  ['base'],
  ['grant', 'token-endpoint'],
  ['sign-in', 'token', 'api'],
  ['client', 'server'],
  ['prompt', 'testing', 'compat'],
]

/** Packages, and the only files that may import them. A package that is not here may not be imported at all. */
const packageFences: Record<string, readonly string[]> = {
  oauth4webapi: ['sign-in/authorization-request', 'sign-in/authorization-response'],
  'idb-keyval': ['grant/indexed-db'],
  react: ['prompt/react'],
  'node:fs': ['server/disk'],
  'node:path': ['server/disk'],
}

/** What a file may mention only where it is named here. */
const mentionFences = {
  'window.open': ['base/platform', 'sign-in/open-window'],
  'navigator.locks': ['base/platform', 'grant/lock'],
}

describe('the layers of src/', () => {
  it('imports run down, without cycles, and the fences hold', () => {
    expect(problemsOf(readSources())).toEqual([])
  })

  it('docs/architecture.md names the same folders in the same layers', () => {
    const page = readFileSync('docs/architecture.md', 'utf8')
    const table = page.match(/^\| layer \|.*\n\|.*\n((?:\|.*\n)+)/m)?.[1] ?? ''
    const documented = table
      .trimEnd()
      .split('\n')
      .slice(1) // the entries
      .map((row) => [...(row.split('|')[2] ?? '').matchAll(/`([\w-]+)\/`/g)].map(([, name = '']) => name))
    expect(documented.map((names) => names.sort()).reverse()).toEqual(
      layers.map((layer) => [...layer].sort()),
    )
  })

  it('a file directly in src/ only names what it exports, or is a build for pages', () => {
    const builds = ['callback-page', 'global']
    const entries = Object.entries(readSources()).filter(([name]) => !name.includes('/'))
    const others = entries.filter(
      ([name, text]) => !builds.includes(name) && /^(?!export\b|\}|\s|$|'use client'|\/[/*]|\*)/m.test(text),
    )
    expect(others.map(([name]) => name)).toEqual([])
  })
})

describe('the layer test itself', () => {
  it.each([
    [
      'an import upwards',
      { 'base/errors': "import { createClient } from '../client/client'" },
      'base/errors imports client/client: up, from base/ to client/',
    ],
    [
      'an import between folders of one layer',
      { 'sign-in/authorize': "import { refresh } from '../token/refresh'" },
      'sign-in/authorize imports token/refresh: sideways, from sign-in/ to token/',
    ],
    [
      'an import of an entry',
      { 'compat/install': "import { createClient } from '../index'" },
      'compat/install imports index: up, from compat/ to src/',
    ],
    [
      'an import of a type',
      { 'base/errors': "import type { Client } from '../client/client'" },
      'base/errors imports client/client: up, from base/ to client/',
    ],
    [
      'a re-export',
      { 'grant/grant': "export * from '../token/refresh'" },
      'grant/grant imports token/refresh: up, from grant/ to token/',
    ],
    [
      'a dynamic import',
      { 'base/errors': "const client = import('../client/client')" },
      'base/errors imports client/client: up, from base/ to client/',
    ],
    [
      'an import in a type',
      { 'base/errors': "type Client = import('../client/client').Client" },
      'base/errors imports client/client: up, from base/ to client/',
    ],
    ['a folder in no layer', { 'utils/any': '' }, 'utils/any: the folder utils/ is in no layer'],
    [
      'a cycle in a folder',
      { 'grant/a': "import './b'", 'grant/b': "import './c'", 'grant/c': "import './a'" },
      'a cycle in grant/: grant/a > grant/b > grant/c > grant/a',
    ],
    [
      'a fenced package',
      { 'token/refresh': "import * as oauth from 'oauth4webapi'" },
      'token/refresh imports the package oauth4webapi',
    ],
    [
      'a part of one',
      { 'client/client': "import { jsx } from 'react/jsx-runtime'" },
      'client/client imports the package react',
    ],
    [
      'an unknown package',
      { 'client/client': "import ky from 'ky'" },
      'client/client imports the package ky',
    ],
    ['window.open', { 'sign-in/authorize': "window.open('/')" }, 'sign-in/authorize mentions window.open'],
    [
      'globalThis.open',
      { 'sign-in/authorize': 'const open = globalThis?.open' },
      'sign-in/authorize mentions window.open',
    ],
    ['a bare open', { 'sign-in/authorize': "open('/')" }, 'sign-in/authorize mentions window.open'],
    [
      'its door',
      { 'sign-in/authorize': "platform.openWindow('/')" },
      'sign-in/authorize mentions window.open',
    ],
    [
      'navigator.locks',
      { 'token/refresh': "navigator.locks.request('a', go)" },
      'token/refresh mentions navigator.locks',
    ],
    [
      "navigator['locks']",
      { 'token/refresh': "navigator['locks']" },
      'token/refresh mentions navigator.locks',
    ],
  ])('%s is reported', (_case, sources, report) => {
    expect(problemsOf(sources)).toEqual([report])
  })

  it('what is allowed is not reported', () => {
    const sources = {
      index: "export { createClient } from './client/client'",
      'client/client':
        "import { refresh } from '../token/refresh'\nexport type { Grant } from '../grant/grant'",
      'token/refresh':
        "import { lock } from '../grant/lock.js'\nimport './renewal'\nconst direct = await import('../token-endpoint/direct')",
      'token/renewal': '',
      'grant/lock': 'platform.locks()',
      'grant/indexed-db': "import { update } from 'idb-keyval'\nindexedDB.open('name')",
      'sign-in/authorization-request': "import * as oauth from 'oauth4webapi'",
      'sign-in/open-window': "// window.open\nplatform.openWindow('/')",
      'sign-in/authorize':
        "// navigator.locks and window.open are not for this file\npopup.open('a text with window.open')",
      'compat/requests/bearer': "import '../rest-api/connections'",
      'compat/rest-api/connections': '',
    }
    expect(problemsOf(sources)).toEqual([])
  })
})

function problemsOf(sources: Sources): string[] {
  return problemsIn(sources, { layers, packageFences, mentionFences })
}

function readSources(): Sources {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.tsx?$/.test(file),
  )
  return Object.fromEntries(
    files.map((file) => [moduleName(posix.normalize(file)), readFileSync(join('src', file), 'utf8')]),
  )
}
