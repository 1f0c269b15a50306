import type { ServerResponse } from 'node:http'
import { sendFile } from '../static-files'
import { withPackageImports } from './built-package'
import { type LocalOrigins, rewritePage, rewriteScript, rewriteTags } from './page-rewrite'

/** Sends a file of the Power-Up's folder; false where there is none. */
export function sendPowerUpFile(
  response: ServerResponse,
  directory: string,
  path: string,
  page: { headers: Record<string, string>; isCallback: boolean },
  origins: LocalOrigins,
): Promise<boolean> {
  const rewriteHtml = page.isCallback ? rewriteTags : rewritePage
  return sendFile(response, directory, path, page.headers, (content, extension) => {
    if (extension === '.html') return rewriteHtml(content, origins)
    return extension === '.js' || extension === '.mjs'
      ? rewriteScript(withPackageImports(content), origins)
      : content
  })
}
