/** What the page around the frame puts behind the hash of its address. */
export interface Bootstrap {
  secret: string
  context: Trello.PowerUp.Context
  locale: string
  args: Record<string, unknown>
}

/** Reads the hash that this frame was opened with. A page outside of Trello has none, and gets an empty context. */
export function readBootstrap(): Bootstrap {
  const found = readHash(window.location.hash)
  return {
    secret: String(found?.secret ?? ''),
    context: Object(found?.context ?? {}),
    locale: String(found?.locale ?? 'en'),
    args: Object(found?.args ?? {}),
  }
}

/**
 * Makes an address that carries secret, context and arguments. As at Trello, what was behind the hash is dropped, but for
 * the arguments of an address that was signed before.
 */
export function signed(
  url: string,
  args: Record<string, unknown> | undefined,
  bootstrap: Bootstrap,
  context: Trello.PowerUp.Context,
): string {
  const target = new URL(url, window.location.href)
  const content = {
    secret: bootstrap.secret,
    context,
    locale: bootstrap.locale,
    args: args ?? readHash(target.hash)?.args ?? {},
  }
  target.hash = encodeURIComponent(JSON.stringify(content))
  return target.href
}

function readHash(hash: string): Record<string, unknown> | undefined {
  try {
    return Object(JSON.parse(decodeURIComponent(hash.slice(1))))
  } catch {
    return undefined
  }
}
