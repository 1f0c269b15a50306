import { within } from '../base/async'
import { HOST_ANSWER_MS } from '../base/durations'
import type { Platform } from '../base/platform'
import { hasTokenCommands, type TrelloFrame } from '../base/trello'
import { directTokenEndpoint } from './direct'
import { canRenew } from './obtained-grant'
import { shown } from './shown'
import type { ExchangeRequest, TokenAnswer, TokenEndpoint } from './token-endpoint'
import { type ExchangeOutcome, exchangeAt, type TokenWays } from './ways'

/** Ways to the token endpoint, in the order in which a code is tried. */
const WAYS = ['json', 'trelloPage', 'form'] as const

/** One way to Trello's token endpoint. */
export type AutomaticWay = (typeof WAYS)[number]

/** A way that did not lead to tokens. */
interface Tried {
  way: AutomaticWay
  asked: Promise<ExchangeOutcome>
  /** Left out where there was no answer in time. */
  outcome: ExchangeOutcome | undefined
}

/**
 * Finds out how Trello's token endpoint can be asked, and spends nothing to find out. This is the default.
 *
 * 1. The frame asks with a JSON body. An endpoint that doesn't allow pages refuses the preflight, and nothing is sent.
 * 2. The Trello page around the frame asks with the same code, if its `t` has the commands.
 * 3. The frame asks with a form: an endpoint may answer pages without knowing preflights, or may read no JSON.
 *
 * @param refused the ways that this page was refused so far. They are tried last, and updated here.
 */
export function automaticTokenWays(
  platform: Platform,
  url: string,
  t: TrelloFrame | undefined,
  refused: Set<AutomaticWay>,
): TokenWays {
  async function endpointOf(way: AutomaticWay): Promise<TokenEndpoint | undefined> {
    if (way !== 'trelloPage') return directTokenEndpoint(platform, url, way)
    if (!hasTokenCommands(t)) return undefined
    const { trelloHostTokenEndpoint } = await import('./trello-host')
    return trelloHostTokenEndpoint(t)
  }

  async function exchange(request: ExchangeRequest): Promise<ExchangeOutcome> {
    const tried: Tried[] = []
    for (const way of inOrder(refused)) {
      const endpoint = isPointless(way, tried) ? undefined : await endpointOf(way).catch(() => undefined)
      if (!endpoint) continue
      const asked = exchangeAt(endpoint, request)
      const outcome = await inTime(way, asked)
      if (outcome && !isRefusal(way, outcome)) {
        for (const each of tried) refused.add(each.way)
        refused.delete(way)
        return outcome
      }
      tried.push({ way, asked, outcome })
    }
    const unanswered = tried.find(({ outcome }) => !outcome)
    // An answer that comes late still counts.
    return unanswered
      ? within(platform, HOST_ANSWER_MS, unanswered.asked, () => mostTelling(tried))
      : mostTelling(tried)
  }

  /** Waits for an answer. `undefined`: a Trello page that doesn't know the command may never answer. */
  async function inTime(
    way: AutomaticWay,
    asked: Promise<ExchangeOutcome>,
  ): Promise<ExchangeOutcome | undefined> {
    if (way !== 'trelloPage') return asked
    const wasVisible = platform.isVisible()
    const inVain = (): ExchangeOutcome | undefined => undefined
    const outcome = await within<ExchangeOutcome | undefined>(platform, HOST_ANSWER_MS, asked, inVain)
    if (outcome || (wasVisible && platform.isVisible())) return outcome
    // Commands of a hidden tab run when it is shown again: until then the code must not be used in another way.
    await Promise.race([asked, shown(platform)])
    return inTime(way, asked)
  }

  return {
    exchange,
    toRenew: async (grant) => {
      if (!canRenew({ tokenEndpoint: undefined, t }, grant)) return undefined
      return endpointOf(
        grant.tokenSet.refreshToken === undefined ? 'trelloPage' : grant.way === 'form' ? 'form' : 'json',
      )
    },
  }
}

function inOrder(refused: ReadonlySet<AutomaticWay>): readonly AutomaticWay[] {
  return [...WAYS.filter((way) => !refused.has(way)), ...WAYS.filter((way) => refused.has(way))]
}

/** Decides whether the next way may be tried: the code was not used, as far as this frame can tell. */
function isRefusal(way: AutomaticWay, { answer }: ExchangeOutcome): boolean {
  // A command that fails has asked nobody; `null` says that the page knows of no tokens.
  if (way === 'trelloPage') return answer.kind !== 'tokens' && !isVerdict(answer)
  return answer.kind === 'unreadable' || isNotUnderstood(answer)
}

function isVerdict(answer: TokenAnswer): boolean {
  return answer.kind === 'clientRejected' || (answer.kind === 'dead' && answer.serverError !== undefined)
}

/**
 * Tells whether the endpoint may have found nothing in the body. Those that read forms only rarely say 415 to JSON: they miss
 * `grant_type`, and say `invalid_request`.
 */
function isNotUnderstood(answer: TokenAnswer): boolean {
  return answer.kind === 'retryable' && [400, 415, 422].includes(answer.status ?? 0)
}

/** A policy of the page forbids the endpoint in one encoding as in the other. */
function isPointless(way: AutomaticWay, tried: readonly Tried[]): boolean {
  return way !== 'trelloPage' && tried.some(isForbidden)
}

function isForbidden({ outcome }: Tried): boolean {
  return outcome?.answer.kind === 'unreadable' && outcome.answer.blockedByPolicy === true
}

/** Picks what the developer has to hear of: the policy of the page first, then the last answer that the frame could read. */
function mostTelling(tried: readonly Tried[]): ExchangeOutcome {
  const direct = tried.filter(({ way }) => way !== 'trelloPage')
  const read = direct.filter(({ outcome }) => outcome?.answer.kind !== 'unreadable')
  const { outcome } = direct.find(isForbidden) ?? read.at(-1) ?? direct.at(-1) ?? {}
  if (!outcome) throw new Error('The frame itself can always ask.')
  return outcome
}
