import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

const PAGE = 'docs/script-tag.md'
const FILES = ['powerup-oauth.global.js', 'powerup-oauth-compat.global.js']
const HOSTS = ['https://cdn.jsdelivr.net/npm', 'https://unpkg.com']

/**
 * Writes the version of the package, and the hashes of the script-tag builds, into the lines of docs/script-tag.md. The build
 * is the same on each machine, so what is written before a release holds for the files that a CDN has after it.
 */
export function writeCdnLines(): void {
  writeFileSync(PAGE, withCurrentLines(readFileSync(PAGE, 'utf8')))
}

/** Tells whether the page names this version of the package, with the hashes of the files in `dist/`, for each host. */
export function areCdnLinesCurrent(): boolean {
  const page = readFileSync(PAGE, 'utf8')
  const expected = FILES.flatMap((file) => HOSTS.map((host) => lineFor(host, file)))
  const missing = expected.filter((line) => !page.includes(line))
  for (const line of missing) process.stdout.write(`${PAGE} lacks ${line}\n`)
  if (missing.length > 0) process.stdout.write('`npm run build && npm run api-report` writes them.\n')
  return missing.length === 0
}

function withCurrentLines(page: string): string {
  const line =
    /<script src="(https:[^"]+?)\/powerup-oauth@[^"/]+\/dist\/([^"]+)"\n {2}integrity="[^"]*" crossorigin="anonymous"><\/script>/g
  return page.replace(line, (_line, host: string, file: string) => lineFor(host, file))
}

function lineFor(host: string, file: string): string {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  const hash = createHash('sha384')
    .update(readFileSync(`dist/${file}`))
    .digest('base64')
  return `<script src="${host}/powerup-oauth@${version}/dist/${file}"\n  integrity="sha384-${hash}" crossorigin="anonymous"></script>`
}
