import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { Builder, type WebDriver } from 'selenium-webdriver'
import { findBrowser } from '../../../scripts/browsers'
import { newProfile } from './profile'
import { limited, until } from './until'

export interface MiniBrowser {
  driver: WebDriver
  close(): Promise<void>
}

/** WebKitGTK's MiniBrowser on a screen of its own: without a display it does not start, and it has no headless mode. */
export async function openMiniBrowser(): Promise<MiniBrowser> {
  const installed = findBrowser('webkit')
  if (installed === undefined) throw new Error('WebKitGTK, its driver or Xvfb is not installed')
  const profile = newProfile('webkit')
  const processes: ChildProcess[] = []
  const close = async () => {
    for (const child of processes.reverse()) await end(child)
    profile.remove()
  }
  try {
    const screen = start(processes, installed.xvfb, [
      '-displayfd',
      '3',
      '-screen',
      '0',
      '1400x1000x24',
      '-nolisten',
      'tcp',
    ])
    const display = await firstLine(screen.stdio[3] as Readable)
    const port = await freePort()
    start(processes, installed.webDriver, [`--port=${port}`, '--host=127.0.0.1'], {
      ...process.env,
      ...environment(profile.path),
      DISPLAY: `:${display}`,
    })
    const server = `http://127.0.0.1:${port}`
    await until('WebKitWebDriver listens', async () => (await fetch(`${server}/status`)).ok)
    // A MiniBrowser that does not start, on a wrong option for instance, is waited for without end.
    const session = new Builder()
      .usingServer(server)
      .withCapabilities(capabilities(installed.browser))
      .build()
    const driver = await limited(Promise.resolve(session), 20_000, 'MiniBrowser starts')
    // A script sent while a window changes its process is never answered; none that is sent here takes long.
    await driver.manage().setTimeouts({ pageLoad: 30_000, script: 4000 })
    return {
      driver,
      async close() {
        await limited(driver.quit(), 5000, 'MiniBrowser quits').catch(() => undefined)
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

function capabilities(binary: string) {
  const args = ['--automation']
  return { browserName: 'MiniBrowser', 'webkitgtk:browserOptions': { binary, args } }
}

function environment(profile: string): NodeJS.ProcessEnv {
  return {
    GDK_BACKEND: 'x11',
    // Without a graphics card WebKit paints each layer by a software OpenGL, which costs more than all that a test does.
    // In this way it takes no pictures.
    WEBKIT_DISABLE_DMABUF_RENDERER: '1',
    NO_AT_BRIDGE: '1',
    XDG_CACHE_HOME: join(profile, 'cache'),
    XDG_CONFIG_HOME: join(profile, 'config'),
    XDG_DATA_HOME: join(profile, 'data'),
  }
}

/** A test that is cut off must leave no process behind. */
function start(
  started: ChildProcess[],
  program: string,
  args: readonly string[],
  env = process.env,
): ChildProcess {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'], env })
  started.push(child)
  // An unread pipe fills up and stops the one who writes to it.
  child.stdout?.resume()
  child.stderr?.resume()
  const endChild = () => child.kill()
  const exit = () => process.exit(143)
  process.once('exit', endChild).once('SIGTERM', exit).once('SIGHUP', exit)
  child.once('exit', () => process.off('exit', endChild).off('SIGTERM', exit).off('SIGHUP', exit))
  return child
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill()
  await ended
}

function firstLine(stream: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      if (text.includes('\n')) resolve(text.trim())
    })
    stream.once('end', () => reject(new Error('Xvfb started no display')))
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('No free port')
  return address.port
}
