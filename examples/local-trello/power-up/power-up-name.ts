import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** The name of a Power-Up, as its connector page or its folder has it. */
export function nameOfPowerUp(directory: string, connectorPath: string): string {
  const html = readText(join(directory, connectorPath))
  const [, title = ''] = /<title>([^<]*)<\/title>/i.exec(html) ?? []
  return titleName(title) || basename(directory)
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
