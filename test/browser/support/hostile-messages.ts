import fc from 'fast-check'

const SEED = 20_260_105

const OURS = 'state-of-the-sign-in-that-goes-on'

/** One for each place that messages come from. */
export const PLACES = 4
const MESSAGES = 10_000

/**
 * The share of one place in 10,000 messages as strangers may send them, as JSON: some keep to the protocol, some nearly
 * do, some are anything.
 * @param state - what some of them claim to answer; the others guess
 */
export function hostileMessages(place: number, state: string): unknown[] {
  generated ??= generate()
  const share = generated.slice((place * MESSAGES) / PLACES, ((place + 1) * MESSAGES) / PLACES)
  return JSON.parse(`[${share.join()}]`.replaceAll(OURS, state))
}

let generated: readonly string[] | undefined
function generate(): readonly string[] {
  const messages = fc.oneof({ weight: 4, arbitrary: nearlyOurs([OURS, 'guessed']) }, fc.jsonValue())
  return fc.sample(messages, { numRuns: MESSAGES, seed: SEED }).map((message) => JSON.stringify(message))
}

function nearlyOurs(states: readonly string[]): fc.Arbitrary<unknown> {
  const state = fc.constantFrom(...states)
  const response = fc.oneof(
    { weight: 5, arbitrary: queryOf(state) },
    fc.string(),
    fc.nat(3_000).map((length) => `code=${'x'.repeat(2_500 + length)}`),
  )
  const anything = fc.jsonValue({ maxDepth: 2 })
  return fc.record(
    {
      powerUpOAuth: fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, anything),
      type: fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom('response', 'ready', 'kept', 'received', 'collect') },
        anything,
      ),
      parameters: fc.oneof({ weight: 4, arbitrary: response }, anything),
      responses: fc.oneof({ weight: 4, arbitrary: fc.array(response, { maxLength: 10 }) }, anything),
      state: fc.oneof(state, anything),
      states: fc.oneof(fc.array(state), anything),
    },
    { requiredKeys: ['type', 'powerUpOAuth'] },
  )
}

function queryOf(state: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const fields = fc.record(
    {
      state,
      code: fc.string(),
      error: fc.constantFrom('access_denied', 'server_error', '<script>'),
      iss: fc.oneof(fc.webUrl(), fc.string()),
      scope: fc.string(),
    },
    { requiredKeys: ['state'] },
  )
  return fields.map((each) => new URLSearchParams(each).toString())
}
