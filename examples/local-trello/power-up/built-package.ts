import type { ServerResponse } from 'node:http'
import { ownFile } from '../own-files'
import { sendFile } from '../static-files'
import type { SwitchBoard } from '../switch-board'
import { type LocalOrigins, rewriteScript } from './page-rewrite'

/**
 * Sends files of the built package, for the examples and tests of its repository: `/lib/` with the dependencies where a
 * browser without a bundler finds them, and at the root the callback page and the build for script tags.
 */
export async function sendBuiltPackage(
  response: ServerResponse,
  directory: string,
  path: string,
  headers: Record<string, string>,
  origins: LocalOrigins,
  switches: SwitchBoard,
): Promise<boolean> {
  if (path === '/callback.html' || path === '/powerup-oauth-callback.js') {
    return sendFile(response, directory, path, headers)
  }
  const rewrite = (content: string, extension: string) =>
    extension === '.js' ? rewriteScript(content, origins) : content
  if (path === '/powerup-oauth.global.js') return sendFile(response, directory, path, {}, rewrite)
  if (!path.startsWith('/lib/')) return false
  const file = path.slice('/lib'.length)
  const { laterPieces } = switches.get()
  if (laterPieces !== 'served' && laterPiece.test(file)) {
    if (laterPieces === 'cut') response.destroy()
    return laterPieces === 'cut'
  }
  return sendLibraryFile(response, directory, file, {}, rewrite)
}

/** Sends a file of the built package, or of a dependency, which its scripts find beside them. */
export async function sendLibraryFile(
  response: ServerResponse,
  directory: string,
  file: string,
  headers: Record<string, string>,
  rewrite: (content: string, extension: string) => string = (content) => content,
): Promise<boolean> {
  const dependency = dependencies[file]
  if (dependency !== undefined) return sendFile(response, packages, dependency)
  return sendFile(response, directory, file, headers, (content, extension) =>
    rewrite(extension === '.js' ? content.replaceAll(bareImport, '$1$2./$3.js$2') : content, extension),
  )
}

/** Lets a script without a bundler import the package by its name. */
export function withPackageImports(script: string): string {
  return script.replace(packageImport, '$1/lib/$2.js$3')
}

const packageImport = /(from ['"])powerup-oauth\/(compat)(['"])/g
const bareImport = /((?:from|import)\s*\(?\s*)(["'])(oauth4webapi|idb-keyval)\2/g
const laterPiece = /^\/(?:refresh-flow|sign-in-flow|flow-parts|refusal|operation-scopes)-/
const packages = ownFile('../../node_modules')
const dependencies: Record<string, string> = {
  '/oauth4webapi.js': 'oauth4webapi/build/index.js',
  '/idb-keyval.js': 'idb-keyval/dist/index.js',
  '/axios.js': 'axios-0.21/dist/axios.min.js',
  '/jquery.js': 'jquery/dist/jquery.min.js',
}
