import type { ServerResponse } from 'node:http'
import { extname } from 'node:path'
import { isFolderOfPage, sendFile } from '../static-files'
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
  if (isWithoutEnding && (await sendFile(response, directory, `${path}.html`, page.headers, rewrite)))
    return true
  if (!isFolderOfPage(directory, path)) return false
  // And lead on to the slash, so that what the page names is looked for beside it.
  const { search } = new URL(response.req.url ?? '', 'http://powerup.localhost')
  response.writeHead(301, { location: `${path}/${search}` }).end()
  return true
}
