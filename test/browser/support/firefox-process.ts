import puppeteer, { type Browser as Puppet } from 'puppeteer-core'
import { findBrowser } from '../../../scripts/browsers'

/** Puppeteer and Firefox's own remote agent turn the popup blocker off; a person's Firefox has it on, and partitions. */
const asForAPerson = {
  'dom.disable_open_during_load': true,
  'remote.prefs.recommended': false,
  'network.cookie.cookieBehavior': 5,
  'network.cookie.cookieBehavior.pbmode': 5,
}

/** Starts headless Firefox with the popup blocker and storage partitioning on. */
export async function startFirefox(profile: string): Promise<Puppet> {
  const installed = findBrowser('firefox')
  if (installed === undefined) throw new Error('Firefox is not installed')
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: installed.browser,
    headless: true,
    userDataDir: profile,
    extraPrefsFirefox: asForAPerson,
    defaultViewport: null,
  })
}
