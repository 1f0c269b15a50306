import type { TestProject } from 'vitest/node'
import { chosenEngines, findBrowser } from '../../../scripts/browsers'
import { startFirefox } from './firefox-process'
import { newProfile } from './profile'

declare module 'vitest' {
  interface ProvidedContext {
    /** A profile that Firefox has set up, and in which it has been nowhere. `undefined`: each start sets up its own. */
    firefoxProfile: string | undefined
  }
}

/** Lets Firefox set up one profile for all of its starts. To set up one of its own takes each a second. */
export default async function setUp(project: TestProject): Promise<(() => void) | undefined> {
  if (!chosenEngines().includes('firefox') || findBrowser('firefox') === undefined) return undefined
  const profile = newProfile('firefox')
  const browser = await startFirefox(profile.path)
  await browser.close()
  project.provide('firefoxProfile', profile.path)
  return () => profile.remove()
}
