import { resolve } from 'node:path'
import { build } from 'esbuild'

/** What the tests of the React entry need, all with one copy of React of one version. */
export interface ReactKit {
  react: typeof import('react')
  dom: typeof import('react-dom/client')
  server: typeof import('react-dom/server')
  entry: typeof import('../../../src/prompt/react')
}

/** Bundled, since `react-dom` finds its React by name, and there are two of that name. */
export async function loadReact(version: 18 | 19): Promise<ReactKit> {
  const suffix = version === 18 ? '-18' : ''
  const { outputFiles } = await build({
    stdin: {
      contents: `
        export * as react from 'react'
        export * as dom from 'react-dom/client'
        export * as server from 'react-dom/server.browser'
        export * as entry from './src/react'`,
      resolveDir: '.',
    },
    alias: {
      react: resolve(`node_modules/react${suffix}`),
      'react-dom': resolve(`node_modules/react-dom${suffix}`),
    },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    define: { 'process.env.NODE_ENV': '"development"' },
    write: false,
  })
  const code = Buffer.from(outputFiles[0]?.contents ?? '').toString('base64')
  return import(/* @vite-ignore */ `data:text/javascript;base64,${code}`)
}
