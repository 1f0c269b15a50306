import type { ServerResponse } from 'node:http'
import { extname } from 'node:path'
import { sendFile } from '../static-files'
import { withPackageImports } from './built-package'
import { type LocalOrigins, rewritePage, rewriteScript, rewriteTags } from './page-rewrite'

/** Sends a file of the Power-Up's folder; false where there is none. */
export async function sendPowerUpFile(
  response: ServerResponse,
  directory: string,
  path: string,
  page: { headers: Record<string, string>; isCallback: boolean },
  origins: LocalOrigins,
): Promise<boolean> {
  const rewriteHtml = page.isCallback ? rewriteTags : rewritePage
  const rewrite = (content: string, extension: string) => {
    if (extension === '.html') return rewriteHtml(content, origins)
    return extension === '.js' || extension === '.mjs'
      ? rewriteScript(withPackageImports(content), origins)
      : content
  }
  if (await sendFile(response, directory, path, page.headers, rewrite)) return true
  // Static hosts have `/settings` for settings.html.
  const isWithoutEnding = extname(path) === '' && !path.endsWith('/')
  return isWithoutEnding && sendFile(response, directory, `${path}.html`, page.headers, rewrite)
}
