import type { Browser as Puppet, Target } from 'puppeteer-core'

/**
 * Hears what the frames of all pages write to the console: uncaught errors, and what the browser itself says of policies and of
 * files that did not come. Puppeteer's pages tell these of their top document only.
 */
export function hearFrames(puppet: Puppet): string[] {
  const heard: string[] = []
  const hear = async (target: Target) => {
    if (target.type() === 'page' || target.type() === 'browser') return
    const session = await target.createCDPSession().catch(() => undefined)
    if (session === undefined) return
    session.on('Log.entryAdded', ({ entry }) => heard.push(entry.text))
    session.on('Runtime.consoleAPICalled', ({ args }) =>
      heard.push(args.map(({ value }) => String(value)).join(' ')),
    )
    session.on('Runtime.exceptionThrown', ({ exceptionDetails: { text, exception } }) =>
      heard.push(`${text} ${exception?.description ?? ''}`),
    )
    // What was said before comes first.
    await Promise.all([session.send('Log.enable'), session.send('Runtime.enable')]).catch(() => undefined)
  }
  puppet.on('targetcreated', (target) => void hear(target))
  return heard
}
