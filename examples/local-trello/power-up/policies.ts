import type { IncomingMessage, ServerResponse } from 'node:http'
import type { WritableLog } from '../log'
import type { Switches } from '../switches'
import type { LocalOrigins } from './page-rewrite'

/** Where a browser reports what a policy blocks, or would block. */
export const policyReportPath = '/local-trello/policy-report'

/**
 * The headers of the Power-Up's pages: with `strict` the policy that the documentation asks for; with `permissive` the same
 * one, which blocks nothing then and reports what it would have blocked.
 */
export function pageHeaders(
  { policies, callbackHeaders }: Pick<Switches, 'policies' | 'callbackHeaders'>,
  kind: 'page' | 'callback',
  { trello, auth, api }: LocalOrigins,
): Record<string, string> {
  const policy =
    kind === 'callback'
      ? ["default-src 'self'"]
      : [
          "default-src 'self'",
          `script-src 'self' ${trello}`,
          `connect-src 'self' ${auth} ${api}`,
          "base-uri 'none'",
          "form-action 'none'",
        ]
  if (policies === 'permissive') {
    const reported = [...policy, `report-uri ${policyReportPath}`].join('; ')
    return { 'content-security-policy-report-only': reported }
  }
  if (kind === 'callback' && callbackHeaders === 'none') return {}
  const ancestors = kind === 'callback' ? "'none'" : trello
  const enforced = [...policy, `frame-ancestors ${ancestors}`, `report-uri ${policyReportPath}`].join('; ')
  return {
    'content-security-policy': enforced,
    ...(kind === 'callback' && { 'referrer-policy': 'no-referrer' }),
  }
}

/** Takes a browser's report and says it on the board, once for each place. */
export function createPolicyReports(log: WritableLog, origins: LocalOrigins) {
  const said = new Set<string>()
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    response.writeHead(204).end()
    const words = reportWords(parsed(Buffer.concat(chunks).toString()), origins)
    if (words === undefined || said.has(words)) return
    said.add(words)
    log.say('policy', words, true)
  }
}

function reportWords(report: Record<string, unknown>, origins: LocalOrigins): string | undefined {
  const {
    disposition,
    'effective-directive': effective,
    'violated-directive': violated,
    'blocked-uri': blocked,
    'document-uri': document,
    'line-number': line,
  } = Object(report['csp-report'])
  if (document === undefined) return undefined
  const directive = String(effective ?? violated).split(' ')[0]
  const what =
    { inline: 'something inline', eval: 'eval' }[String(blocked)] ?? trelloAddress(String(blocked), origins)
  const place = `${new URL(String(document)).pathname}${line === undefined ? '' : `, line ${line}`}`
  const verb = disposition === 'enforce' ? 'The strict policy blocks' : 'A strict policy would block'
  return `${verb} ${what} in ${place} (${directive})`
}

/** The address of Trello that a local one stands for: the one that a policy has to name. */
function trelloAddress(url: string, { trello, auth, api }: LocalOrigins): string {
  return url
    .replace(`${trello}/power-up.min`, 'https://p.trellocdn.com/power-up.min')
    .replace(trello, 'https://trello.com')
    .replace(auth, 'https://auth.atlassian.com')
    .replace(api, 'https://api.trello.com')
}

function parsed(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
