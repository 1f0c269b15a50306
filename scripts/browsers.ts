import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { install, isExecutable } from './system-packages'

export type Engine = 'chromium' | 'firefox' | 'webkit'

/** The engines to test in: all of them, or those that `ENGINES=chromium,firefox` names. */
export function chosenEngines(): readonly Engine[] {
  const named = process.env.ENGINES?.split(',').map((name) => name.trim())
  const unknown = named?.filter((name) => !engines.some((engine) => engine === name)) ?? []
  if (unknown.length > 0)
    throw new Error(`ENGINES names ${unknown.join(', ')}; there are ${engines.join(', ')}`)
  return engines.filter((engine) => named?.includes(engine) ?? true)
}

const engines: readonly Engine[] = ['chromium', 'firefox', 'webkit']

export interface BrowserPaths {
  chromium: { browser: string }
  firefox: { browser: string }
  /** MiniBrowser, and the two that drive it: it has no headless mode and no remote protocol of its own. */
  webkit: { browser: string; webDriver: string; xvfb: string }
}

/** The installed browser, or undefined. Installs nothing. */
export function findBrowser<E extends Engine>(engine: E): BrowserPaths[E] | undefined {
  const found: Partial<BrowserPaths[E]> = {}
  for (const [part, places] of Object.entries(usualPlaces[engine])) {
    const path = places().find(isExecutable)
    if (path === undefined) return undefined
    Object.assign(found, { [part]: path })
  }
  return found as BrowserPaths[E]
}

/**
 * The installed browser; where there is none, it is installed from the system's packages. A machine that cannot have
 * it gets `undefined` and is told why; under `CI=true` that is an error.
 */
export async function ensureBrowser<E extends Engine>(engine: E): Promise<BrowserPaths[E] | undefined> {
  const found = findBrowser(engine)
  if (found !== undefined) return found
  const reason = misnamed(engine) ?? install(packages[engine])
  const installed = reason === undefined ? findBrowser(engine) : undefined
  if (installed !== undefined) return installed
  const message = `${engine} is not on this machine: ${reason ?? 'its packages were installed, but its files are not where they should be'}.`
  if (process.env.CI === 'true') throw new Error(message)
  console.log(
    `! ${message} Install ${packages[engine].join(' ')}, or name it in ${variables[engine].join(', ')}.`,
  )
  return undefined
}

const packages: Record<Engine, readonly string[]> = {
  chromium: ['chromium'],
  firefox: ['firefox-esr'],
  webkit: ['webkit2gtk-driver', 'xvfb', 'xauth'],
}

const variables: Record<Engine, readonly string[]> = {
  chromium: ['CHROMIUM_PATH'],
  firefox: ['FIREFOX_PATH'],
  webkit: ['MINIBROWSER_PATH', 'WEBKIT_DRIVER_PATH', 'XVFB_PATH'],
}

const usualPlaces: { [E in Engine]: { [P in keyof BrowserPaths[E]]: () => readonly string[] } } = {
  chromium: {
    browser: () =>
      unlessNamed('CHROMIUM_PATH', [
        '/usr/bin/chromium',
        '/usr/bin/chromium-browser',
        '/usr/bin/google-chrome',
        '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
        '/Applications/Chromium.app/Contents/MacOS/Chromium',
      ]),
  },
  firefox: {
    browser: () =>
      unlessNamed('FIREFOX_PATH', [
        '/usr/bin/firefox-esr',
        '/usr/bin/firefox',
        '/Applications/Firefox.app/Contents/MacOS/firefox',
      ]),
  },
  webkit: {
    browser: () => unlessNamed('MINIBROWSER_PATH', miniBrowsers()),
    webDriver: () => unlessNamed('WEBKIT_DRIVER_PATH', ['/usr/bin/WebKitWebDriver']),
    xvfb: () => unlessNamed('XVFB_PATH', ['/usr/bin/Xvfb']),
  },
}

function unlessNamed(variable: string, usual: readonly string[]): readonly string[] {
  const named = process.env[variable]
  return named ? [named] : usual
}

/** Debian keeps MiniBrowser in the library folder of the machine's architecture. */
function miniBrowsers(): string[] {
  const libraries = '/usr/lib'
  return foldersIn(libraries).flatMap((folder) =>
    ['webkit2gtk-4.1', 'webkit2gtk-4.0'].map((api) => join(libraries, folder, api, 'MiniBrowser')),
  )
}

function foldersIn(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

/** A program that was named and isn't there is not replaced by another in silence. */
function misnamed(engine: Engine): string | undefined {
  const wrong = variables[engine].find((name) => process.env[name] && !isExecutable(process.env[name]))
  return wrong && `${wrong} names ${process.env[wrong]}, which is no program`
}
