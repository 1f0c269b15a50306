import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { bytesIn, installTool, packTool, startTool } from '../test/browser/support/packed-tool'

// `npm run measure-tool`: megabytes and seconds of examples/local-trello as a package. The first installation fills the cache
// of npm; the time is that of `npx` in an empty folder after it, until the board answers.

const powerUp = resolve('test/browser/fixtures/ten-capabilities')
const folder = mkdtempSync(join(tmpdir(), 'trello-local-'))
try {
  const tarball = packTool(folder)
  const installed = join(folder, 'installed')
  mkdirSync(installed)
  installTool(tarball, installed)
  console.log(`${megabytes(bytesIn(join(installed, 'node_modules')))} MB installed`)
  for (const name of ['first', 'second']) {
    const begun = performance.now()
    const npx = ['--yes', '--prefer-offline', `--package=${tarball}`, 'trello-local']
    const tool = await startTool('npx', [...npx, powerUp, '--port', '0'], { cwd: folder })
    await boardAnswers(tool.boardUrl)
    console.log(`${((performance.now() - begun) / 1000).toFixed(1)} s from npx to a board, ${name} time`)
    await tool.stop()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Asks for the board by its host name, which only browsers resolve. */
function boardAnswers({ host, port }: URL): Promise<void> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, headers: { host } }, (answer) => {
      answer.resume()
      if (answer.statusCode === 200) resolve()
      else reject(new Error(`The board answered with ${answer.statusCode}`))
    }).once('error', reject)
  })
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1)
}
