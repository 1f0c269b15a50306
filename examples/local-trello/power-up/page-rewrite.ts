/** The addresses of this machine that stand for Trello's. */
export interface LocalOrigins {
  trello: string
  auth: string
  api: string
}

/** Which local host stands for which of Trello's and Atlassian's. */
export function endpointsFor({ trello, auth, api }: LocalOrigins): Record<string, string> {
  return {
    'https://auth.atlassian.com': auth,
    'https://api.trello.com': api,
    'https://trello.com': trello,
    'https://p.trellocdn.com': trello,
  }
}

/**
 * Lets a page load the local scripts in the place of Trello's, and before all others the script that sends its requests to
 * the local hosts. The page's own code stays as it is.
 */
export function rewritePage(html: string, origins: LocalOrigins): string {
  const first = `<script src="${origins.trello}/page-endpoints.js"></script>`
  const withTags = rewriteInlineScripts(rewriteTags(html, origins), origins)
  const head =
    /<head\b[^>]*>/i.exec(withTags) ?? /<html\b[^>]*>/i.exec(withTags) ?? /<!doctype[^>]*>/i.exec(withTags)
  const at = head === null ? 0 : head.index + head[0].length
  return `${withTags.slice(0, at)}${first}${withTags.slice(at)}`
}

/** Does the former only, for callback pages: nothing else may run there. */
export function rewriteTags(html: string, origins: LocalOrigins): string {
  return html.replace(tags, (tag) => rewriteTag(tag, origins))
}

/**
 * Puts the local authorization server where a script names Atlassian's. A window can't be stopped from going there
 * once it is open, so this can't be done while the page runs, as everything else is.
 */
export function rewriteScript(script: string, { auth }: LocalOrigins): string {
  return script.replaceAll('https://auth.atlassian.com', auth)
}

function rewriteInlineScripts(html: string, origins: LocalOrigins): string {
  return html.replace(inlineScripts, (script) => rewriteScript(script, origins))
}

/** Adds the local hosts to a policy that names Trello's. */
export function rewritePolicy(policy: string, origins: LocalOrigins): string {
  let rewritten = policy
  for (const [origin, local] of Object.entries(endpointsFor(origins))) {
    rewritten = rewritten.replace(new RegExp(`${escaped(origin)}(?![\\w.-])`, 'g'), `${origin} ${local}`)
  }
  return rewritten
}

const inlineScripts = /<script\b(?![^>]*\ssrc=)[^>]*>[\s\S]*?<\/script>/gi
const tags = /<(?:script|link|meta)\b[^>]*>/gi

function rewriteTag(tag: string, origins: LocalOrigins): string {
  if (/^<meta/i.test(tag)) return /content-security-policy/i.test(tag) ? rewritePolicy(tag, origins) : tag
  let rewritten = tag
  for (const [origin, local] of Object.entries(endpointsFor(origins))) {
    rewritten = rewritten.replace(
      new RegExp(`((?:src|href)=["']?)${escaped(origin)}(?=/)`, 'i'),
      `$1${local}`,
    )
  }
  // Trello's script has another checksum.
  return rewritten === tag ? tag : rewritten.replace(/\sintegrity=("[^"]*"|'[^']*'|\S+)/i, '')
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
