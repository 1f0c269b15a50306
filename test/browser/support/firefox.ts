import type { Browser as Puppet } from 'puppeteer-core'
import { inject } from 'vitest'
import { connect } from './connect'
import type { Browser } from './driver'
import { startFirefox } from './firefox-process'
import { newProfile } from './profile'
import { drive } from './puppeteer'

/** Headless Firefox with the popup blocker and storage partitioning on, and a profile that goes when it closes. */
export async function openFirefox(): Promise<Puppet> {
  const profile = newProfile('firefox', inject('firefoxProfile'))
  const launched = await startFirefox(profile.path)
  const child = launched.process()
  const ended = new Promise((resolve) => child?.once('exit', resolve))
  const endpoint = launched.wsEndpoint()
  await launched.disconnect()
  const browser = await connect(endpoint, { protocol: 'webDriverBiDi', defaultViewport: null })
  browser.close = async () => {
    // It would tidy up a profile that goes with it.
    child?.kill('SIGKILL')
    await ended
    profile.remove()
  }
  return browser
}

export async function driveFirefox(): Promise<Browser> {
  return drive('firefox', await openFirefox())
}
