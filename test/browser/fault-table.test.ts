import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuthState } from '../../src/index'
import type { Browser, Frame } from './support/driver'
import { inEachEngine } from './support/engines'
import { type FaultRow, faultRows, legend, markdownTable, type Outcome } from './support/fault-rows'
import { writeToPromises } from './support/promises-table'
import { openStage, type Stage, signIn } from './support/stage'
import { until } from './support/until'

/** How the access token comes to its end before the call: the frame knows it, or the API has to say so. */
type Ending = 'by the clock' | 'with a 401'
const endings: readonly Ending[] = ['by the clock', 'with a 401']

const found = new Map<string, Outcome>()
let stage: Stage
let browser: Browser
let frame: Frame

inEachEngine(
  'a token endpoint at fault',
  (_engine, opened) => {
    beforeAll(async () => {
      stage = await openStage()
      browser = opened()
      frame = (await stage.openBoard(browser)).frames[0] as Frame
    })
    afterAll(() => stage?.close())

    describe.each(endings)('a call whose access token ended %s', (ending) => {
      it.each(faultRows.map((row) => [row.fault, row] as const))(
        'the call ends as documented, with the fault: %s',
        async (_fault, row) => {
          const outcome = await play(row, ending)
          expect(outcome).toEqual(row.expected)
          found.set(`${row.fault}, ${ending}`, outcome)
        },
      )
    })

    it('the run writes the table of docs/promises.md', () => {
      if (found.size < faultRows.length * endings.length) return
      const rows = faultRows.map((row) => ({ ...row.expected, fault: row.fault }))
      writeToPromises('fault table', [legend, '', ...markdownTable(rows)])
    })
  },
  ['chromium'],
)

/** Signs in where the row before left no grant, and plays one row. */
async function play(row: FaultRow, ending: Ending): Promise<Outcome> {
  const { trello } = stage
  trello.switches.reset()
  if ((await shownState()) !== 'authorized') expect(await signIn(browser, frame)).toBe('authorized')
  if (row.isRevoked) trello.revokeGrants()
  trello.switches.set({ rotationLeewayMs: 0, ...row.switches })
  trello.log.clear()

  await endAccessToken(ending)
  const caller = await call(row.answer)
  const requests = trello.log.tokenRequests.length
  const state = await shownState()
  if (state !== 'authorized') expectVerdict(row)

  const { rotationLeewayMs } = trello.switches.get()
  trello.switches.reset()
  trello.switches.set({ rotationLeewayMs })
  await frame.evaluate('clock.jump(61_000)')
  if (caller === 'the answer') await endAccessToken(ending)
  const again = await call()
  const healed = await shownState()
  if (healed === 'authorized') expect(again).toBe('the answer')
  else expectVerdict(row)
  return { requests, caller, state, healed }
}

async function endAccessToken(ending: Ending): Promise<void> {
  stage.trello.expireAccessTokens()
  if (ending === 'by the clock') await frame.evaluate('clock.jump(3_600_000)')
}

async function call(answer?: FaultRow['answer']): Promise<string> {
  const oneCall = '[client.api.get("/1/members/me")]'
  const [result] =
    answer === undefined
      ? await frame.evaluate<Result[]>(`clock.finish(${oneCall})`)
      : await callWithoutAnswer(oneCall, answer)
  return describeResult(result)
}

/** Lets the caller's patience end while the server has the request, and the answer come after that. */
async function callWithoutAnswer(oneCall: string, answer: 'hangs' | 'late'): Promise<Result[]> {
  const { tokenRequests } = stage.trello.log
  if (answer === 'late') await frame.evaluate('void (window.release = clock.holdAnswers("/oauth/token"))')
  await frame.evaluate(`void (window.call = settled(${oneCall}))`)
  await until('the token endpoint has the request', async () => tokenRequests.length === 1)
  await frame.evaluate('clock.advance(12_000)')
  const results = await frame.evaluate<Result[]>('call')
  if (answer === 'late') {
    await frame.evaluate('release()')
    await frame.waitFor('events.at(-1).type === "tokenRefreshed"')
  }
  return results
}

interface Result {
  value?: unknown
  failure?: { code: string; retryable: boolean; retryAfterMs?: number; isOurs: boolean; message: string }
}

function describeResult(result: Result | undefined): string {
  if (result?.failure === undefined) return 'the answer'
  const { code, retryable, retryAfterMs, isOurs, message } = result.failure
  expect(isOurs).toBe(true)
  if (code === 'tokenExpired') return `tokenExpired (${/\((\w+)\)/.exec(message)?.[1]})`
  const wait = retryAfterMs === undefined ? [] : [`after ${retryAfterMs / 1_000} s`]
  return [code, retryable ? 'retryable' : 'not retryable', ...wait].join(', ')
}

async function shownState(): Promise<string> {
  const state = await frame.evaluate<AuthState>('client.readState()')
  return state.status === 'tokenExpired' ? `tokenExpired (${state.reason})` : state.status
}

/**
 * No wrong sign-out: the server said of the very token that was presented last that it is dead; and it is so because
 * the grant was revoked, or because the server had rotated it in an answer that never got here.
 */
function expectVerdict({ isRevoked }: FaultRow): void {
  const { tokenRequests } = stage.trello.log
  expect(tokenRequests.at(-1)?.outcome).toBe('invalid_grant')
  const isRotated = tokenRequests.some(({ outcome }) => outcome === 'success')
  expect(isRevoked ?? isRotated).toBe(true)
}
