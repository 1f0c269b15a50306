import puppeteer, { type Browser as Puppet } from 'puppeteer-core'
import { findBrowser } from '../../../scripts/browsers'
import { connect } from './connect'
import type { Browser } from './driver'
import { newProfile } from './profile'
import { drive } from './puppeteer'

/** Puppeteer turns the popup blocker off; a person's browser has it on. */
const harmfulDefaults = ['--disable-popup-blocking']

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--window-size=1280,900',
]

/** Headless Chromium with the popup blocker and storage partitioning on, and a profile that goes when it closes. */
export async function openChromium(): Promise<Puppet> {
  const installed = findBrowser('chromium')
  if (installed === undefined) throw new Error('Chromium is not installed')
  const profile = newProfile('chromium')
  const launched = await puppeteer.launch({
    executablePath: installed.browser,
    args: flags,
    ignoreDefaultArgs: harmfulDefaults,
    userDataDir: profile.path,
    defaultViewport: null,
  })
  const ended = new Promise((resolve) => launched.process()?.once('exit', resolve))
  const browser = await connect(launched.wsEndpoint(), { defaultViewport: null })
  await launched.disconnect()
  const close = browser.close.bind(browser)
  browser.close = async () => {
    await close()
    await ended
    profile.remove()
  }
  return browser
}

export async function driveChromium(): Promise<Browser> {
  return drive('chromium', await openChromium())
}
