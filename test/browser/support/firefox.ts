import puppeteer, { type Browser as Puppet } from 'puppeteer-core'
import { findBrowser } from '../../../scripts/browsers'
import { connect } from './connect'
import type { Browser } from './driver'
import { newProfile } from './profile'
import { drive } from './puppeteer'

/** Puppeteer and Firefox's own remote agent turn the popup blocker off; a person's Firefox has it on, and partitions. */
const asForAPerson = {
  'dom.disable_open_during_load': true,
  'remote.prefs.recommended': false,
  'network.cookie.cookieBehavior': 5,
  'network.cookie.cookieBehavior.pbmode': 5,
}

/** Headless Firefox with the popup blocker and storage partitioning on, and a profile that goes when it closes. */
export async function openFirefox(): Promise<Puppet> {
  const installed = findBrowser('firefox')
  if (installed === undefined) throw new Error('Firefox is not installed')
  const profile = newProfile('firefox')
  const launched = await puppeteer.launch({
    browser: 'firefox',
    executablePath: installed.browser,
    headless: true,
    userDataDir: profile.path,
    extraPrefsFirefox: asForAPerson,
    defaultViewport: null,
  })
  const ended = new Promise((resolve) => launched.process()?.once('exit', resolve))
  const endpoint = launched.wsEndpoint()
  await launched.disconnect()
  const browser = await connect(endpoint, { protocol: 'webDriverBiDi', defaultViewport: null })
  const close = browser.close.bind(browser)
  browser.close = async () => {
    await close()
    await ended
    profile.remove()
  }
  return browser
}

export async function driveFirefox(): Promise<Browser> {
  return drive('firefox', await openFirefox())
}
