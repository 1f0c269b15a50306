import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** The name of a Power-Up, as its connector page or its folder has it. */
export function nameOfPowerUp(directory: string, connectorPath: string): string {
  return nameIn(readText(join(directory, connectorPath))) || basename(directory)
}

/** The name of a Power-Up that another server has, or the server's where it does not answer within a second. */
export async function nameAtAddress(url: URL): Promise<string> {
  const page = await fetch(url, { signal: AbortSignal.timeout(1000) }).catch(() => undefined)
  return nameIn((await page?.text()) ?? '') || url.host
}

function nameIn(html: string): string {
  const [, title = ''] = /<title>([^<]*)<\/title>/i.exec(html) ?? []
  return titleName(title)
}

/** A title without the words that many pages put beside the name. */
export function titleName(title: string): string {
  return title
    .replace(/\s*[:|–-]\s*(?:connector|index|power-?up)\b.*$/i, '')
    .replace(/\bconnector\b/i, '')
    .trim()
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
